package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.RefusedException;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the executions in hand. When it is done is the {@link Coordinator}'s business, on
 * whose thread everything here happens.
 *
 * <p>Every effect is first made durable and then acted upon: an attempt is claimed before its
 * process starts, and its end is recorded before anything that depends on it, together with all
 * that follows from it. Each change set expects the versions that this engine knows, or carries the
 * attempt's number as its fence. Being refused is therefore no error: somebody else was first, the
 * execution is read again, and what follows is decided anew. So it is where the store answers that
 * more has ended than was known.
 */
final class Engine {
  /**
   * Each refusal means that another process got on, so this is plenty; whatever is still open then
   * stays due.
   */
  private static final int MAX_TRIES = 20;

  /** Pictures of executions without a live attempt here that are kept, in case more is claimed. */
  private static final int KEPT = 100;

  private final Config config;
  private final StateStore store;
  private final Patience patience;
  private final Notifier notifier;
  private final Commands commands;
  private final Orphans orphans;
  private final LocalAttempts attempts;
  private final Deadlines deadlines;
  private final Parallel parallel;
  private final BiConsumer<ExecutionId, ExecutionState> finished;
  private final BiConsumer<ExecutionId, WaymarkException> setAside;

  private final Map<ExecutionId, Job> jobs = new LinkedHashMap<>();

  /** LocalAttempts that this worker has claimed and is about to start. */
  private final Set<AttemptId> coming = new HashSet<>();

  /**
   * Makes an engine without work.
   *
   * @param timer a single thread for what runs
   * @param inbox runs what it is given on the coordinator's thread
   * @param finished hears of every execution in hand that has ended
   * @param setAside hears of every execution in hand that had to be let go because the store does
   *     not take what is to be recorded of it
   */
  Engine(
      Config config,
      ScheduledExecutorService timer,
      Executor inbox,
      BiConsumer<ExecutionId, ExecutionState> finished,
      BiConsumer<ExecutionId, WaymarkException> setAside) {
    ProcessGroups groups = ProcessGroups.detect();
    this.config = config;
    this.store = config.store();
    this.patience = config.patience();
    this.notifier = new Notifier(config.listener());
    this.commands = new Commands(config.logs());
    this.orphans = new Orphans(groups);
    this.deadlines = new Deadlines(config);
    this.parallel = new Parallel(store, patience, config.ids());
    this.attempts = new LocalAttempts(config, groups, timer, inbox, this::ended);
    this.finished = finished;
    this.setAside = setAside;
  }

  LocalAttempts attempts() {
    return attempts;
  }

  // ---- taking executions in hand and letting go of them

  /**
   * Takes an execution in hand, unless it has ended, and does what is left to be done about it.
   *
   * @return its state, from which the caller sees whether there is more to do
   * @throws WaymarkException when there is none of this id, or it cannot be run here
   */
  ExecutionState adopt(ExecutionId id) {
    Job job = jobs.get(id);
    if (job == null) {
      ExecutionProgress progress = progress(id);
      if (progress.execution().state().isTerminal()) {
        return progress.execution().state();
      }
      job = take(progress);
      settleOrDrop(job);
    }
    return job.state();
  }

  /** Takes up what workers that are gone have left behind in an execution. */
  void takeUp(ExecutionId id) {
    Job job = jobs.get(id);
    if (job == null) {
      adopt(id);
    } else {
      guard(
          job,
          () -> {
            reload(job);
            settle(job, false);
          });
    }
  }

  private Job take(ExecutionProgress progress) {
    Job job = new Job(progress, config.definitions().of(workflow(progress.execution())));
    jobs.put(job.id(), job);
    notifier.started(progress);
    return job;
  }

  private void settleOrDrop(Job job) {
    try {
      settle(job, false);
    } catch (WaymarkException e) {
      drop(job);
      throw e;
    }
  }

  private ExecutionProgress progress(ExecutionId id) {
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

  boolean has(ExecutionId id) {
    return jobs.containsKey(id);
  }

  /** Lets go of executions without a live attempt here, but for these and those used last. */
  void letGo(Set<ExecutionId> wanted) {
    int surplus = jobs.size() - KEPT;
    for (Job job : surplus > 0 ? List.copyOf(jobs.values()) : List.<Job>of()) {
      if (surplus > 0 && !wanted.contains(job.id()) && attempts.of(job.id()).isEmpty()) {
        drop(job);
        surplus--;
      }
    }
  }

  /**
   * Does something to one execution. What goes wrong with it, other than a store that does not
   * answer, concerns no other: that execution is set aside and the rest goes on.
   */
  private void guard(Job job, Runnable action) {
    try {
      action.run();
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      drop(job);
      attempts.of(job.id()).forEach(LocalAttempt::end);
      setAside.accept(job.id(), e);
    }
  }

  private void drop(Job job) {
    jobs.remove(job.id());
  }

  private List<Job> jobs() {
    return List.copyOf(jobs.values());
  }

  boolean hasJobs() {
    return !jobs.isEmpty();
  }

  // ---- what was claimed

  /**
   * Starts what this worker has claimed.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  void start(List<Claimed> claimed, long sentNanos) {
    claimed.forEach(each -> coming.add(each.attempt().id()));
    for (Claimed each : claimed) {
      coming.remove(each.attempt().id());
      start(each, sentNanos);
    }
  }

  private void start(Claimed claimed, long sentNanos) {
    ExecutionId id = claimed.execution().id();
    Job job = jobs.get(id);
    try {
      if (job == null) {
        job = take(progress(id));
      } else if (job.claimed(claimed) == null) {
        reload(job);
      }
      deadlines.begin(job);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      setAside.accept(id, e);
      new Unfit(config).refuse(claimed, e);
      return;
    }
    Job known = job;
    guard(known, () -> start(known, claimed, sentNanos));
  }

  private void start(Job job, Claimed claimed, long sentNanos) {
    Node node = job.node(claimed.taskRun().id());
    // The lease may be over by now, and somebody else at it.
    if (node != null && job.isLive(claimed.attempt().id())) {
      notifier.changed(job, List.of(node));
      attempts.start(job, node, sentNanos);
    }
  }

  // ---- what is due, and what has expired

  /** Does what is due about an execution. */
  void settle(Claims.Due due) {
    try {
      Job job = jobs.get(due.executionId());
      if (job == null) {
        ExecutionProgress progress = progress(due.executionId());
        if (progress.execution().state().isTerminal()) {
          clear(due);
          return;
        }
        job = take(progress);
      } else {
        reload(job);
      }
      Job known = job;
      guard(known, () -> settle(known, due));
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      setAside.accept(due.executionId(), e);
      clear(due);
    }
  }

  private void settle(Job job, Claims.Due due) {
    if (job.state().isTerminal()) {
      clear(due);
    }
    switch (due.reason()) {
      case SETTLE -> settle(job, true);
      case DEADLINE -> {
        job.setOverdue();
        settle(job, false);
        attempts.of(job.id()).forEach(LocalAttempt::end);
      }
    }
  }

  /** Nothing is due any more about an execution that has ended or is none of ours. */
  private void clear(Claims.Due due) {
    ChangeSet changes =
        ChangeSet.builder(config.ids().commitId())
            .clearDue(due.executionId(), due.reason())
            .build();
    var unused = patience.call(() -> store.commit(changes));
  }

  /** Takes up what another worker has left behind. */
  void recover(Claims.Leased expired) {
    try {
      Job job = jobs.get(expired.executionId());
      if (job == null) {
        job = take(progress(expired.executionId()));
      } else {
        reload(job);
      }
      Job known = job;
      guard(known, () -> recover(known, expired));
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      setAside.accept(expired.executionId(), e);
      new Unfit(config).lose(expired, e);
    }
  }

  private void recover(Job job, Claims.Leased expired) {
    Node node = job.node(expired.attempt().taskRunId());
    if (node == null || !job.isLive(expired.attempt()) || attempts.has(expired.attempt())) {
      return;
    }
    endOrphan(job, node, expired.worker());
    Step step = newStep(job);
    step.loseAttempt(node, "worker " + expired.worker() + " gave no sign of life");
    follow(step, node, AttemptState.LOST);
    commitAndGoOn(step);
  }

  /** Whether the worker of a live attempt certainly does not work any more. */
  boolean isGone(Claims.Leased leased) {
    return isLost(leased.attempt(), leased.worker());
  }

  // ---- ending attempts

  private void ended(LocalAttempt local, ProcessEnd end) {
    if (local.isLost() || end.isLate()) {
      notifier.leaseLost(local, config.worker());
    }
    Job job = jobs.get(local.execution());
    if (job == null || local.isLost()) {
      attempts.remove(local);
      if (job != null) {
        guard(job, () -> reload(job));
      }
    } else {
      guard(job, () -> ended(job, local, end));
    }
  }

  private void ended(Job job, LocalAttempt local, ProcessEnd raw) {
    try {
      // Once, however often it is tried: what is taken is gone.
      Node node = job.isLive(local.id()) ? job.node(local.id().taskRunId()) : null;
      ProcessEnd full = node == null ? raw : attempts.withOutputs(job, node, local.id(), raw);
      for (int tries = 1; tries <= MAX_TRIES; tries++) {
        if (record(job, local, full, tries < MAX_TRIES)) {
          break;
        }
      }
    } finally {
      attempts.remove(local);
    }
    afterwards(job);
  }

  /**
   * Records the end of an attempt, unless a newer one has made it void.
   *
   * @param whole with all that follows from it; else the bare end, which no change elsewhere can
   *     stand against
   * @return false when it was refused and is to be decided anew
   */
  private boolean record(Job job, LocalAttempt local, ProcessEnd end, boolean whole) {
    Node node = job.node(local.id().taskRunId());
    if (node == null || !job.isLive(local.id())) {
      if (!end.isLate()) {
        notifier.leaseLost(local, config.worker());
      }
      return true;
    }
    AttemptState state = Ends.state(job, end);
    Step step = newStep(job);
    step.endAttempt(node, state, end.exitCode(), Ends.error(job, end, state));
    if (state == AttemptState.SUCCEEDED) {
      step.setOutputs(node, end.outputs());
    }
    if (whole) {
      follow(step, node, state);
    } else {
      step.follow(node, Settlement.after(state, job, node, config));
    }
    return commitAndGoOn(step);
  }

  private void follow(Step step, Node node, AttemptState state) {
    step.follow(node, Settlement.after(state, step.job(), node, config));
    Settlement.addTo(step, node);
  }

  // ---- keeping up with others

  /** Looks for what others changed in these executions, and in those with a live attempt here. */
  void poll(Set<ExecutionId> wanted) {
    for (Job job : jobs()) {
      boolean live = !attempts.of(job.id()).isEmpty();
      if (live || wanted.contains(job.id())) {
        guard(job, () -> look(job, wanted.contains(job.id())));
      }
    }
  }

  private void look(Job job, boolean closely) {
    Execution now = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    if (now == null || now.version() != job.version() || (closely && othersMoved(job))) {
      reload(job);
      settle(job, false);
    } else if (closely) {
      settle(job, false);
    }
  }

  private boolean othersMoved(Job job) {
    for (TaskRun run : patience.call(() -> store.taskRuns(job.id()))) {
      Node node = job.node(run.id());
      if (node != null && (run.version() != node.version || run.lastAttempt() != node.attempt)) {
        return true;
      }
    }
    return false;
  }

  private void reload(Job job) {
    ExecutionProgress progress = progress(job.id());
    notifier.changed(job, job.load(progress));
  }

  // ---- making states follow from states

  /**
   * Does everything that follows from the states of a job: what a worker left undone between two
   * steps.
   *
   * @param due whether the execution is noted as due, so that the store wants to hear that there is
   *     nothing to do
   */
  private void settle(Job job, boolean due) {
    boolean must = due;
    if (job.isWaiting()) {
      if (!parallel.admit(job)) {
        return;
      }
      reload(job);
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Step step = newStep(job);
      recoverGone(step);
      Settlement.addTo(step);
      if (step.isEmpty() && !must) {
        break;
      }
      Result result = commit(step);
      if (result == Result.DONE) {
        break;
      }
      must |= result == Result.STALE;
      reload(job);
    }
    afterwards(job);
  }

  private void afterwards(Job job) {
    endVoid(job);
    if (job.state().isTerminal() && has(job.id())) {
      finish(job);
    }
  }

  private void recoverGone(Step step) {
    Job job = step.job();
    for (Node node : job.running()) {
      String worker = node.worker;
      if (worker != null && node.hasLiveAttempt() && isLost(node.attemptId(), worker)) {
        endOrphan(job, node, worker);
        step.endAttempt(node, AttemptState.LOST, null, "worker " + worker + " is gone");
        step.follow(node, Settlement.after(AttemptState.LOST, job, node, config));
      }
    }
  }

  /** Ends what another worker may have left running of the newest attempt of a node. */
  private void endOrphan(Job job, Node node, String worker) {
    notifier.recovers(job.id(), node.attemptId(), worker);
    orphans.end(commands.pidFile(job, node, node.attemptId()), Commands.identity(node));
    commands.discard(job, node, node.attempt);
  }

  /** An attempt under this worker's own name that it does not run is of an earlier life of it. */
  private boolean isLost(AttemptId id, String worker) {
    boolean ours = attempts.has(id) || coming.contains(id);
    return !ours && (worker.equals(config.worker()) || Workers.isGone(worker));
  }

  private void endVoid(Job job) {
    for (LocalAttempt local : attempts.of(job.id())) {
      if (job.state() == ExecutionState.CANCELLING || !job.isLive(local.id())) {
        local.end();
      }
    }
  }

  private void finish(Job job) {
    drop(job);
    Execution execution = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    if (execution != null) {
      notifier.ended(execution);
      parallel.letNextBegin(job);
    }
    finished.accept(job.id(), job.state());
  }

  private Step newStep(Job job) {
    return new Step(
        job, config.ids().commitId(), store.limits().maxErrorBytes(), config.clock().instant());
  }

  /** What became of a step. */
  private enum Result {
    /** It is stored, and nothing else is to be done. */
    DONE,
    /** It is stored, but others have got on as well: what follows is to be decided anew. */
    STALE,
    /** It is void. */
    REFUSED
  }

  /** Commits a step; unless it is done its job must be read again. */
  private Result commit(Step step) {
    ChangeSet changes = step.changes();
    try {
      CommitResult result = patience.call(() -> store.commit(changes));
      notifier.changed(step.job(), new ArrayList<>(step.committed(result)));
      return Step.isStale(result) ? Result.STALE : Result.DONE;
    } catch (RefusedException e) {
      return Result.REFUSED;
    }
  }

  /** Commits a step, and what follows from what others did; false where it was refused. */
  private boolean commitAndGoOn(Step step) {
    Result result = commit(step);
    if (result != Result.DONE) {
      reload(step.job());
    }
    if (result == Result.STALE) {
      settle(step.job(), true);
    }
    return result != Result.REFUSED;
  }
}
