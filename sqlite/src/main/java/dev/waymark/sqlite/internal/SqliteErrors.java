package dev.waymark.sqlite.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Durations;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.FailedCall;
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

  /** How long to wait for other connections. */
  Duration busyTimeout() {
    return busyTimeout;
  }

  /** Whether another connection held the lock for longer than the busy time-out. */
  static boolean isLocked(SQLException cause) {
    int code = primary(cause);
    return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
  }

  /** Whether a BEGIN was refused because there is a transaction. SQLite has no code for that. */
  static boolean isWithinTransaction(SQLException cause) {
    return primary(cause) == SQLiteErrorCode.SQLITE_ERROR.code
        && String.valueOf(cause.getMessage()).contains("within a transaction");
  }

  /** Whether a transaction that has read can no longer write, because others have written since. */
  static boolean isOldSnapshot(SQLException cause) {
    SQLiteException found = find(cause);
    return found != null && found.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT;
  }

  /** The file that messages name. */
  Path file() {
    return file;
  }

  /**
   * Whether a COMMIT that failed with this has stored nothing: SQLite has found the file locked or
   * full before the transaction was whole. Any other error may come after that.
   */
  static boolean isRolledBack(SQLException cause) {
    return isLocked(cause) || primary(cause) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  /** Whether the disk has failed: what was written before may not be on it. */
  static boolean isDiskFailure(SQLException cause) {
    return primary(cause) == SQLiteErrorCode.SQLITE_IOERR.code;
  }

  /** The error that a caller receives. */
  public WaymarkException explain(String attempted, SQLException cause, FailedCall call) {
    if (find(cause) == null && isNativeLibraryMissing(cause)) {
      return noNativeLibrary(cause);
    }
    String prefix = "cannot " + attempted + " in sqlite:" + file + ": ";
    if (cause instanceof DamagedRowException) {
      return new StoreDamagedException(
          prefix
              + "the store is damaged: "
              + cause.getMessage()
              + "; run \"PRAGMA integrity_check\" on a copy, and correct the row or restore a"
              + " backup"
              + call.stored(),
          cause);
    }
    return switch (SQLiteErrorCode.getErrorCode(primary(cause))) {
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL ->
          call.unavailable(prefix + locked(), cause);
      case SQLITE_FULL ->
          call.unavailable(
              prefix
                  + "the disk is full, or the file has reached maxFileBytes; free space or raise"
                  + " the limit, and try again",
              cause);
      case SQLITE_CANTOPEN ->
          call.unavailable(
              prefix + "the file cannot be opened; check that its folder exists and is writable",
              cause);
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
          call.unavailable(
              prefix + "the file or its folder is not writable; check their permissions", cause);
      case SQLITE_IOERR -> call.unavailable(prefix + disk(cause), cause);
      case SQLITE_NOMEM ->
          call.unavailable(prefix + "out of memory; free memory and try again", cause);
      case SQLITE_NOTADB -> notADatabase(prefix, cause, call);
      case SQLITE_CORRUPT ->
          new StoreDamagedException(
              prefix
                  + "the store is damaged ("
                  + said(cause)
                  + "); run \"PRAGMA integrity_check\" on a copy and restore a backup"
                  + call.stored(),
              cause);
      case SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_RANGE ->
          rejected(prefix, cause, call);
      case SQLITE_ERROR, SQLITE_SCHEMA ->
          isWithoutTables(cause)
              ? new SchemaMismatchException(
                  prefix
                      + "its tables are not those of this version ("
                      + said(cause)
                      + "); restore the file, or name another file",
                  cause)
              : rejected(prefix, cause, call);
      default -> call.unavailable(prefix + said(cause), cause);
    };
  }

  /**
   * A rejected call is rejected again, unless a COMMIT failed, whose outcome is unknown. A store
   * that cannot be opened is unavailable, for any reason.
   */
  private static WaymarkException rejected(String prefix, SQLException cause, FailedCall call) {
    return call.isUnknown() || call == FailedCall.OPENING
        ? call.unavailable(prefix + said(cause), cause)
        : new StoreRejectedException(
            prefix
                + "the database rejected it ("
                + said(cause)
                + "); check the tables for constraints and triggers that are not Waymark's"
                + call.stored(),
            cause);
  }

  private static WaymarkException notADatabase(String prefix, SQLException cause, FailedCall call) {
    return call == FailedCall.OPENING
        ? new SchemaMismatchException(
            prefix + "the file is not a SQLite database; name another file", cause)
        : new StoreDamagedException(
            prefix
                + "the store is damaged: its file is no longer a SQLite database; restore a backup"
                + call.stored(),
            cause);
  }

  private static String disk(SQLException cause) {
    SQLiteException found = find(cause);
    SQLiteErrorCode code = found == null ? SQLiteErrorCode.SQLITE_IOERR : found.getResultCode();
    String name = " (" + code.name() + ")";
    return switch (code) {
      case SQLITE_IOERR_NOMEM -> "out of memory" + name + "; free memory and try again";
      case SQLITE_IOERR_READ,
          SQLITE_IOERR_SHORT_READ,
          SQLITE_IOERR_SEEK,
          SQLITE_IOERR_FSTAT,
          SQLITE_IOERR_MMAP,
          SQLITE_IOERR_ACCESS ->
          "the disk reported a read error" + name + "; check the system log";
      case SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA ->
          "the file system is damaged" + name + "; check it, and check the system log";
      case SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC ->
          "the disk reported a sync error" + name + "; check the system log";
      case SQLITE_IOERR_LOCK,
          SQLITE_IOERR_UNLOCK,
          SQLITE_IOERR_RDLOCK,
          SQLITE_IOERR_CHECKRESERVEDLOCK,
          SQLITE_IOERR_BLOCKED,
          SQLITE_IOERR_SHMLOCK,
          SQLITE_IOERR_SHMMAP,
          SQLITE_IOERR_SHMOPEN,
          SQLITE_IOERR_SHMSIZE ->
          "locking failed" + name + "; check that the file is on a local disk with free space";
      case SQLITE_IOERR -> "the disk reported an error" + name + "; check the system log";
      default -> "the disk reported a write error" + name + "; check the system log";
    };
  }

  private static boolean isWithoutTables(SQLException cause) {
    String text = said(cause);
    return text.contains("no such table") || text.contains("no such column");
  }

  /** SQLite's own words, without what the driver adds. */
  private static String said(SQLException cause) {
    SQLiteException found = find(cause);
    String text = found == null ? cause.getMessage() : found.getMessage();
    return text == null ? name(cause) : text.lines().findFirst().orElse(text);
  }

  /** The error when the driver's native part cannot be loaded. */
  public StoreUnavailableException noNativeLibrary(Throwable cause) {
    String folder = System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
    return new StoreUnavailableException(
        "cannot open sqlite:"
            + file
            + ": SQLite's native library could not be unpacked to and loaded from "
            + folder
            + "; the folder must be writable and must allow execution (not mounted noexec). Name"
            + " another one with -Dorg.sqlite.tmpdir=FOLDER",
        cause);
  }

  private String locked() {
    return "another process kept the file locked for longer than the busy time-out of "
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
