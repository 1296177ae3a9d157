package dev.waymark.worker.internal.run;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Context;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.internal.base.AttemptNames;
import dev.waymark.worker.internal.base.NamedIds;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One call of the handler, which may be interrupted from any thread. Thread-safe. */
final class LiveAttempt implements Context {
  private static final Logger LOG = LoggerFactory.getLogger(LiveAttempt.class);

  /** Why an attempt is interrupted. */
  enum Stop {
    /** Its lease may be lost; other workers may run the next attempt. */
    LOST,
    /** It has ended in the store. */
    VOID,
    /** The worker is closed. */
    CLOSED
  }

  private final Claimed claimed;
  private final StateStore store;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private @Nullable Thread thread;
  private @Nullable Stop stop;
  private boolean taken;

  LiveAttempt(Claimed claimed, StateStore store) {
    this.claimed = claimed;
    this.store = store;
  }

  Claimed claimed() {
    return claimed;
  }

  AttemptId id() {
    return claimed.attempt().id();
  }

  ExecutionId execution() {
    return claimed.execution().id();
  }

  /** Calls the handler. Whatever it throws is a failure. */
  @SuppressWarnings("InterruptedExceptionSwallowed") // it fails the attempt
  Result call(Handler handler) {
    begin();
    try (AttemptNames names = names()) {
      Result result = handler.handle(claimed, this);
      return result == null ? Result.finalFailure("its handler returned null") : result;
    } catch (Throwable e) { // also an Error
      noteFailure(e);
      return Result.failure(e.getMessage() == null ? e.getClass().getName() : e.getMessage());
    } finally {
      leave();
    }
  }

  /** A warning, unless it fails because it was interrupted on purpose. */
  private void noteFailure(Throwable error) {
    LOG.atLevel(stopped() == null ? Level.WARN : Level.DEBUG)
        .setCause(error)
        .log(
            "the handler of task {}, attempt {} of execution {} failed",
            claimed.taskRun().taskId(),
            claimed.attempt().number(),
            execution());
  }

  private AttemptNames names() {
    return new AttemptNames(
        execution(),
        claimed.execution().workflowId(),
        claimed.taskRun().taskId(),
        claimed.attempt().number());
  }

  private void begin() {
    lock.lock();
    try {
      thread = Thread.currentThread();
      if (stop != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /** From here on no interrupt of this attempt reaches the thread. */
  private void leave() {
    lock.lock();
    try {
      thread = null;
      boolean unused = Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts the handler; the first reason stays. */
  void stop(Stop why) {
    lock.lock();
    try {
      if (stop == null) {
        stop = why;
        if (thread != null) {
          thread.interrupt();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why it was interrupted, or null. */
  @Nullable Stop stopped() {
    lock.lock();
    try {
      return stop;
    } finally {
      lock.unlock();
    }
  }

  /** Whether its handler runs on this thread. */
  boolean isOnThisThread() {
    lock.lock();
    try {
      return Thread.currentThread().equals(thread);
    } finally {
      lock.unlock();
    }
  }

  /** Returns true for the first caller, which may record its end. */
  boolean take() {
    lock.lock();
    try {
      boolean first = !taken;
      taken = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  // ---- for the handler

  @Override
  public @Nullable Payload input() {
    return store.payload(PayloadRef.inputOf(claimed.taskRun().id()));
  }

  @Override
  public void setDetails(Payload details) {
    store.commit(ChangeSet.builder().setDetails(id(), details).build());
  }

  @Override
  public boolean isCancelled() {
    return stopped() != null;
  }

  @Override
  public String idempotencyKey() {
    return claimed.taskRun().id().toString();
  }

  @Override
  public TaskRunId taskRunId() {
    return claimed.taskRun().id();
  }

  @Override
  public ExecutionId childId(String name) {
    return NamedIds.child(taskRunId(), name);
  }

  @Override
  public StateStore store() {
    return store;
  }
}
