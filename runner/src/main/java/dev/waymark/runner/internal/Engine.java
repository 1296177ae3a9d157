package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.RefusedException;
import dev.waymark.core.store.StateStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What is done to the executions in hand. When it is done is the {@link Coordinator}'s business, on
 * whose thread everything here happens.
 *
 * <p>Every effect is first made durable and then acted upon: an attempt is recorded before its
 * process starts, and its end is recorded before anything that depends on it. Each change set
 * expects the versions that this engine knows, or carries the attempt's number as its fence. Being
 * refused is therefore no error: somebody else was first, the execution is read again, and what
 * follows is decided anew.
 */
final class Engine {
  /**
   * Each refusal means that another process got on, so this is plenty; whatever is still open then
   * waits for the next poll.
   */
  private static final int MAX_TRIES = 20;

  private static final Comparator<Job> OLDEST_FIRST =
      Comparator.comparing((Job job) -> job.found().createdAt()).thenComparing(Job::id);

  private final Config config;
  private final StateStore store;
  private final Patience patience;
  private final Notifier notifier;
  private final Commands commands;
  private final ProcessGroups groups = ProcessGroups.detect();
  private final Orphans orphans = new Orphans(groups);
  private final ScheduledExecutorService timer;
  private final Executor inbox;
  private final BiConsumer<ExecutionId, ExecutionState> finished;
  private final BiConsumer<ExecutionId, WaymarkException> setAside;

  private final Map<ExecutionId, Job> jobs = new HashMap<>();
  private final TreeSet<Job> byAge = new TreeSet<>(OLDEST_FIRST);
  private final Map<AttemptId, Local> locals = new HashMap<>();

  /** An attempt that this engine runs; without a process it could not start. */
  private record Local(ExecutionId execution, AttemptId id, @Nullable TaskProcess process) {
    void end() {
      if (process != null) {
        process.end();
      }
    }
  }

  /**
   * Makes an engine without work.
   *
   * @param timer a single thread for the process layer
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
    this.config = config;
    this.store = config.store();
    this.patience = new Patience(config.storePatience());
    this.notifier = new Notifier(config.listener());
    this.commands = new Commands(config.logs());
    this.timer = timer;
    this.inbox = inbox;
    this.finished = finished;
    this.setAside = setAside;
  }

  // ---- taking executions in hand and letting go of them

  /**
   * Takes an execution in hand, unless it has ended.
   *
   * @return its state, from which the caller sees whether there is more to do
   * @throws WaymarkException when there is none of this id, or it cannot be run here
   */
  ExecutionState adopt(ExecutionId id) {
    ExecutionDetails details =
        patience.<@Nullable ExecutionDetails>call(() -> store.executionDetails(id));
    if (details == null) {
      throw Refusals.notFound("run", RecordRef.of(id), "an execution");
    }
    if (details.execution().state().isTerminal()) {
      return details.execution().state();
    }
    Job job = new Job(details, config.definitions().of(workflow(details.execution())));
    jobs.put(id, job);
    byAge.add(job);
    notifier.started(details);
    try {
      tidy(job);
    } catch (WaymarkException e) {
      drop(job);
      throw e;
    }
    return job.state();
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

  /** Lets go of every execution but these and those with a live attempt of this worker. */
  void retain(Set<ExecutionId> wanted) {
    jobs().stream()
        .filter(job -> !wanted.contains(job.id()))
        .filter(
            job -> locals.values().stream().noneMatch(local -> local.execution().equals(job.id())))
        .forEach(this::drop);
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
      endProcesses(job);
      setAside.accept(job.id(), e);
    }
  }

  private void endProcesses(Job job) {
    for (Local local : List.copyOf(locals.values())) {
      if (local.execution().equals(job.id())) {
        local.end();
      }
    }
  }

  private void drop(Job job) {
    jobs.remove(job.id());
    byAge.remove(job);
  }

  private List<Job> jobs() {
    return List.copyOf(byAge);
  }

  // ---- what the coordinator wants to know

  boolean hasJobs() {
    return !jobs.isEmpty();
  }

  boolean hasProcesses() {
    return !locals.isEmpty();
  }

  /** Whether there is nothing to do, now or after a pause, but what other workers do. */
  boolean isIdle() {
    return locals.isEmpty() && byAge.stream().noneMatch(Job::hasOwnFuture);
  }

  int freePlaces() {
    return config.concurrency() - locals.size();
  }

  int readyTasks() {
    return byAge.stream().mapToInt(Job::readyTasks).sum();
  }

  /** When the first pause is over, or null when there is none. */
  @Nullable Instant nextRetry() {
    Instant next = null;
    for (Job job : byAge) {
      Instant retry = job.nextRetry();
      next = next == null || (retry != null && retry.isBefore(next)) ? retry : next;
    }
    return next;
  }

  // ---- starting attempts

  /** Starts what may start, the oldest execution's tasks first, until every place is taken. */
  void startTasks() {
    AtomicInteger refused = new AtomicInteger();
    jobs().forEach(job -> guard(job, () -> startTasks(job, refused)));
  }

  private void startTasks(Job job, AtomicInteger refused) {
    Node node = nextToStart(job);
    while (node != null && refused.get() < MAX_TRIES) {
      if (!start(job, node)) {
        refused.incrementAndGet();
      }
      node = nextToStart(job);
    }
  }

  private @Nullable Node nextToStart(Job job) {
    return freePlaces() > 0 && has(job.id()) ? job.next(config.clock().instant()) : null;
  }

  private boolean start(Job job, Node node) {
    Step step = newStep(job);
    step.beginAttempt(node, config.worker());
    if (!commit(step)) {
      refresh(job, node);
      tidy(job);
      return false;
    }
    launch(job, node);
    return true;
  }

  private void launch(Job job, Node node) {
    AttemptId id = node.attemptId();
    try {
      TaskProcess process =
          TaskProcess.start(commands.of(job, node), groups, timer, config.grace());
      Local local = new Local(job.id(), id, process);
      locals.put(id, local);
      var unused = process.ended().thenAccept(end -> inbox.execute(() -> ended(local, end)));
    } catch (IOException | RuntimeException e) {
      Local local = new Local(job.id(), id, null);
      locals.put(id, local);
      ended(local, ProcessEnd.notStarted(e.getMessage()));
    }
  }

  // ---- ending attempts

  private void ended(Local local, ProcessEnd end) {
    Job job = jobs.get(local.execution());
    if (job == null) {
      locals.remove(local.id());
    } else {
      guard(job, () -> ended(job, local, end));
    }
  }

  private void ended(Job job, Local local, ProcessEnd end) {
    try {
      for (int tries = 1; !record(local, end, tries < MAX_TRIES); tries++) {
        if (tries == MAX_TRIES) {
          break;
        }
      }
    } finally {
      locals.remove(local.id());
    }
    if (has(job.id())) {
      tidy(job);
    }
  }

  /**
   * Records the end of an attempt, unless a newer one has made it void.
   *
   * @param whole with all that follows from it; else the bare end, which no change elsewhere can
   *     stand against
   * @return false when it was refused and is to be decided anew
   */
  private boolean record(Local local, ProcessEnd end, boolean whole) {
    Job job = jobs.get(local.execution());
    Node node = job == null ? null : job.node(local.id().taskRunId());
    if (job == null || node == null || !job.isLive(local.id())) {
      return true;
    }
    Step step = newStep(job);
    AttemptState state = stateAfter(job, end);
    step.endAttempt(
        node, state, end.exitCode(), state == AttemptState.SUCCEEDED ? null : errorAfter(job, end));
    step.follow(node, Settlement.after(state, job, node, config));
    if (whole) {
      Settlement.addTo(step);
    }
    return commitOrReload(step);
  }

  private static AttemptState stateAfter(Job job, ProcessEnd end) {
    // A script that was asked to end because its worker stops may have come to its own end first.
    boolean done =
        end.cause() == ProcessEnd.Cause.ASKED
            && end.error() == null
            && job.state() != ExecutionState.CANCELLING;
    if (end.succeeded() || done) {
      return AttemptState.SUCCEEDED;
    }
    return switch (end.cause()) {
      case ASKED, INTERRUPTED -> AttemptState.CANCELLED;
      case NOT_STARTED, ITSELF, TIMED_OUT -> AttemptState.FAILED;
    };
  }

  private static @Nullable String errorAfter(Job job, ProcessEnd end) {
    if (end.cause() != ProcessEnd.Cause.ASKED) {
      return end.error();
    }
    return job.state() == ExecutionState.CANCELLING ? "cancelled" : "worker stopped";
  }

  /** Ends every process of this worker; each is recorded when it is gone. */
  void endProcesses() {
    locals.values().forEach(Local::end);
  }

  /** The ends of all processes, for one who can record nothing any more. */
  CompletableFuture<Void> processesEnded() {
    return CompletableFuture.allOf(
        locals.values().stream()
            .map(Local::process)
            .filter(Objects::nonNull)
            .map(TaskProcess::ended)
            .toArray(CompletableFuture<?>[]::new));
  }

  // ---- keeping up with others

  /** Looks for what other processes changed in the executions in hand. */
  void poll() {
    jobs().forEach(job -> guard(job, () -> look(job)));
  }

  private void look(Job job) {
    Execution now = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    boolean moved = now == null || now.version() != job.version();
    if (moved || lostAnAttempt(job) || othersMoved(job)) {
      reload(job);
    }
    tidy(job);
  }

  /**
   * Whether another worker took one of this worker's attempts for lost, which is right when this
   * process was suspended for long.
   */
  private boolean lostAnAttempt(Job job) {
    for (Node node : job.running()) {
      if (locals.containsKey(node.attemptId())) {
        TaskRun run = patience.<@Nullable TaskRun>call(() -> store.taskRun(node.id));
        if (run == null || isStale(node, run)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean othersMoved(Job job) {
    if (job.running().stream().allMatch(node -> locals.containsKey(node.attemptId()))) {
      return false;
    }
    for (TaskRun run : patience.call(() -> store.taskRuns(job.id()))) {
      Node node = job.node(run.id());
      if (node != null && isStale(node, run)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isStale(Node node, TaskRun run) {
    return run.version() != node.version || run.lastAttempt() != node.attempt;
  }

  /**
   * Reads one node again, for a start that another worker of the same execution was faster with:
   * reading everything again each time would cost the square of the number of tasks.
   */
  private void refresh(Job job, Node node) {
    Execution execution = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    TaskRun run = patience.<@Nullable TaskRun>call(() -> store.taskRun(node.id));
    List<Attempt> attempts = patience.call(() -> store.attempts(node.id));
    // The refused step may have moved the execution in memory to the very version that another
    // program gave it, with another state.
    boolean sameExecution =
        execution != null
            && execution.version() == job.version()
            && execution.state() == job.state();
    if (sameExecution && run != null && run.lastAttempt() == attempts.size()) {
      job.load(node, new TaskRunDetails(run, attempts));
      notifier.changed(job, List.of(node));
    } else {
      reload(job);
    }
  }

  private void reload(Job job) {
    ExecutionDetails details =
        patience.<@Nullable ExecutionDetails>call(() -> store.executionDetails(job.id()));
    if (details == null) {
      throw Refusals.notFound("run", RecordRef.of(job.id()), "an execution");
    }
    notifier.changed(job, job.load(details));
  }

  // ---- making states follow from states

  /**
   * Does everything that follows from the states of a job: what this worker, or one that died, left
   * undone between two steps.
   */
  private void tidy(Job job) {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Step step = newStep(job);
      recoverLost(step);
      Settlement.addTo(step);
      if (step.isEmpty() || commitOrReload(step)) {
        break;
      }
    }
    endVoidProcesses(job);
    if (job.state().isTerminal() && has(job.id())) {
      finish(job);
    }
  }

  private void recoverLost(Step step) {
    Job job = step.job();
    for (Node node : job.running()) {
      String worker = node.worker;
      if (worker != null && node.hasLiveAttempt() && isLost(node, worker)) {
        orphans.end(commands.pidFile(job, node, node.attemptId()), Commands.identity(node));
        step.endAttempt(node, AttemptState.LOST, null, "worker " + worker + " is gone");
        step.follow(node, Settlement.after(AttemptState.LOST, job, node, config));
      }
    }
  }

  /** An attempt under this worker's own name that it does not run is of an earlier life of it. */
  private boolean isLost(Node node, String worker) {
    return !locals.containsKey(node.attemptId())
        && (worker.equals(config.worker()) || Workers.isGone(worker));
  }

  private void endVoidProcesses(Job job) {
    for (Local local : List.copyOf(locals.values())) {
      boolean ours = local.execution().equals(job.id());
      if (ours && (job.state() == ExecutionState.CANCELLING || !job.isLive(local.id()))) {
        local.end();
      }
    }
  }

  private void finish(Job job) {
    drop(job);
    Execution execution = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    if (execution != null) {
      notifier.ended(execution);
    }
    finished.accept(job.id(), job.state());
  }

  private Step newStep(Job job) {
    return new Step(job, config.ids().commitId(), store.limits().maxErrorBytes());
  }

  /** Commits a step; where it is refused the step is void and its job must be read again. */
  private boolean commit(Step step) {
    ChangeSet changes = step.changes();
    try {
      CommitResult result = patience.call(() -> store.commit(changes));
      notifier.changed(step.job(), new ArrayList<>(step.committed(result.at())));
      return true;
    } catch (RefusedException e) {
      return false;
    }
  }

  private boolean commitOrReload(Step step) {
    boolean committed = commit(step);
    if (!committed) {
      reload(step.job());
    }
    return committed;
  }
}
