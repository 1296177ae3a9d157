package dev.waymark.core.conflict;

import java.util.List;

/**
 * A record is not as the change set expected it: another version, or there already with other
 * content. Read it again and decide anew.
 */
public final class ConflictException extends RefusedException {
  private static final long serialVersionUID = 1L;

  ConflictException(List<Refusal> refusals) {
    super(refusals);
  }
}
