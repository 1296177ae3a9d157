package dev.waymark.core.conflict;

import java.util.List;

/**
 * A change set names a record that does not exist.
 *
 * @since 0.1.0
 */
public final class NotFoundException extends RefusedException {
  private static final long serialVersionUID = 1L;

  NotFoundException(List<Refusal> refusals) {
    super(refusals);
  }
}
