package dev.waymark.runner.internal.attempt;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.internal.process.RunningTask;
import org.jspecify.annotations.Nullable;

/** An attempt that this worker runs. It has no work if it could not start. */
public final class LocalAttempt {
  private final ExecutionId execution;
  private final AttemptId id;
  private final @Nullable RunningTask work;
  private final RunTracer.Attempt trace;
  private volatile boolean lost;

  /** Whether its work has ended. Belongs to the coordinator's thread. */
  private boolean over;

  /** What was recorded of its end. Belongs to the coordinator's thread, like the next field. */
  private AttemptState recorded = AttemptState.LOST;

  private @Nullable Integer exitCode;

  LocalAttempt(
      ExecutionId execution, AttemptId id, @Nullable RunningTask work, RunTracer.Attempt trace) {
    this.execution = execution;
    this.id = id;
    this.work = work;
    this.trace = trace;
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

  /** Notes the end that is being recorded in the store. */
  public void setRecorded(AttemptState end, @Nullable Integer code) {
    recorded = end;
    exitCode = code;
  }

  /** Ends its trace: nothing more happens to it here. */
  void endTrace() {
    trace.ended(lost ? AttemptState.LOST : recorded, exitCode);
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
