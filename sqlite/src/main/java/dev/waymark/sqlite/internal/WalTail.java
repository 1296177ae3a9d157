package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.RetryTimer;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Sees to it that a connection writes only behind a log that is on the disk.
 *
 * <p>When a sync of the log fails, the frames of that COMMIT stay in the file as the kernel shows
 * it. SQLite does not use them while the index of the log lives; but once every connection is
 * closed, the next one builds the index from the file and takes them for committed. They look so,
 * but a loss of power may undo them, also after a later sync that succeeds: Linux has marked their
 * pages as clean when the sync failed. A commit that was appended behind them would be lost with
 * them, since recovery ends at the first frame that is not whole.
 *
 * <p>So before the first transaction after that, everything in the log is written into the database
 * file, that is synced, and the log begins again from its start ({@code wal_checkpoint(TRUNCATE)}).
 * While this fails, nothing is written or read. PostgreSQL does the same: it treats a failed sync
 * as a crash, and recovery ends with a checkpoint.
 *
 * <p>The first writing connection of a store does so as well, since another process may have left
 * such frames. There a reader of another process that does not end is waited for only shortly: in
 * all other cases the log is sound, and a reader should not keep others from writing.
 *
 * <p>Not thread-safe but for {@link #isInDoubt}.
 */
final class WalTail {
  private static final Duration AT_FIRST = Duration.ofSeconds(1);

  /** The columns of what {@code PRAGMA wal_checkpoint} returns. */
  private static final int BUSY = 1;

  private static final int FRAMES = 2;
  private static final int CHECKPOINTED = 3;

  private enum State {
    /** Not checked yet. */
    UNSEEN,
    /** The disk has failed. */
    IN_DOUBT,
    SECURE
  }

  private final Duration busyTimeout;
  private volatile State state = State.UNSEEN;

  WalTail(Duration busyTimeout) {
    this.busyTimeout = busyTimeout;
  }

  /** The disk failed while this store wrote. */
  void doubt() {
    state = State.IN_DOUBT;
  }

  /** Whether the disk has failed and the log has not been secured since. */
  boolean isInDoubt() {
    return state == State.IN_DOUBT;
  }

  /**
   * Secures the log, where that is needed, by a writing connection that is in no transaction.
   *
   * @throws SQLException when the disk fails again, or others use the log for longer than the busy
   *     time-out; nothing may be written then
   */
  void secure(Session session) throws SQLException {
    if (state == State.SECURE) {
      return;
    }
    if (isInDoubt() || hasFrames(session)) {
      truncate(session);
    }
    state = State.SECURE;
  }

  private static boolean hasFrames(Session session) throws SQLException {
    try (ResultSet row = session.prepare("PRAGMA wal_checkpoint(NOOP)").executeQuery()) {
      row.next();
      return row.getLong(FRAMES) > row.getLong(CHECKPOINTED);
    }
  }

  /** Tries without waiting inside SQLite, which would keep other writers out meanwhile. */
  private void truncate(Session session) throws SQLException {
    Duration longest = isInDoubt() || busyTimeout.compareTo(AT_FIRST) < 0 ? busyTimeout : AT_FIRST;
    RetryTimer left = new RetryTimer(longest);
    session.execute("PRAGMA busy_timeout = 0");
    while (!isTruncated(session)) {
      if (!left.pause()) {
        if (isInDoubt()) {
          throw stillUsed();
        }
        break;
      }
    }
    session.execute("PRAGMA busy_timeout = " + busyTimeout.toMillis());
  }

  private static boolean isTruncated(Session session) throws SQLException {
    try (ResultSet row = session.prepare("PRAGMA wal_checkpoint(TRUNCATE)").executeQuery()) {
      row.next();
      return row.getInt(BUSY) == 0;
    } catch (SQLException e) {
      if (SqliteErrors.isLocked(e)) {
        return false;
      }
      throw e;
    }
  }

  private static SQLException stillUsed() {
    return new SQLiteException(
        "after a disk error, a reader of another process uses the write-ahead log, which cannot be"
            + " secured",
        SQLiteErrorCode.SQLITE_BUSY);
  }
}
