package dev.waymark.core.conflict;

import dev.waymark.core.error.WaymarkException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The store refused a change set as a whole; no record changed. {@link #refusals()} names every
 * conflicting record, in the order of the change set. The first refusal determines the type of the
 * exception.
 *
 * <p>For example:
 *
 * <pre>{@code
 * try {
 *   store.updateExecution(execution, ExecutionState.RUNNING, 1);
 * } catch (RefusedException e) {
 *   for (Refusal refusal : e.refusals()) {
 *     System.out.println(refusal.record() + ": " + refusal.reason());
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public abstract sealed class RefusedException extends WaymarkException
    permits ConflictException,
        ExecutionEndedException,
        IllegalTransitionException,
        LeaseLostException,
        NotFoundException {
  private static final long serialVersionUID = 2L;

  @SuppressWarnings("serial") // List.copyOf makes a serializable list
  private final List<Refusal> refusals;

  RefusedException(List<Refusal> refusals) {
    super(message(refusals), null);
    this.refusals = List.copyOf(refusals);
  }

  /** Returns all refusals of the change set, at least one. */
  public final List<Refusal> refusals() {
    return refusals;
  }

  /** Creates the exception for these refusals. The first refusal determines its type. */
  public static RefusedException of(List<Refusal> refusals) {
    return switch (refusals.get(0).reason()) {
      case NOT_FOUND -> new NotFoundException(refusals);
      case ILLEGAL_MOVE, OUT_OF_STEP -> new IllegalTransitionException(refusals);
      case LEASE_LOST -> new LeaseLostException(refusals);
      case ENDED -> new ExecutionEndedException(refusals);
      case STALE_VERSION, ALREADY_EXISTS -> new ConflictException(refusals);
    };
  }

  private static String message(List<Refusal> refusals) {
    return refusals.stream().map(Refusal::message).collect(Collectors.joining("; "));
  }
}
