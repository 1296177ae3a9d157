package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The database is not one that this version of Waymark can use: made by a newer version, changed by
 * hand, or not Waymark's at all.
 */
public final class SchemaMismatchException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error; the message says which store, the version found and the versions supported.
   */
  public SchemaMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
