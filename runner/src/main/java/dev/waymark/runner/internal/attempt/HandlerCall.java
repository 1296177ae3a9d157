package dev.waymark.runner.internal.attempt;

import dev.waymark.core.internal.Durations;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.process.ProcessEnd.Cause;
import dev.waymark.runner.internal.process.RunningTask;
import dev.waymark.worker.internal.base.Errors;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a handler, on a thread that runs nothing else meanwhile. To end it, its thread is
 * interrupted. If the handler does not return within the grace period, the runner stops waiting:
 * the attempt ends, the thread continues unattended, and its later results are discarded.
 */
final class HandlerCall implements RunningTask {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerCall.class);

  /** How the name of a thread begins while it runs a handler. */
  private static final String THREAD = "waymark-handler-";

  private final TaskHandler handler;
  private final HandlerContext context;
  private final @Nullable Duration timeout;
  private final ScheduledExecutorService timer;
  private final Duration grace;
  private final CompletableFuture<ProcessEnd> ended = new CompletableFuture<>();
  private volatile Cause cause = Cause.ITSELF;
  private @Nullable Future<?> clock;

  /** The thread on which the handler runs; null before and after that. Guarded by this. */
  private @Nullable Thread thread;

  private HandlerCall(
      TaskHandler handler,
      HandlerContext context,
      @Nullable Duration timeout,
      ScheduledExecutorService timer,
      Duration grace) {
    this.handler = handler;
    this.context = context;
    this.timeout = timeout;
    this.timer = timer;
    this.grace = grace;
  }

  /**
   * Starts a call.
   *
   * @param threads runs each call at once, on a thread of its own
   */
  static HandlerCall start(
      TaskHandler handler,
      HandlerContext context,
      @Nullable Duration timeout,
      Executor threads,
      ScheduledExecutorService timer,
      Duration grace) {
    HandlerCall call = new HandlerCall(handler, context, timeout, timer, grace);
    if (timeout != null) {
      call.clock =
          timer.schedule(() -> call.stop(Cause.TIMED_OUT), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
    threads.execute(call::call);
    return call;
  }

  @SuppressWarnings("InterruptedExceptionSwallowed") // it fails the call
  private void call() {
    Thread own = Thread.currentThread();
    String name = own.getName();
    own.setName(THREAD + context.taskId());
    begin(own);
    @Nullable String error = null;
    try {
      handler.run(context);
    } catch (Throwable e) { // Every throwable means that the call failed.
      error = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
      context.log(Errors.stackTrace(e));
      noteFailure(e);
    } finally {
      leave();
      complete(error);
      own.setName(name);
    }
  }

  /** Only what the handler has done by itself: a stop makes it fail on purpose. */
  private void noteFailure(Throwable error) {
    if (cause == Cause.ITSELF) {
      LOG.warn(
          "the handler of task {}, attempt {} of execution {} failed",
          context.taskId().iteration(context.iteration()),
          context.attempt(),
          context.executionId(),
          error);
    }
  }

  /** A call that was asked to end before it began is interrupted at its beginning. */
  private synchronized void begin(Thread own) {
    thread = own;
    if (cause != Cause.ITSELF) {
      own.interrupt();
    }
  }

  /** From here on the thread belongs to the next call, which no interrupt of this one may reach. */
  private synchronized void leave() {
    thread = null;
    boolean unused = Thread.interrupted();
  }

  private void complete(@Nullable String error) {
    Future<?> timing = clock;
    if (timing != null) {
      timing.cancel(false);
    }
    context.close();
    ProcessEnd end =
        ProcessEnd.ofHandler(cause, error, timeout, error == null ? context.taken() : null);
    // An attempt that was asked to end may have succeeded before, so the cause does not matter.
    ended.complete(end.error() == null ? context.followedBy(end) : end);
  }

  @Override
  public CompletableFuture<ProcessEnd> ended() {
    return ended;
  }

  @Override
  public void end() {
    stop(Cause.ASKED);
  }

  @Override
  public void kill() {
    stop(Cause.ASKED);
    giveUp("was interrupted because its lease may be over");
  }

  private synchronized void stop(Cause why) {
    if (ended.isDone() || cause != Cause.ITSELF) {
      return;
    }
    cause = why;
    context.stop();
    if (thread != null) {
      thread.interrupt();
    }
    String late = "did not stop within " + Durations.format(grace) + " of being interrupted";
    var unused = timer.schedule(() -> giveUp(late), grace.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void giveUp(String error) {
    if (ended.complete(ProcessEnd.ofHandler(cause, error, timeout, null))) {
      LOG.warn(
          "the handler of task {}, attempt {} of execution {} {}; its thread is abandoned",
          context.taskId().iteration(context.iteration()),
          context.attempt(),
          context.executionId(),
          error);
    }
  }
}
