package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * What was read from the database is nothing that Waymark has written: a file with damaged pages,
 * or a row that was changed by other means. Waiting does not help; records that are not damaged can
 * still be read and written.
 */
public final class StoreDamagedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error; the message says which store, table, row and column, what was found and what
   * to do.
   */
  public StoreDamagedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
