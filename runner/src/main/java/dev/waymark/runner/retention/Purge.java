package dev.waymark.runner.retention;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.Retention;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.start.Definitions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the executions whose {@link Retention} is over, the oldest first. The newest revision of
 * each workflow decides. A child is kept until the execution of its parent has ended, and a parent
 * until its children have.
 *
 * <p>The executions of a commit are deleted as a whole or not at all. Commits are kept short: each
 * takes as many executions as could be deleted in about a tenth of a second before. So a purge can
 * be stopped or killed at any moment, and the next one goes on. Several purges at the same time
 * harm nothing.
 *
 * <p>Thread-safe.
 *
 * @since 0.1.0
 */
public final class Purge {
  private static final Duration COMMIT = Duration.ofMillis(100);
  private static final int MOST_AT_ONCE = 500;
  private static final int FIRST_AT_ONCE = 20;
  private static final int WORKFLOWS = 100;

  private static final Set<ExecutionState> SUCCEEDED = EnumSet.of(ExecutionState.SUCCEEDED);
  private static final Set<ExecutionState> FAILED =
      EnumSet.of(ExecutionState.FAILED, ExecutionState.CANCELLED);
  private static final Set<ExecutionState> ENDED =
      EnumSet.of(ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.CANCELLED);

  private final StateStore store;
  private final Function<Workflow, WorkflowDefinition> definitions;
  private final InstantSource clock;

  private Purge(
      StateStore store, Function<Workflow, WorkflowDefinition> definitions, InstantSource clock) {
    this.store = store;
    this.definitions = definitions;
    this.clock = clock;
  }

  /** A purge of a store whose definitions are workflow files. */
  public static Purge of(StateStore store) {
    return of(store, Definitions.reader(store), InstantSource.system());
  }

  /**
   * A purge of a store.
   *
   * @param definitions reads the definition of a workflow, as for a {@link
   *     dev.waymark.runner.Runner}
   * @param clock the time from which ages are measured
   */
  public static Purge of(
      StateStore store, Function<Workflow, WorkflowDefinition> definitions, InstantSource clock) {
    return new Purge(store, definitions, clock);
  }

  /** Counts what {@link #run} would delete, and deletes nothing. */
  public PurgeReport preview() {
    return new PurgeReport(
        workflows().stream()
            .map(
                workflow ->
                    part(
                        workflow,
                        retention ->
                            new PurgeReport.Part(
                                workflow,
                                queries(workflow, retention).stream()
                                    .mapToLong(
                                        query -> store.executions(query.limit(1).build()).total())
                                    .sum(),
                                0,
                                null)))
            .toList(),
        true);
  }

  /**
   * Deletes what is to be deleted now.
   *
   * @param stops asked after each commit; once it is true, nothing more is deleted
   * @param progress receives the number of executions that each commit has deleted
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer; what
   *     was deleted before is deleted
   */
  public PurgeReport run(BooleanSupplier stops, LongConsumer progress) {
    Map<WorkflowId, PurgeReport.Part> parts = new LinkedHashMap<>();
    for (WorkflowId workflow : workflows()) {
      if (stops.getAsBoolean()) {
        return new PurgeReport(List.copyOf(parts.values()), false);
      }
      parts.put(
          workflow, part(workflow, retention -> delete(workflow, retention, stops, progress)));
    }
    return new PurgeReport(List.copyOf(parts.values()), !stops.getAsBoolean());
  }

  private List<WorkflowId> workflows() {
    List<WorkflowId> ids = new ArrayList<>();
    PageRequest request = PageRequest.first(Math.min(WORKFLOWS, store.limits().maxPageSize()));
    for (Page<Workflow> page = store.workflows(request);
        ;
        page = store.workflows(new PageRequest(ids.size(), request.limit()))) {
      page.items().forEach(each -> ids.add(each.id()));
      if (page.items().isEmpty() || ids.size() >= page.total()) {
        return ids;
      }
    }
  }

  private PurgeReport.Part part(WorkflowId id, Function<Retention, PurgeReport.Part> purge) {
    Workflow workflow = store.workflow(id);
    if (workflow == null) {
      return new PurgeReport.Part(id, 0, 0, null);
    }
    Retention retention;
    try {
      retention = definitions.apply(workflow).retention();
    } catch (InvalidInputException e) {
      return new PurgeReport.Part(id, 0, 0, e.getMessage());
    }
    return purge.apply(retention);
  }

  /** What is to be deleted; nothing if the retention keeps everything. */
  private List<ExecutionQuery.Builder> queries(WorkflowId workflow, Retention retention) {
    List<ExecutionQuery.Builder> queries = new ArrayList<>();
    if (retention.succeeded() == null && retention.failed() == null) {
      return queries;
    }
    Instant now = clock.instant();
    Instant before = null;
    if (retention.keepLast() > 0) {
      List<Execution> last =
          store
              .executions(
                  ExecutionQuery.builder()
                      .workflow(workflow)
                      .states(ENDED)
                      .order(Order.NEWEST)
                      .offset(retention.keepLast() - 1L)
                      .limit(1)
                      .build())
              .items();
      if (last.isEmpty()) {
        return queries;
      }
      before = last.get(0).createdAt();
    }
    add(queries, workflow, SUCCEEDED, retention.succeeded(), now, before);
    add(queries, workflow, FAILED, retention.failed(), now, before);
    return queries;
  }

  private static void add(
      List<ExecutionQuery.Builder> queries,
      WorkflowId workflow,
      Set<ExecutionState> states,
      @Nullable Duration kept,
      Instant now,
      @Nullable Instant before) {
    if (kept != null) {
      queries.add(
          ExecutionQuery.builder()
              .workflow(workflow)
              .states(states)
              .endedUntil(now.minus(kept))
              .until(before)
              .order(Order.OLDEST));
    }
  }

  private PurgeReport.Part delete(
      WorkflowId workflow, Retention retention, BooleanSupplier stops, LongConsumer progress) {
    Batches batches = new Batches(progress);
    for (ExecutionQuery.Builder query : queries(workflow, retention)) {
      query.limit(store.limits().maxPageSize());
      Cursor next = null;
      do {
        Page<Execution> page = store.executions(query.after(next).build());
        batches.delete(withoutNeeded(page.items(), batches), stops);
        next = page.next();
      } while (next != null && !stops.getAsBoolean());
    }
    return new PurgeReport.Part(workflow, batches.deleted, batches.kept, null);
  }

  /** Leaves out the children of executions that have not ended: the parent may still read them. */
  private List<ExecutionId> withoutNeeded(List<Execution> found, Batches batches) {
    Map<ExecutionId, Boolean> openParents = new HashMap<>();
    List<ExecutionId> ids = new ArrayList<>();
    for (Execution each : found) {
      Parent parent = each.parent();
      if (parent != null && openParents.computeIfAbsent(parent.executionId(), this::isOpen)) {
        batches.kept++;
      } else {
        ids.add(each.id());
      }
    }
    return ids;
  }

  private boolean isOpen(ExecutionId id) {
    Execution execution = store.execution(id);
    return execution != null && !execution.state().isTerminal();
  }

  /** Deletes executions in commits of a bounded duration. */
  private final class Batches {
    private final LongConsumer progress;
    private int atOnce = FIRST_AT_ONCE;
    private long deleted;
    private long kept;

    Batches(LongConsumer progress) {
      this.progress = progress;
    }

    void delete(List<ExecutionId> ids, BooleanSupplier stops) {
      for (int from = 0; from < ids.size() && !stops.getAsBoolean(); ) {
        int to = Math.min(ids.size(), from + atOnce);
        List<ExecutionId> batch = ids.subList(from, to);
        long start = System.nanoTime();
        try {
          commit(batch);
        } catch (RefusedException e) {
          oneByOne(batch);
        }
        adapt(Duration.ofNanos(System.nanoTime() - start));
        from = to;
      }
    }

    private void adapt(Duration took) {
      if (took.compareTo(COMMIT) > 0) {
        atOnce = Math.max(1, atOnce / 2);
      } else if (took.compareTo(COMMIT.dividedBy(4)) < 0) {
        atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
      }
    }

    /** One of them has a child that has not ended. */
    private void oneByOne(List<ExecutionId> batch) {
      for (ExecutionId id : batch) {
        try {
          commit(List.of(id));
        } catch (RefusedException e) {
          kept++;
        }
      }
    }

    private void commit(List<ExecutionId> batch) {
      ChangeSet.Builder changes = ChangeSet.builder();
      batch.forEach(changes::deleteExecution);
      long done =
          store.commit(changes.build()).outcomes().stream().filter(Outcome::changed).count();
      deleted += done;
      progress.accept(done);
    }
  }
}
