package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.jdbc.internal.sql.Session;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@DisplayName("The end of the log after a disk error")
class WalTailTest {
  @TempDir Path folder = Path.of("");
  private SqliteConnector connector = new SqliteConnector(Path.of(""), Duration.ZERO, 1);

  @BeforeEach
  void createTheSchema() throws SQLException {
    Path file = folder.resolve("waymark.db");
    connector = new SqliteConnector(file, Duration.ofMillis(200), 10_000);
    new SqliteSchema(file).prepare(connector);
  }

  @Test
  @DisplayName("is written to the file before any other write")
  void secured() throws SQLException {
    try (SqliteSessions sessions = new SqliteSessions(connector, 1, Duration.ofSeconds(5))) {
      write(sessions.writer(), sessions);
      assertThat(bytesOfLog(sessions)).isPositive();
      sessions.discard(sessions.writer(), failure(SQLiteErrorCode.SQLITE_IOERR_FSYNC));
      Session next = sessions.writer();
      assertThat(WalSize.bytes(next)).isZero();
      sessions.release(next);
    }
  }

  @Test
  @DisplayName("makes the store unavailable while another reader prevents that")
  void inUse() throws SQLException {
    try (SqliteSessions sessions = new SqliteSessions(connector, 1, Duration.ofSeconds(5));
        Connection other = connector.reader();
        Statement sql = other.createStatement()) {
      write(sessions.writer(), sessions);
      sql.execute("BEGIN");
      SqliteConnector.text(other, "SELECT count(*) FROM workflows");
      write(sessions.writer(), sessions); // a reader of an older snapshot keeps nobody out

      sessions.discard(sessions.writer(), failure(SQLiteErrorCode.SQLITE_IOERR_FSYNC));
      assertThatThrownBy(sessions::writer)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("cannot be secured");
      assertThatThrownBy(sessions::reader).hasMessageContaining("cannot be secured");

      sql.execute("ROLLBACK");
      write(sessions.writer(), sessions);
      sessions.release(sessions.reader());
    }
  }

  @Test
  @DisplayName("does not delay a store that opens while another one reads")
  void openedWhileRead() throws SQLException {
    try (SqliteSessions sessions = new SqliteSessions(connector, 1, Duration.ofSeconds(5));
        Connection other = connector.reader();
        Statement sql = other.createStatement()) {
      write(sessions.writer(), sessions);
      sql.execute("BEGIN");
      SqliteConnector.text(other, "SELECT count(*) FROM workflows");
      try (SqliteSessions second = new SqliteSessions(connector, 1, Duration.ofSeconds(5))) {
        write(second.writer(), second);
      }
    }
  }

  private static void write(Session session, SqliteSessions sessions) throws SQLException {
    session.execute("INSERT OR REPLACE INTO pools (name, slots) VALUES ('p', 1)");
    sessions.release(session);
  }

  private static long bytesOfLog(SqliteSessions sessions) throws SQLException {
    Session session = sessions.writer();
    try {
      return WalSize.bytes(session);
    } finally {
      sessions.release(session);
    }
  }

  private static SQLiteException failure(SQLiteErrorCode code) {
    return new SQLiteException("[" + code + "] injected", code);
  }
}
