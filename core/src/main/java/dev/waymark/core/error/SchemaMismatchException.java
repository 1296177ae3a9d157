package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * This version of Waymark cannot use the database. A newer version created it, it was changed
 * manually, or it belongs to another program.
 *
 * @since 0.1.0
 */
public final class SchemaMismatchException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the error. The message names the store, the version found and the versions supported.
   */
  public SchemaMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
