package dev.waymark.runner.internal.attempt;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.api.AttemptStart;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import dev.waymark.runner.internal.process.NeverStartsException;
import dev.waymark.runner.internal.process.OutputText;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.process.ProcessGroups;
import dev.waymark.runner.internal.process.RunningTask;
import dev.waymark.runner.internal.process.ShellCommand;
import dev.waymark.runner.internal.process.TaskProcess;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.lease.Heartbeat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;

/**
 * The attempts that this worker runs: starts them, keeps their leases, and notifies a callback of
 * their ends. The callback decides what an end means for the execution. Attempts are started,
 * counted and removed on the coordinator's thread. Leases are lost, and processes end, on other
 * threads.
 */
public final class LocalAttempts implements AutoCloseable {
  private final RunnerConfig config;
  private final AttemptCommands commands;
  private final ProcessGroups groups;
  private final ScheduledExecutorService timer;
  private final Executor inbox;
  private final BiConsumer<LocalAttempt, ProcessEnd> ended;
  private final Heartbeat heartbeat;
  private final LogShipper logs;
  private final Map<AttemptId, LocalAttempt> locals = new ConcurrentHashMap<>();
  private final HandlerThreads threads = new HandlerThreads();

  // The following fields belong to the coordinator's thread.

  /** The attempts by execution. */
  private final Map<ExecutionId, Set<LocalAttempt>> byExecution = new HashMap<>();

  /** The attempts that this worker has claimed and is about to start. */
  private final Map<AttemptId, ExecutionId> expected = new HashMap<>();

  /** How many attempts are running: their work has not ended. */
  private int running;

  private boolean claiming;

  /**
   * Creates an empty set.
   *
   * @param timer a single thread for the running attempts
   * @param inbox runs tasks on the coordinator's thread
   * @param ended is notified, on the coordinator's thread, of each attempt that ended
   */
  public LocalAttempts(
      RunnerConfig config,
      ProcessGroups groups,
      ScheduledExecutorService timer,
      Executor inbox,
      BiConsumer<LocalAttempt, ProcessEnd> ended) {
    this.config = config;
    this.commands = new AttemptCommands(config.logs());
    this.groups = groups;
    this.timer = timer;
    this.inbox = inbox;
    this.ended = ended;
    this.heartbeat = new Heartbeat(config.life(), timer, this::lost);
    this.logs = new LogShipper(config);
  }

  /**
   * Registers this worker in the store.
   *
   * @throws WaymarkException when another living worker has the same name
   */
  public void begin() {
    heartbeat.begin();
  }

  /** May be called on any thread. */
  private void lost(AttemptId id) {
    LocalAttempt local = locals.get(id);
    if (local != null) {
      local.lose();
    }
  }

  /**
   * Whether a claim waits for its answer, by which this worker may have attempts that it does not
   * know.
   */
  public boolean isClaiming() {
    return claiming;
  }

  /** Notes that a claim waits for its answer, or has it. */
  public void setClaiming(boolean waits) {
    claiming = waits;
  }

  /**
   * This worker has claimed an attempt and is about to start it, so it is not abandoned. Its lease
   * is kept from now on, unless it may have expired already.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  public void expect(AttemptId id, ExecutionId execution, long sentNanos) {
    expected.put(id, execution);
    boolean unused = heartbeat.add(id, sentNanos);
  }

  /** This worker starts the claimed attempt now. */
  public void expectNoMore(AttemptId id) {
    expected.remove(id);
  }

  /** This worker cannot start the claimed attempt. */
  public void forget(AttemptId id) {
    expected.remove(id);
    heartbeat.remove(id);
  }

  /**
   * Starts the newest attempt of a task run, which this worker has claimed and {@linkplain #expect
   * expected}. Does nothing when the lease may have expired, because the store took too long to
   * answer. That is not a failure of the task: the attempt is lost like any other whose lease has
   * expired.
   */
  public void start(ExecutionPicture picture, TaskRunPicture taskRun) {
    AttemptId id = taskRun.attemptId();
    if (!heartbeat.keeps(id)) {
      String lease = Durations.format(config.lease());
      notStarted(
          picture,
          id,
          ProcessEnd.late("its lease of " + lease + " was over before it could begin"));
      return;
    }
    if (picture.isOverdue(taskRun.task().stage()) || picture.isCancelled(taskRun.task().stage())) {
      notStarted(
          picture, id, ProcessEnd.asked()); // It became ready before the time-out of the stage.
      return;
    }
    RunTracer.Attempt trace = config.tracer().attemptStarting(traced(picture, taskRun));
    try {
      RunningTask work = work(picture, taskRun, trace);
      LocalAttempt local = add(new LocalAttempt(picture.id(), id, work, trace));
      if (!heartbeat.keeps(id)) {
        local.lose(); // The start took too long, and no callback has reported it yet.
      }
      var unused = work.ended().thenAccept(end -> inbox.execute(() -> end(local, end)));
    } catch (NeverStartsException e) {
      logs.forget(id);
      notStarted(picture, id, ProcessEnd.neverStarts(e.getMessage()), trace);
    } catch (IOException | RuntimeException e) {
      logs.forget(id);
      notStarted(picture, id, ProcessEnd.notStarted(e.getMessage()), trace);
    }
  }

  private AttemptStart traced(ExecutionPicture picture, TaskRunPicture taskRun) {
    return new AttemptStart(
        picture.id(),
        picture.found().workflowId(),
        taskRun.taskId(),
        taskRun.attemptId(),
        config.worker(),
        TraceContext.of(picture.found()));
  }

  /** Ends a claimed attempt for which no slot became free in time; other workers may take it. */
  public void giveBack(ExecutionPicture picture, TaskRunPicture taskRun) {
    notStarted(picture, taskRun.attemptId(), ProcessEnd.givenBack());
  }

  private void notStarted(ExecutionPicture picture, AttemptId id, ProcessEnd end) {
    notStarted(picture, id, end, RunTracer.Attempt.NONE);
  }

  private void notStarted(
      ExecutionPicture picture, AttemptId id, ProcessEnd end, RunTracer.Attempt trace) {
    end(add(new LocalAttempt(picture.id(), id, null, trace)), end);
  }

  private LocalAttempt add(LocalAttempt local) {
    locals.put(local.id(), local);
    byExecution.computeIfAbsent(local.execution(), id -> new LinkedHashSet<>()).add(local);
    running++;
    return local;
  }

  private void end(LocalAttempt local, ProcessEnd end) {
    setOver(local);
    ended.accept(local, end);
  }

  private void setOver(LocalAttempt local) {
    if (!local.isOver()) {
      local.setOver();
      running--;
    }
  }

  private RunningTask work(
      ExecutionPicture picture, TaskRunPicture taskRun, RunTracer.Attempt trace)
      throws IOException {
    Path log = config.logs().path(picture.id(), taskRun.taskId(), taskRun.attempt());
    if (taskRun.task().run() != null) {
      ShellCommand command = commands.of(picture, taskRun, trace.context());
      // Before the script begins, because it may rename or delete the file.
      logs.add(taskRun.attemptId(), log);
      return TaskProcess.start(command, groups, timer, config.grace());
    }
    AttemptId id = taskRun.attemptId();
    logs.expect(id, log);
    return HandlerCall.start(
        new ObservedHandler(config.handlers().named(taskRun.task().uses()), trace),
        new HandlerContext(picture, taskRun, config, () -> logs.begin(id)),
        taskRun.task().timeout(),
        threads,
        timer,
        config.grace());
  }

  /**
   * Adds the outputs of an attempt to its end, and ships the rest of its log to the store. If the
   * outputs are invalid, the returned end is a failure.
   */
  public ProcessEnd withOutputs(
      ExecutionPicture picture, TaskRunPicture taskRun, AttemptId id, ProcessEnd end) {
    logs.finish(id);
    if (taskRun.task().run() == null) {
      return checked(end);
    }
    try {
      int most = config.store().limits().maxOutputBytes();
      Map<String, String> outputs = commands.takeOutputs(picture, taskRun, id.number(), most);
      return end.error() == null ? end.with(outputs) : end;
    } catch (IOException | InvalidInputException e) {
      return end.error() == null ? end.failed(String.valueOf(e.getMessage())) : end;
    }
  }

  private ProcessEnd checked(ProcessEnd end) {
    int most = config.store().limits().maxOutputBytes();
    try {
      if (end.result() != null) {
        OutputText.checkSize(end.result(), most);
      }
      return end;
    } catch (WaymarkException e) {
      return end.failed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Deletes the files of the newest attempt of a task run, which has ended and whose result is
   * discarded.
   */
  public void discard(ExecutionPicture picture, TaskRunPicture taskRun) {
    commands.discard(picture, taskRun, taskRun.attempt());
  }

  /**
   * Removes an attempt that has ended, when everything that follows is recorded or cannot be
   * recorded.
   */
  public void remove(LocalAttempt local) {
    heartbeat.remove(local.id());
    logs.forget(local.id());
    if (locals.remove(local.id()) != null) {
      local.endTrace();
    }
    setOver(local);
    byExecution.computeIfPresent(
        local.execution(),
        (id, all) -> {
          all.remove(local);
          return all.isEmpty() ? null : all;
        });
  }

  /** Whether this worker runs an attempt, or is about to. */
  public boolean has(AttemptId id) {
    return locals.containsKey(id) || expected.containsKey(id);
  }

  /** Whether there is none, not even one whose end is still to be recorded. */
  public boolean isEmpty() {
    return locals.isEmpty();
  }

  /** How many are running. */
  public int running() {
    return running;
  }

  /** How many have ended, and are still to be recorded. */
  public int ended() {
    return locals.size() - running;
  }

  /** Whether there is one of an execution, or this worker is about to start one. */
  public boolean hasAny(ExecutionId execution) {
    return byExecution.containsKey(execution) || expected.containsValue(execution);
  }

  /** Those of an execution that are running. */
  public List<LocalAttempt> of(ExecutionId execution) {
    return byExecution.getOrDefault(execution, Set.of()).stream()
        .filter(each -> !each.isOver())
        .toList();
  }

  /** Ends all attempts. The callback is notified of each end. */
  public void endAll() {
    locals.values().forEach(LocalAttempt::end);
  }

  /** Completes when all attempts have ended, for a runner that cannot record anything any more. */
  public CompletableFuture<Void> allEnded() {
    return CompletableFuture.allOf(
        locals.values().stream()
            .map(LocalAttempt::work)
            .filter(Objects::nonNull)
            .map(RunningTask::ended)
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void close() {
    locals.values().forEach(LocalAttempt::endTrace);
    logs.close();
    heartbeat.close();
    threads.close();
  }
}
