package dev.waymark.runner.internal.attempt;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.internal.process.RunningTask;
import org.jspecify.annotations.Nullable;

/** An attempt that this worker runs. It has no work if it could not start. */
public final class LocalAttempt {
  private final ExecutionId execution;
  private final AttemptId id;
  private final @Nullable RunningTask work;
  private volatile boolean lost;

  /** Whether its work has ended. Belongs to the coordinator's thread. */
  private boolean over;

  LocalAttempt(ExecutionId execution, AttemptId id, @Nullable RunningTask work) {
    this.execution = execution;
    this.id = id;
    this.work = work;
  }

  public ExecutionId execution() {
    return execution;
  }

  public AttemptId id() {
    return id;
  }

  @Nullable RunningTask work() {
    return work;
  }

  /** Whether its lease may have expired. Nothing of it may then be recorded here. */
  public boolean isLost() {
    return lost;
  }

  /** Whether its work has ended; its end may not be recorded yet. */
  boolean isOver() {
    return over;
  }

  void setOver() {
    over = true;
  }

  /** Ends it at once, because its lease may have expired. May be called on any thread. */
  void lose() {
    lost = true;
    if (work != null) {
      work.kill();
    }
  }

  public void end() {
    if (work != null) {
      work.end();
    }
  }
}
