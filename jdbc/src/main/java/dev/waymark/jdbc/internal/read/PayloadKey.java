package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import java.util.UUID;

/**
 * The columns that name a payload, together with its part.
 *
 * @param record the execution or the task run
 * @param number the number of the attempt, or 0
 */
public record PayloadKey(UUID record, int number) {

  /** The key of a payload. */
  public static PayloadKey of(PayloadRef ref) {
    return new PayloadKey(Previews.owner(ref), Previews.number(ref));
  }

  /** The payload that these columns name, in an execution. */
  PayloadRef ref(ExecutionId execution, PayloadRef.Part part) {
    if (part == PayloadRef.Part.DETAILS) {
      return new PayloadRef.OfAttempt(new AttemptId(new TaskRunId(record), number));
    }
    return record.equals(execution.value())
        ? new PayloadRef.OfExecution(execution, part)
        : new PayloadRef.OfTaskRun(new TaskRunId(record), part);
  }
}
