package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
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
 * The executions in hand: a picture of each, as the store has it, and the way to a newer one. An
 * execution that cannot be run here, or of which the store does not take what is to be recorded, is
 * set aside: it is let go, and harms no other. Belongs to the coordinator's thread.
 */
final class Jobs {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  /** Pictures of executions without a live attempt here that are kept, in case more is claimed. */
  private static final int KEPT = 100;

  /** How many tasks these have together, at most. */
  private static final int KEPT_TASKS = 20_000;

  /** How many executions are remembered that cannot be worked on here. */
  private static final int MOST_SET_ASIDE = 10_000;

  /** There may be thousands of such executions, and each of them would be worth a warning. */
  private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

  private final Config config;
  private final StateStore store;
  private final Patience patience;
  private final Notifier notifier;
  private final LocalAttempts attempts;
  private final Requests requests;
  private final Map<ExecutionId, Job> jobs = new LinkedHashMap<>();
  private final Bounded<ExecutionId, Boolean> setAside = new Bounded<>(MOST_SET_ASIDE);
  private final Interval warnings = new Interval(WARNING_INTERVAL);
  private int unsaid;

  /**
   * Begins with none.
   *
   * @param attempts those of an execution that is set aside are ended
   * @param requests who waits for an execution that is set aside hears why
   */
  Jobs(Config config, Notifier notifier, LocalAttempts attempts, Requests requests) {
    this.config = config;
    this.store = config.store();
    this.patience = config.patience();
    this.notifier = notifier;
    this.attempts = attempts;
    this.requests = requests;
  }

  @Nullable Job get(ExecutionId id) {
    return jobs.get(id);
  }

  boolean has(ExecutionId id) {
    return jobs.containsKey(id);
  }

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  List<Job> all() {
    return List.copyOf(jobs.values());
  }

  /**
   * Takes an execution in hand.
   *
   * @throws WaymarkException when it cannot be run here
   */
  Job take(ExecutionProgress progress) {
    Job job = new Job(progress, config.definitions().of(workflow(progress.execution())));
    jobs.put(job.id(), job);
    notifier.started(progress);
    return job;
  }

  /**
   * An execution as it is now, which is taken in hand where it was not.
   *
   * @throws WaymarkException when there is none of this id, or it cannot be run here
   */
  Job current(ExecutionId id) {
    Job job = jobs.get(id);
    if (job == null) {
      return take(progress(id));
    }
    reload(job);
    return job;
  }

  /** Brings the picture of an execution up to date. */
  void reload(Job job) {
    notifier.changed(job, job.load(progress(job.id())));
  }

  /** Brings the picture of a task run and of those that it needs up to date, and of no other. */
  void reload(Job job, Node node) {
    List<TaskRunId> ids = new ArrayList<>();
    ids.add(node.id);
    node.needs.forEach(need -> ids.add(need.id));
    notifier.changed(job, job.load(patience.call(() -> store.taskRunProgress(ids))));
  }

  /**
   * What the store has of an execution.
   *
   * @throws WaymarkException when there is none of this id
   */
  ExecutionProgress progress(ExecutionId id) {
    ExecutionProgress progress =
        patience.<@Nullable ExecutionProgress>call(() -> store.executionProgress(id));
    if (progress == null) {
      throw Refusals.notFound("run", RecordRef.of(id), "an execution");
    }
    return progress;
  }

  private Workflow workflow(Execution execution) {
    Workflow workflow =
        patience.<@Nullable Workflow>call(
            () -> store.workflow(execution.workflowId(), execution.workflowRevision()));
    return Objects.requireNonNull(workflow, "an execution pins a revision that the store has");
  }

  /** Lets go of an execution. */
  void drop(Job job) {
    jobs.remove(job.id());
  }

  /** Lets go of executions without a live attempt here, but for these and those used last. */
  void letGo(Set<ExecutionId> wanted) {
    int tasks = 0;
    for (Job job : jobs.values()) {
      tasks += job.nodes().size();
    }
    if (jobs.size() <= KEPT && tasks <= KEPT_TASKS) {
      return;
    }
    for (Job job : all()) {
      boolean tooMany = jobs.size() > KEPT || tasks > KEPT_TASKS;
      if (tooMany && !wanted.contains(job.id()) && attempts.of(job.id()).isEmpty()) {
        drop(job);
        tasks -= job.nodes().size();
      }
    }
  }

  /**
   * Does something to one execution. What goes wrong with it, other than a store that does not
   * answer, concerns no other: that execution is set aside and the rest goes on.
   */
  void guard(Job job, Runnable action) {
    try {
      action.run();
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      drop(job);
      attempts.of(job.id()).forEach(LocalAttempt::end);
      setAside(job.id(), e);
    }
  }

  /** Leaves an execution alone that cannot be worked on, and says why. */
  void setAside(ExecutionId id, WaymarkException cause) {
    if (setAside.put(id, true) == null) {
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

  boolean isSetAside(ExecutionId id) {
    return setAside.containsKey(id);
  }
}
