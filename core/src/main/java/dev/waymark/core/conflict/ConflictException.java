package dev.waymark.core.conflict;

import java.util.List;

/**
 * A precondition of the change set failed: a record has another version, or it already exists with
 * other content. Read the record again and decide again.
 *
 * @since 0.1.0
 */
public final class ConflictException extends RefusedException {
  private static final long serialVersionUID = 1L;

  ConflictException(List<Refusal> refusals) {
    super(refusals);
  }
}
