package dev.waymark.runner.internal.process;

import dev.waymark.runner.internal.process.ProcessEnd.Cause;
import dev.waymark.runner.internal.process.ProcessGroups.Delivery;
import dev.waymark.runner.internal.process.ProcessGroups.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running script and its process group.
 *
 * <p>The script is done when its shell ends. Processes that are still in its group are then asked
 * to end and, shortly after, killed. If the script must end earlier, by {@link #end} or by its
 * time-out, the whole group receives SIGTERM. It has the grace period to end, even if its shell
 * ends first, and is then killed. {@link #ended} completes only when the group has ended and its
 * output is in the log. The runner does not wait longer for a process that cannot be ended, because
 * it belongs to another user or waits for a disk; the end names such a process.
 *
 * <p>Every step runs on the one thread of the timer, so the fields need no lock.
 */
public final class TaskProcess implements RunningTask {
  private static final Logger LOG = LoggerFactory.getLogger(TaskProcess.class);

  /**
   * Processes that outlive their shell have this time to end, or the grace period if that is
   * shorter, because the task should not wait for them.
   */
  private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(1);

  /**
   * A killed process that waits for a disk or a network file system ends only when that answers.
   */
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  /**
   * A process outside the group may still have the output of the script open, for example a daemon
   * that the script started. The runner does not wait for its end: the log is complete when it has
   * not grown for this time.
   */
  private static final Duration LOG_QUIET = Duration.ofSeconds(1);

  /** The longest wait for the log, regardless of how much such a process writes. */
  private static final Duration LOG_RETRY_LIMIT = Duration.ofSeconds(5);

  /** The delays between two checks of a group grow from the first to the second of these. */
  private static final long FIRST_CHECK_MILLIS = 20;

  private static final long LAST_CHECK_MILLIS = 1_000;

  private final ShellCommand command;
  private final ProcessGroups groups;
  private final ScheduledExecutorService timer;
  private final Duration grace;
  private final Process process;
  private final Process logWriter;
  private final CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();

  private @Nullable Future<?> timeout;
  private Cause cause = Cause.ITSELF;
  private boolean ending;
  private boolean groupEnded;
  private boolean logWritten;
  private long killAtNanos;
  private long checkMillis = FIRST_CHECK_MILLIS;
  private long logSize;

  private TaskProcess(
      ShellCommand command,
      ShellCommand.Started started,
      ProcessGroups groups,
      ScheduledExecutorService timer,
      Duration grace) {
    this.command = command;
    this.process = started.leader();
    this.logWriter = started.logWriter();
    this.groups = groups;
    this.timer = timer;
    this.grace = grace;
  }

  /**
   * Starts a script.
   *
   * @param timer a single thread
   * @param grace the time that a group has to end on request
   * @throws IOException when it cannot start; nothing runs then
   */
  public static TaskProcess start(
      ShellCommand command, ProcessGroups groups, ScheduledExecutorService timer, Duration grace)
      throws IOException {
    TaskProcess task = new TaskProcess(command, command.start(groups), groups, timer, grace);
    timer.execute(task::watch);
    return task;
  }

  /**
   * Completes when the process and its group have ended, never with an exception. Completed on the
   * timer's thread.
   */
  @Override
  public CompletableFuture<ProcessEnd> ended() {
    return ended;
  }

  /** Ends the group, unless the script has just ended by itself. Returns at once. */
  @Override
  public void end() {
    onTimer(() -> terminate(Cause.ASKED));
  }

  /** Kills the group, without SIGTERM. Returns at once. */
  @Override
  public void kill() {
    onTimer(this::killNow);
  }

  private void killNow() {
    if (!ending) {
      ending = true;
      cause = Cause.ASKED;
    }
    killAtNanos = System.nanoTime();
    killIfAlive();
  }

  private void watch() {
    Duration limit = command.timeout();
    if (limit != null) {
      timeout =
          timer.schedule(() -> terminate(Cause.TIMED_OUT), limit.toNanos(), TimeUnit.NANOSECONDS);
    }
    try {
      Thread waiter = new Thread(this::awaitExit, "waymark-process-" + process.pid());
      waiter.setDaemon(true);
      waiter.start();
    } catch (OutOfMemoryError e) {
      giveUp("no thread to wait for it: " + e.getMessage());
    }
  }

  /** Ends a script that nothing waits for, without another thread. */
  void giveUp(String why) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    ending = true;
    if (process.isAlive()) {
      killHard();
      again(() -> giveUp(why));
      return;
    }
    deletePidFile();
    ended.complete(ProcessEnd.notStarted(why));
  }

  private void killHard() {
    try {
      var unused = signal(Signal.KILL);
    } catch (OutOfMemoryError e) {
      LOG.debug("no thread to signal process group {} either", process.pid(), e);
    }
    process.destroyForcibly();
  }

  /**
   * A separate thread instead of {@link Process#onExit}, which the common pool completes: a program
   * that blocks that pool would keep every finished task open.
   */
  private void awaitExit() {
    await(process);
    onTimer(this::exited);
    await(logWriter);
    onTimer(this::logWritten);
  }

  private static void await(Process process) {
    boolean ended = false;
    while (!ended) {
      try {
        process.waitFor();
        ended = true;
      } catch (InterruptedException e) {
        LOG.debug("unexpected interrupt; continuing to wait", e);
      }
    }
  }

  private void terminate(Cause why) {
    if (ending || !process.isAlive()) {
      return;
    }
    ending = true;
    cause = why;
    killAtNanos = System.nanoTime() + grace.toNanos();
    askToEnd();
    var unused = timer.schedule(this::killIfAlive, grace.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * A process that has just begun has no group yet. The shell alone is not signalled: there may be
   * a group when the signal arrives, and the other processes of the group would not receive it.
   */
  private void askToEnd() {
    if (process.isAlive()
        && System.nanoTime() - killAtNanos < 0
        && signal(Signal.TERM) == Delivery.NO_PROCESS) {
      again(this::askToEnd);
    }
  }

  private void killIfAlive() {
    if (!process.isAlive() || ended.isDone()) {
      return;
    }
    Delivery delivery = signal(Signal.KILL);
    if (delivery == Delivery.NO_PROCESS) {
      process.destroyForcibly();
    }
    if (delivery == Delivery.NOT_PERMITTED) {
      leaveScript();
    } else {
      var unused = timer.schedule(this::leaveScript, KILL_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Continues without a script that does not end. */
  private void leaveScript() {
    if (process.isAlive() && !ended.isDone()) {
      // Its pid file stays, so that the process can be identified later.
      complete(ProcessEnd.unended(cause, command.timeout()));
    }
  }

  private void exited() {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (ended.isDone()) {
      return;
    }
    checkMillis = FIRST_CHECK_MILLIS;
    if (ending) {
      awaitGroup();
    } else if (idIsTaken() || signal(Signal.TERM) == Delivery.NO_PROCESS) {
      groupEnded();
    } else {
      killAtNanos = System.nanoTime() + Math.min(grace.toNanos(), LEFTOVER_GRACE.toNanos());
      awaitGroup();
    }
  }

  /**
   * Whether another process now has the id of the shell. The group then had no member left, and a
   * group with this id belongs to another program.
   */
  private boolean idIsTaken() {
    return ProcessHandle.of(process.pid()).isPresent();
  }

  private void awaitGroup() {
    if (idIsTaken() || !alive()) {
      groupEnded();
      return;
    }
    long lateNanos = System.nanoTime() - killAtNanos;
    Delivery delivery = lateNanos < 0 ? Delivery.DELIVERED : signal(Signal.KILL);
    if (delivery == Delivery.NOT_PERMITTED || lateNanos >= KILL_LIMIT.toNanos()) {
      groupEnded();
      return;
    }
    again(this::awaitGroup);
  }

  private void groupEnded() {
    groupEnded = true;
    if (logWritten) {
      complete();
    } else {
      long now = System.nanoTime();
      awaitLog(now, now);
    }
  }

  private void logWritten() {
    logWritten = true;
    if (groupEnded && !ended.isDone()) {
      complete();
    }
  }

  private void awaitLog(long sinceNanos, long grownNanos) {
    if (ended.isDone()) {
      return;
    }
    long now = System.nanoTime();
    long size = command.files().log().toFile().length();
    long grown = size == logSize ? grownNanos : now;
    logSize = size;
    if (now - grown >= LOG_QUIET.toNanos() || now - sinceNanos >= LOG_RETRY_LIMIT.toNanos()) {
      complete();
    } else {
      again(() -> awaitLog(sinceNanos, grown));
    }
  }

  private void complete() {
    int exitCode = process.exitValue();
    if (!deletePidFile() && cause == Cause.ITSELF && exitCode == Signals.INTERRUPTED) {
      cause = Cause.INTERRUPTED;
    }
    if (logWritten && logWriter.exitValue() != 0) {
      LOG.warn("the log {} could not be written to its end", command.files().log());
      LogMark.append(command.files().log(), "the log could not be written; output is missing here");
    }
    complete(ProcessEnd.of(cause, exitCode, command.timeout()));
  }

  private void complete(ProcessEnd end) {
    String left = idIsTaken() && !process.isAlive() ? null : leftRunning();
    if (left != null) {
      LOG.warn(
          "cannot end {} of process group {}; continuing without waiting", left, process.pid());
      LogMark.append(command.files().log(), "could not be ended and still runs: " + left);
    }
    ended.complete(end.leaving(left));
  }

  private @Nullable String leftRunning() {
    try {
      return groups.describe(process.pid());
    } catch (RuntimeException e) {
      LOG.debug("cannot see what is left of process group {}", process.pid(), e);
      return null;
    }
  }

  /**
   * Repeats a step after a delay, which grows each time: a process that does not end soon may run
   * for long.
   */
  private void again(Runnable step) {
    var unused = timer.schedule(step, checkMillis, TimeUnit.MILLISECONDS);
    checkMillis = Math.min(2 * checkMillis, LAST_CHECK_MILLIS);
  }

  /** Whether there was a pid file. The shell writes it before the script begins. */
  private boolean deletePidFile() {
    try {
      return Files.deleteIfExists(command.files().pidFile());
    } catch (IOException e) {
      LOG.debug("cannot delete {}", command.files().pidFile(), e);
      return true;
    }
  }

  private Delivery signal(Signal signal) {
    try {
      return groups.signal(process.pid(), signal);
    } catch (RuntimeException e) {
      LOG.debug("cannot send {} to process group {}", signal, process.pid(), e);
      return Delivery.NO_PROCESS;
    }
  }

  private boolean alive() {
    try {
      return groups.alive(process.pid());
    } catch (RuntimeException e) {
      LOG.warn(
          "cannot see whether process group {} is alive; assuming that it has ended",
          process.pid(),
          e);
      return false;
    }
  }

  private void onTimer(Runnable step) {
    try {
      timer.execute(step);
    } catch (RejectedExecutionException e) {
      LOG.debug("the timer has ended before process {}", process.pid(), e);
    }
  }
}
