package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import java.util.UUID;

/**
 * The columns that name a payload, together with its part.
 *
 * @param record the execution or the task run
 * @param number the number of the attempt or the signal, or 0
 */
public record PayloadKey(UUID record, int number) {

  /** The key of a payload. */
  public static PayloadKey of(PayloadRef ref) {
    return new PayloadKey(Previews.owner(ref), Previews.number(ref));
  }

  /**
   * The payload that these columns name. The kind is not derived from the id: callers choose ids,
   * and an execution and a task run may have the same.
   */
  PayloadRef ref(RecordKind kind, PayloadRef.Part part) {
    return switch (kind) {
      case EXECUTION ->
          part == PayloadRef.Part.SIGNAL
              ? new PayloadRef.OfSignal(new ExecutionId(record), number)
              : new PayloadRef.OfExecution(new ExecutionId(record), part);
      case TASK_RUN -> new PayloadRef.OfTaskRun(new TaskRunId(record), part);
      case ATTEMPT -> new PayloadRef.OfAttempt(new AttemptId(new TaskRunId(record), number));
      default -> throw new IllegalArgumentException("no payload belongs to a " + kind.words());
    };
  }
}
