package dev.waymark.testkit;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a store answers about its content. It can be compared with the answers of another
 * store, or with earlier answers of the same store.
 *
 * @param revisions every revision of every workflow
 * @param executions every execution, the oldest first, with everything that belongs to it
 * @param payloads the beginnings of the payloads of every execution that has any
 * @param signals the signals of every execution that has any
 * @param lists the ids and the total of the list of every state, workflow and label, by its name
 * @since 0.1.0
 */
public record StoreContents(
    List<Workflow> revisions,
    List<ExecutionDetails> executions,
    Map<ExecutionId, List<PayloadPreview>> payloads,
    Map<ExecutionId, List<Signal>> signals,
    Map<String, List<String>> lists) {
  private static final int PAGE = 30;
  private static final int PAYLOAD_BYTES = 10_000;

  /** Reads a store. No other program may write to it meanwhile. */
  public static StoreContents of(StateStore store) {
    List<Workflow> revisions = new ArrayList<>();
    Map<String, List<String>> lists = new TreeMap<>();
    for (Workflow workflow : all(store::workflows)) {
      revisions.addAll(all(page -> store.workflowHistory(workflow.id(), page)));
      lists.put(
          "workflow " + workflow.id(),
          list(store, ExecutionQuery.builder().workflow(workflow.id())));
    }
    for (ExecutionState state : ExecutionState.values()) {
      lists.put("state " + state, list(store, ExecutionQuery.builder().states(state)));
    }
    List<ExecutionDetails> executions = new ArrayList<>();
    Map<ExecutionId, List<PayloadPreview>> payloads = new TreeMap<>();
    Map<ExecutionId, List<Signal>> signals = new TreeMap<>();
    for (Execution execution : walk(store, ExecutionQuery.builder())) {
      executions.add(Objects.requireNonNull(store.executionDetails(execution.id())));
      List<PayloadPreview> previews = store.payloads(execution.id(), PAYLOAD_BYTES);
      if (!previews.isEmpty()) {
        payloads.put(execution.id(), previews);
      }
      List<Signal> sent = store.signals(execution.id());
      if (!sent.isEmpty()) {
        signals.put(execution.id(), sent);
      }
      execution
          .labels()
          .forEach(
              (name, value) ->
                  lists.computeIfAbsent(
                      "label " + name + "=" + value,
                      key -> list(store, ExecutionQuery.builder().label(name, value))));
    }
    return new StoreContents(revisions, executions, payloads, signals, lists);
  }

  /**
   * The same without what the first version of a store did not have: signals, payloads except for
   * the inputs of executions, and parents.
   */
  public StoreContents withoutPayloads() {
    List<ExecutionDetails> alone = executions.stream().map(StoreContents::withoutParent).toList();
    return new StoreContents(revisions, alone, Map.of(), Map.of(), lists);
  }

  private static ExecutionDetails withoutParent(ExecutionDetails details) {
    Execution execution = details.execution();
    return new ExecutionDetails(
        new Execution(
            execution.id(),
            execution.workflowId(),
            execution.workflowRevision(),
            execution.state(),
            execution.version(),
            execution.labels(),
            execution.input(),
            execution.createdAt(),
            execution.startedAt(),
            execution.endedAt(),
            execution.error()),
        details.taskRuns(),
        details.history());
  }

  /** The task runs in this state, those of the oldest execution first. */
  public List<TaskRun> taskRunsIn(TaskRunState state) {
    return executions.stream()
        .flatMap(execution -> execution.taskRuns().stream())
        .map(ExecutionDetails.TaskRunDetails::taskRun)
        .filter(taskRun -> taskRun.state() == state)
        .toList();
  }

  /** The ids of the executions in these states, the oldest first. */
  public List<ExecutionId> idsIn(ExecutionState... states) {
    return executions.stream()
        .map(ExecutionDetails::execution)
        .filter(execution -> List.of(states).contains(execution.state()))
        .map(Execution::id)
        .toList();
  }

  private static <T> List<T> all(Function<PageRequest, Page<T>> pages) {
    List<T> all = new ArrayList<>();
    Page<T> page;
    do {
      page = pages.apply(new PageRequest(all.size(), PAGE));
      all.addAll(page.items());
    } while (all.size() < page.total());
    return all;
  }

  private static List<String> list(StateStore store, ExecutionQuery.Builder query) {
    List<String> list = new ArrayList<>();
    walk(store, query).forEach(execution -> list.add(execution.id().toString()));
    list.add("total " + store.executions(query.after(null).limit(1).build()).total());
    return list;
  }

  private static List<Execution> walk(StateStore store, ExecutionQuery.Builder query) {
    List<Execution> all = new ArrayList<>();
    @Nullable Cursor next = null;
    do {
      Page<Execution> page = store.executions(query.after(next).limit(PAGE).build());
      all.addAll(page.items());
      next = page.next();
    } while (next != null);
    return all;
  }
}
