package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.base.Bounded;
import dev.waymark.runner.internal.base.Iterations;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.Interval;
import dev.waymark.worker.internal.base.Refusals;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executions that this runner works on: a picture of each, as it is in the store, and methods
 * to update it. An execution is excluded if it cannot be run here, or if the store rejects its
 * changes. It is then removed and does not affect other executions. Belongs to the coordinator's
 * thread.
 */
final class ExecutionPictures {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutionPictures.class);

  /**
   * The number of pictures of executions without a live attempt here that are cached for further
   * claims.
   */
  private static final int KEPT = 100;

  /** The maximum number of tasks of these executions together. */
  private static final int KEPT_TASKS = 20_000;

  /** The maximum number of excluded executions that are remembered. */
  private static final int MAX_EXCLUDED = 10_000;

  /** There may be thousands of such executions, so the warnings are limited. */
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  private final RunnerConfig config;
  private final StateStore store;
  private final RetriedCalls retries;
  private final Notifier notifier;
  private final LocalAttempts attempts;
  private final Requests requests;
  private final SentEnds sent;
  private final Map<ExecutionId, ExecutionPicture> pictures = new LinkedHashMap<>();
  private final Bounded<ExecutionId, Boolean> excluded = new Bounded<>(MAX_EXCLUDED);
  private final Interval warnings = new Interval(WARNING_INTERVAL);
  private int unsaid;

  /** The number of tasks of all these executions. */
  private int tasks;

  /**
   * Creates an empty set.
   *
   * @param attempts the attempts; those of an excluded execution are ended
   * @param requests the requests; those for an excluded execution fail with the reason
   * @param sent the steps whose answers are handled before their execution is read again
   */
  ExecutionPictures(
      RunnerConfig config,
      Notifier notifier,
      LocalAttempts attempts,
      Requests requests,
      SentEnds sent) {
    this.config = config;
    this.store = config.store();
    this.retries = config.retries();
    this.notifier = notifier;
    this.attempts = attempts;
    this.requests = requests;
    this.sent = sent;
  }

  @Nullable ExecutionPicture get(ExecutionId id) {
    return pictures.get(id);
  }

  boolean has(ExecutionId id) {
    return pictures.containsKey(id);
  }

  boolean isEmpty() {
    return pictures.isEmpty();
  }

  List<ExecutionPicture> all() {
    return List.copyOf(pictures.values());
  }

  /**
   * Starts to work on an execution.
   *
   * @throws WaymarkException when it cannot be run here
   */
  ExecutionPicture take(ExecutionProgress progress) {
    ExecutionPicture picture = new ExecutionPicture(progress, definition(progress.execution()));
    pictures.put(picture.id(), picture);
    tasks += picture.taskRuns().size();
    notifier.started(progress);
    return picture;
  }

  /**
   * Starts to work on an execution of which this worker has claimed a task run. The first attempt
   * of the only task is all that there is in its execution, so nothing else is read. If another
   * program has added task runs, the store refuses the end of the execution.
   *
   * @throws WaymarkException when it cannot be run here
   */
  ExecutionPicture take(Claimed claimed) {
    Execution execution = claimed.execution();
    WorkflowDefinition definition =
        config.definitions().cached(execution.workflowId(), execution.workflowRevision());
    boolean isAll =
        definition != null
            && definition.tasks().size() == 1
            && claimed.attempt().number() == 1
            && claimed.taskRun().taskId().iteration() == 1;
    return take(isAll ? onlyTask(claimed) : progress(execution.id()));
  }

  private static ExecutionProgress onlyTask(Claimed claimed) {
    return new ExecutionProgress(
        claimed.execution(),
        List.of(
            new ExecutionProgress.Item(
                claimed.taskRun(), List.of(claimed.attempt()), Map.of(), false)));
  }

  /**
   * Returns an execution in its current state, and starts to work on it if necessary.
   *
   * @throws WaymarkException when there is no execution with this id, or it cannot be run here
   */
  ExecutionPicture current(ExecutionId id) {
    ExecutionPicture picture = pictures.get(id);
    if (picture == null) {
      return take(progress(id));
    }
    reload(picture);
    return picture;
  }

  /** Updates the picture of an execution. */
  void reload(ExecutionPicture picture) {
    sent.await(picture.id());
    notifier.changed(picture, picture.load(progress(picture.id())));
  }

  /**
   * Updates the picture of a task run and of its needs, and of no other task run. If a need has a
   * newer iteration than the known one, which only a handler can have asked for, all are read.
   */
  void reload(ExecutionPicture picture, TaskRunPicture taskRun) {
    sent.await(picture.id());
    List<TaskRunId> ids = new ArrayList<>();
    ids.add(taskRun.id());
    for (TaskRunPicture need : taskRun.needs()) {
      ids.add(need.id());
      if (need.task().uses() != null) {
        ids.add(Iterations.nextId(need.id()));
      }
    }
    List<ExecutionProgress.Item> found = retries.call(() -> store.taskRunProgress(ids));
    if (found.stream().allMatch(item -> picture.taskRun(item.taskRun().id()) != null)) {
      notifier.changed(picture, picture.load(found));
    } else {
      reload(picture);
    }
  }

  /**
   * Reads an execution from the store.
   *
   * @throws WaymarkException when there is no execution with this id
   */
  ExecutionProgress progress(ExecutionId id) {
    ExecutionProgress progress =
        retries.<@Nullable ExecutionProgress>call(() -> store.executionProgress(id));
    if (progress == null) {
      throw Refusals.notFound("run", RecordRef.of(id), "an execution");
    }
    return progress;
  }

  private WorkflowDefinition definition(Execution execution) {
    WorkflowDefinition known =
        config.definitions().cached(execution.workflowId(), execution.workflowRevision());
    return known == null ? config.definitions().of(workflow(execution)) : known;
  }

  private Workflow workflow(Execution execution) {
    Workflow workflow =
        retries.<@Nullable Workflow>call(
            () -> store.workflow(execution.workflowId(), execution.workflowRevision()));
    return Objects.requireNonNull(workflow, "an execution pins a revision that the store has");
  }

  /** Removes an execution. */
  void drop(ExecutionPicture picture) {
    if (pictures.remove(picture.id(), picture)) {
      tasks -= picture.taskRuns().size();
    }
  }

  /**
   * Removes executions of which this worker has no attempt, except the wanted ones and those used
   * last.
   *
   * @param others how many executions have an attempt at most
   */
  void evict(Set<ExecutionId> wanted, int others) {
    int most = KEPT + others;
    if (pictures.size() <= most && tasks <= KEPT_TASKS) {
      return;
    }
    for (ExecutionPicture picture : all()) {
      boolean tooMany = pictures.size() > most || tasks > KEPT_TASKS;
      if (tooMany && !wanted.contains(picture.id()) && !attempts.hasAny(picture.id())) {
        drop(picture);
      }
    }
  }

  /**
   * Runs an action for one execution. If it fails for a reason other than an unavailable store,
   * that execution is excluded, and the others are not affected.
   */
  void guard(ExecutionPicture picture, Runnable action) {
    try {
      action.run();
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      drop(picture);
      attempts.of(picture.id()).forEach(LocalAttempt::end);
      exclude(picture.id(), e);
    }
  }

  /**
   * Excludes an execution that cannot be worked on, and logs the reason. One that was deleted is
   * not excluded, because it may be created again.
   */
  void exclude(ExecutionId id, WaymarkException cause) {
    boolean isDeleted =
        cause instanceof NotFoundException
            && retries.<@Nullable Execution>call(() -> store.execution(id)) == null;
    if (!isDeleted && excluded.put(id, true) == null) {
      warn(id, cause);
    }
    requests.fail(id, cause);
  }

  private void warn(ExecutionId id, WaymarkException cause) {
    if (!warnings.isDue()) {
      unsaid++;
      return;
    }
    warnings.restart();
    String more = unsaid == 0 ? "" : " (and " + unsaid + " others since the last such warning)";
    unsaid = 0;
    LOG.atWarn()
        .addKeyValue("execution", id)
        .addKeyValue("worker", config.worker())
        .log("cannot work on an execution{}: {}", more, cause.getMessage());
  }

  boolean isExcluded(ExecutionId id) {
    return excluded.containsKey(id);
  }
}
