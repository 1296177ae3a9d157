package dev.waymark.core.conflict;

import java.util.List;

/**
 * The execution has ended, so nothing can be sent to it. A caller that may be late catches this
 * type.
 *
 * @since 0.1.0
 */
public final class ExecutionEndedException extends RefusedException {
  private static final long serialVersionUID = 1L;

  ExecutionEndedException(List<Refusal> refusals) {
    super(refusals);
  }
}
