package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The size of the write-ahead log, from SQLite: {@code wal_checkpoint(NOOP)} only reads from the
 * index of the log how many frames there are. Looking at the file instead would drop SQLite's locks
 * if anybody opened it.
 */
public final class WalSize {
  // The file format of SQLite, section 4.1.
  private static final int HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;
  private static final int FRAMES = 2;

  private WalSize() {}

  /** How many bytes of the log are in use; to be asked outside of transactions. */
  public static Long bytes(Session session) throws SQLException {
    long frames = number(session, "PRAGMA wal_checkpoint(NOOP)", FRAMES);
    long frameBytes = FRAME_HEADER_BYTES + number(session, "PRAGMA page_size", 1);
    return frames == 0 ? 0 : HEADER_BYTES + frames * frameBytes;
  }

  private static long number(Session session, String pragma, int column) throws SQLException {
    try (ResultSet row = session.prepare(pragma).executeQuery()) {
      row.next();
      return row.getLong(column);
    }
  }
}
