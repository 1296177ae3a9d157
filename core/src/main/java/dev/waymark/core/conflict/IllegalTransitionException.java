package dev.waymark.core.conflict;

import java.util.List;

/**
 * A change set contains a move that the table of moves does not allow, or that does not fit the
 * state of a related record. For example, an execution cannot end while one of its task runs has
 * not ended.
 *
 * @since 0.1.0
 */
public final class IllegalTransitionException extends RefusedException {
  private static final long serialVersionUID = 1L;

  IllegalTransitionException(List<Refusal> refusals) {
    super(refusals);
  }
}
