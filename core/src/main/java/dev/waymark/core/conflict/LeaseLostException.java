package dev.waymark.core.conflict;

import java.util.List;

/**
 * A write carries the number of an attempt that is no longer the live one of its task run: a newer
 * attempt, or the end of this one, made it void. Stop the work and discard its result.
 */
public final class LeaseLostException extends RefusedException {
  private static final long serialVersionUID = 1L;

  LeaseLostException(List<Refusal> refusals) {
    super(refusals);
  }
}
