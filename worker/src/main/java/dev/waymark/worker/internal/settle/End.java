package dev.waymark.worker.internal.settle;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.worker.api.Result;
import org.jspecify.annotations.Nullable;

/**
 * The end of an attempt that is to be recorded.
 *
 * @param attempt the attempt
 * @param state how it ends
 * @param result the result of its handler; null when it was cancelled or lost
 * @param error why it did not succeed, or null
 * @param expired whether it may only be recorded if the lease has expired
 */
public record End(
    AttemptId attempt,
    AttemptState state,
    @Nullable Result result,
    @Nullable String error,
    boolean expired) {

  /** The handler has returned. */
  public static End of(AttemptId attempt, Result result) {
    return result instanceof Result.Failure failure
        ? new End(attempt, AttemptState.FAILED, result, failure.error(), false)
        : new End(attempt, AttemptState.SUCCEEDED, result, null, false);
  }

  /** The worker gives the attempt up; any worker may take its task run at once. */
  public static End givenUp(AttemptId attempt, String error) {
    return new End(attempt, AttemptState.CANCELLED, null, error, false);
  }

  /** The worker of the attempt certainly does not run it any more. */
  public static End lost(AttemptId attempt, String error) {
    return new End(attempt, AttemptState.LOST, null, error, false);
  }

  /** The lease of the attempt has expired, unless its worker has renewed it meanwhile. */
  public static End expired(AttemptId attempt, String error) {
    return new End(attempt, AttemptState.LOST, null, error, true);
  }

  /** The same attempt with a result that the store can hold. */
  End failed(String error) {
    return of(attempt, Result.finalFailure(error));
  }
}
