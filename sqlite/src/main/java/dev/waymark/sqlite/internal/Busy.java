package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.RetryTimer;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Waits for other connections also where SQLite does not wait. The busy time-out of SQLite applies
 * to a lock that another connection holds. But while another connection opens, recovers or deletes
 * the log, a call may fail at once because the file is busy (sqlite.org, "Write-Ahead Logging",
 * section 9).
 */
final class Busy {
  /** What is tried; it must leave nothing behind when it finds the file busy. */
  interface Step<T> {
    T run() throws SQLException;
  }

  private Busy() {}

  /** Tries until the file is not busy, or for at most {@code busyTimeout} and one try more. */
  static <T> T await(Duration busyTimeout, Step<T> step) throws SQLException {
    RetryTimer left = new RetryTimer(busyTimeout);
    while (true) {
      try {
        return step.run();
      } catch (SQLException e) {
        if (!SqliteErrors.isLocked(e) || !left.pause()) {
          throw e;
        }
      }
    }
  }
}
