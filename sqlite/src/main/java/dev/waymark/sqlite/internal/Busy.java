package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.RetryTimer;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Waits for other connections also where SQLite does not wait by itself. Its busy time-out holds
 * for a lock that another connection keeps, but while one opens, recovers or deletes the log, who
 * comes at that moment may be told at once that the file is busy (sqlite.org, "Write-Ahead
 * Logging", section 9).
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
