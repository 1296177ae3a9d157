package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.CommitResult;
import org.jspecify.annotations.Nullable;

/** What follows from a verdict when it is durable. */
final class Verdicts {
  private Verdicts() {}

  /** The result for the caller; null when the change set was refused. */
  static @Nullable CommitResult result(Verdict verdict) {
    if (verdict instanceof Verdict.Accepted accepted) {
      return accepted.result();
    }
    return verdict instanceof Verdict.Repeated repeated ? repeated.result() : null;
  }

  /** Whether an execution may have become due. */
  static boolean marksDue(Verdict verdict) {
    return verdict instanceof Verdict.Repeated
        || (verdict instanceof Verdict.Accepted accepted
            && accepted.effects().stream().anyMatch(Verdicts::marksDue));
  }

  private static boolean marksDue(Effect effect) {
    return effect instanceof Effect.ExecutionDue || effect instanceof Effect.ChildrenDue;
  }

  /**
   * Whether workers must be notified. A repeated commit may have lost its connection before the
   * first notification was sent.
   */
  static boolean notifiesWorkers(Verdict verdict) {
    return verdict instanceof Verdict.Repeated
        || (verdict instanceof Verdict.Accepted accepted
            && accepted.effects().stream().anyMatch(Verdicts::notifiesWorkers));
  }

  private static boolean notifiesWorkers(Effect effect) {
    return effect instanceof Effect.TaskRunReady
        || marksDue(effect)
        || effect instanceof Effect.PoolSet
        || (effect instanceof Effect.ExecutionMoved move && move.to() == ExecutionState.CANCELLING);
  }
}
