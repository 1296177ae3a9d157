package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The store read data that Waymark did not write. Either pages of the file are damaged, or another
 * program changed a row. A retry does not help. Records that are not damaged can still be read and
 * written.
 *
 * @since 0.1.0
 */
public final class StoreDamagedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the error. The message names the store, table, row and column, what was found and what
   * to do.
   */
  public StoreDamagedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
