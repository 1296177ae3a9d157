package dev.waymark.core.conflict;

import java.util.List;

/**
 * Fencing refused a write: it carries the number of an attempt that is no longer the live attempt
 * of its task run. There is a newer attempt, or this attempt has ended. The same exception reports
 * that another start of a worker owns its name. Stop the work and discard its result.
 *
 * @since 0.1.0
 */
public final class LeaseLostException extends RefusedException {
  private static final long serialVersionUID = 1L;

  LeaseLostException(List<Refusal> refusals) {
    super(refusals);
  }
}
