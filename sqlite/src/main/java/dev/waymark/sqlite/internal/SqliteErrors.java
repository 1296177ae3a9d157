package dev.waymark.sqlite.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Durations;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What SQLite's result codes mean to a user of this file. The code is in {@link
 * SQLiteException#getResultCode()}; the SQLState says nothing.
 */
public final class SqliteErrors {
  private final Path file;
  private final Duration busyTimeout;

  /** Errors that name this file. */
  public SqliteErrors(Path file, Duration busyTimeout) {
    this.file = file;
    this.busyTimeout = busyTimeout;
  }

  /** For how long others are waited for. */
  Duration busyTimeout() {
    return busyTimeout;
  }

  /** Whether another connection held the lock for longer than the busy time-out. */
  static boolean isLocked(SQLException cause) {
    int code = primary(cause);
    return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
  }

  /** The error that a caller gets. */
  public WaymarkException explain(String attempted, SQLException cause) {
    if (find(cause) == null && isNativeLibraryMissing(cause)) {
      return noNativeLibrary(cause);
    }
    String prefix = "cannot " + attempted + " in sqlite:" + file + ": ";
    return switch (SQLiteErrorCode.getErrorCode(primary(cause))) {
      case SQLITE_BUSY, SQLITE_LOCKED -> unavailable(prefix + locked(), cause);
      case SQLITE_FULL ->
          unavailable(
              prefix
                  + "the disk, or the largest size set for the file, is full; make room and try again; nothing was stored",
              cause);
      case SQLITE_CANTOPEN ->
          unavailable(
              prefix
                  + "the file cannot be opened; check that its folder exists and may be written to",
              cause);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
          unavailable(
              prefix + "the file or its folder may not be written to; check their permissions",
              cause);
      case SQLITE_IOERR ->
          unavailable(
              prefix
                  + "the disk reported an error ("
                  + name(cause)
                  + "); whether the last commit was stored is not known, repeat it with its commit id",
              cause);
      case SQLITE_NOTADB ->
          new SchemaMismatchException(
              prefix + "the file is not a SQLite database; name another file", cause);
      case SQLITE_CORRUPT ->
          unavailable(
              prefix
                  + "the database is damaged; run \"PRAGMA integrity_check\" on a copy and restore a backup",
              cause);
      default ->
          unavailable(
              prefix + (cause.getMessage() == null ? name(cause) : cause.getMessage()), cause);
    };
  }

  /** The error when the driver's native part cannot be loaded. */
  public StoreUnavailableException noNativeLibrary(Throwable cause) {
    String folder = System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
    return new StoreUnavailableException(
        "cannot open sqlite:"
            + file
            + ": SQLite's native library could not be unpacked to and loaded from "
            + folder
            + "; the folder must be writable and must allow execution (not mounted noexec). Name another one with -Dorg.sqlite.tmpdir=FOLDER",
        cause);
  }

  private String locked() {
    return "another process kept it locked for longer than the busy time-out of "
        + Durations.format(busyTimeout)
        + "; end that process, or raise the time-out";
  }

  private static boolean isNativeLibraryMissing(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof NativeLibraryNotFoundException || t instanceof LinkageError) {
        return true;
      }
    }
    return false;
  }

  private static StoreUnavailableException unavailable(String message, SQLException cause) {
    return new StoreUnavailableException(message, cause);
  }

  private static String name(SQLException cause) {
    SQLiteException found = find(cause);
    return found == null ? "no result code" : found.getResultCode().name();
  }

  private static int primary(SQLException cause) {
    SQLiteException found = find(cause);
    return found == null ? -1 : found.getResultCode().code & 0xff;
  }

  private static @Nullable SQLiteException find(SQLException cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException found) {
        return found;
      }
    }
    return null;
  }
}
