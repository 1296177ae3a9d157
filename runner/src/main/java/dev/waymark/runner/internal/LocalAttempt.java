package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import org.jspecify.annotations.Nullable;

/** An attempt that this worker runs; without work where it could not start. */
final class LocalAttempt {
  private final ExecutionId execution;
  private final AttemptId id;
  private final @Nullable Work work;
  private volatile boolean lost;

  LocalAttempt(ExecutionId execution, AttemptId id, @Nullable Work work) {
    this.execution = execution;
    this.id = id;
    this.work = work;
  }

  ExecutionId execution() {
    return execution;
  }

  AttemptId id() {
    return id;
  }

  @Nullable Work work() {
    return work;
  }

  /** Whether its lease may be over, so that nothing of it may be recorded here. */
  boolean isLost() {
    return lost;
  }

  /** Its lease may be over: ends it at once. Called on any thread. */
  void lose() {
    lost = true;
    if (work != null) {
      work.kill();
    }
  }

  void end() {
    if (work != null) {
      work.end();
    }
  }
}
