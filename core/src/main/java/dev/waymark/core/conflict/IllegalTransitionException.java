package dev.waymark.core.conflict;

import java.util.List;

/**
 * A change set asks for a move that the table of moves does not have, or that would leave a live
 * record under an ended one.
 */
public final class IllegalTransitionException extends RefusedException {
  private static final long serialVersionUID = 1L;

  IllegalTransitionException(List<Refusal> refusals) {
    super(refusals);
  }
}
