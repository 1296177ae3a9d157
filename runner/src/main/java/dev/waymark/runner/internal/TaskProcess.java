package dev.waymark.runner.internal;

import dev.waymark.runner.internal.ProcessEnd.Cause;
import dev.waymark.runner.internal.ProcessGroups.Signal;
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
 * <p>The script is done when its shell ends. What it left running in its group is then asked to end
 * and, shortly after, killed. When the script is to end before that, by {@link #end} or by its
 * time-out, the whole group is asked with SIGTERM, has the grace time to comply, also where its
 * shell went first, and is then killed. Only when the group is gone is {@link #ended} complete.
 *
 * <p>Every step happens on the one thread of the timer, so the fields need no lock.
 */
final class TaskProcess implements Work {
  private static final Logger LOG = LoggerFactory.getLogger(TaskProcess.class);

  /**
   * What outlives its shell gets this long to end, or the grace time if that is shorter: nobody
   * asked for the task to wait.
   */
  private static final Duration LEFTOVER_GRACE = Duration.ofSeconds(1);

  /**
   * A killed process that waits for a disk or a network file system goes only when that answers.
   */
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);

  private static final long GROUP_CHECK_MILLIS = 20;

  private final ShellCommand command;
  private final ProcessGroups groups;
  private final ScheduledExecutorService timer;
  private final Duration grace;
  private final Process process;
  private final CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();

  private @Nullable Future<?> timeout;
  private Cause cause = Cause.ITSELF;
  private boolean ending;
  private long killAtNanos;

  private TaskProcess(
      ShellCommand command,
      Process process,
      ProcessGroups groups,
      ScheduledExecutorService timer,
      Duration grace) {
    this.command = command;
    this.process = process;
    this.groups = groups;
    this.timer = timer;
    this.grace = grace;
  }

  /**
   * Starts a script.
   *
   * @param timer a single thread
   * @param grace how long a group that is asked to end may take
   * @throws IOException when it cannot start; nothing runs then
   */
  static TaskProcess start(
      ShellCommand command, ProcessGroups groups, ScheduledExecutorService timer, Duration grace)
      throws IOException {
    TaskProcess task = new TaskProcess(command, command.start(groups), groups, timer, grace);
    timer.execute(task::watch);
    return task;
  }

  /**
   * Complete when the process and its group are gone; never with an exception. Completed on the
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

  /** Kills the group, without asking it first. Returns at once. */
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
    if (process.isAlive() && !signal(Signal.KILL)) {
      process.destroyForcibly();
    }
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

  /** Ends a script that nothing waits for, without the help of another thread. */
  void giveUp(String why) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    ending = true;
    if (process.isAlive()) {
      killHard();
      var unused = timer.schedule(() -> giveUp(why), GROUP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      return;
    }
    deletePidFile();
    ended.complete(ProcessEnd.notStarted(why));
  }

  private void killHard() {
    try {
      signal(Signal.KILL);
    } catch (OutOfMemoryError e) {
      LOG.debug("no thread to signal process group {} either", process.pid(), e);
    }
    process.destroyForcibly();
  }

  /**
   * A thread of its own rather than {@link Process#onExit}, which is completed by the common pool:
   * a program that blocks that pool would keep every finished task open.
   */
  private void awaitExit() {
    boolean ended = false;
    while (!ended) {
      try {
        process.waitFor();
        ended = true;
      } catch (InterruptedException e) {
        LOG.debug("nobody interrupts this thread; waiting on", e);
      }
    }
    onTimer(this::exited);
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
   * A process that has only just begun has no group yet. Its shell alone is not asked: by the time
   * that arrives there may be a group, of which the rest would not hear.
   */
  private void askToEnd() {
    if (process.isAlive() && !signal(Signal.TERM)) {
      var unused = timer.schedule(this::askToEnd, GROUP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void killIfAlive() {
    if (process.isAlive() && !signal(Signal.KILL)) {
      process.destroyForcibly();
    }
  }

  private void exited() {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (ending) {
      awaitGroup();
    } else if (idIsTaken() || !signal(Signal.TERM)) {
      complete();
    } else {
      killAtNanos = System.nanoTime() + Math.min(grace.toNanos(), LEFTOVER_GRACE.toNanos());
      awaitGroup();
    }
  }

  /**
   * Whether another process has the id of the shell by now: then the group had no member left, and
   * a group of this id is not ours.
   */
  private boolean idIsTaken() {
    return ProcessHandle.of(process.pid()).isPresent();
  }

  private void awaitGroup() {
    long lateNanos = System.nanoTime() - killAtNanos;
    if (idIsTaken() || !alive()) {
      complete();
      return;
    }
    if (lateNanos >= 0) {
      signal(Signal.KILL);
    }
    if (lateNanos >= KILL_PATIENCE.toNanos()) {
      LOG.warn(
          "process group {} is still there after SIGKILL; going on without waiting for it",
          process.pid());
      complete();
      return;
    }
    var unused = timer.schedule(this::awaitGroup, GROUP_CHECK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void complete() {
    int exitCode = process.exitValue();
    if (!deletePidFile() && cause == Cause.ITSELF && exitCode == Signals.INTERRUPTED) {
      cause = Cause.INTERRUPTED;
    }
    ended.complete(ProcessEnd.of(cause, exitCode, command.timeout()));
  }

  /** Whether there was one, which the shell writes before the script begins. */
  private boolean deletePidFile() {
    try {
      return Files.deleteIfExists(command.pidFile());
    } catch (IOException e) {
      LOG.debug("cannot delete {}", command.pidFile(), e);
      return true;
    }
  }

  /**
   * Signals the group.
   *
   * @return false when there is none: not yet, or not any more
   */
  private boolean signal(Signal signal) {
    try {
      return groups.signal(process.pid(), signal);
    } catch (RuntimeException e) {
      LOG.debug("cannot send {} to process group {}", signal, process.pid(), e);
      return false;
    }
  }

  private boolean alive() {
    try {
      return groups.alive(process.pid());
    } catch (RuntimeException e) {
      LOG.warn("cannot see whether process group {} is alive; taking it as gone", process.pid(), e);
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
