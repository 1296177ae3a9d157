package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Connections to SQLite")
class SqliteConnectorTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("3: a SQLite with the WAL-reset bug is not accepted")
  void versions() {
    assertThat(SqliteConnector.isAtLeast("3.51.2", 3, 51, 3)).isFalse();
    assertThat(SqliteConnector.isAtLeast("3.51.3", 3, 51, 3)).isTrue();
    assertThat(SqliteConnector.isAtLeast("3.52", 3, 51, 3)).isTrue();
    assertThat(SqliteConnector.isAtLeast("3.9.9", 3, 51, 3)).isFalse();
    assertThat(SqliteConnector.isAtLeast("4.0.0", 3, 51, 3)).isTrue();
  }

  @Test
  @DisplayName("4: the settings on which the guarantees depend are in force")
  void settings() throws SQLException {
    SqliteConnector connector = connector(1_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    Map<String, String> expected =
        Map.of(
            "journal_mode", "wal",
            "synchronous", "2",
            "foreign_keys", "1",
            "busy_timeout", "1500",
            "journal_size_limit", String.valueOf(64 << 20),
            "trusted_schema", "0",
            "max_page_count", "1000");
    try (Connection writer = connector.writer();
        Connection reader = connector.reader()) {
      for (Map.Entry<String, String> setting : expected.entrySet()) {
        String pragma = "PRAGMA " + setting.getKey();
        assertThat(SqliteConnector.text(writer, pragma)).as(pragma).isEqualTo(setting.getValue());
        assertThat(SqliteConnector.text(reader, pragma)).as(pragma).isEqualTo(setting.getValue());
      }
      assertThat(SqliteConnector.text(writer, "PRAGMA query_only")).isEqualTo("0");
      assertThat(SqliteConnector.text(reader, "PRAGMA query_only")).isEqualTo("1");
    }
  }

  @Test
  @DisplayName("4: a setting that does not take effect is refused")
  void settingWithoutEffect() throws SQLException {
    SqliteConnector connector = connector(1_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    try (Connection connection = connector.plain()) {
      assertThatThrownBy(() -> connector.set(connection, "auto_vacuum", "1"))
          .hasMessageContaining("auto_vacuum = 0 instead of 1");
    }
  }

  @Test
  @DisplayName("a file that is larger than allowed is opened, and does not grow")
  void largerThanAllowed() throws SQLException {
    new SqliteSchema(folder.resolve("a.db")).prepare(connector(1_000));
    try (Connection writer = connector(1).writer();
        Statement statement = writer.createStatement()) {
      assertThatThrownBy(() -> statement.execute("CREATE TABLE large AS SELECT randomblob(100000)"))
          .hasMessageContaining("full");
    }
  }

  @Test
  @DisplayName("5: a reading connection cannot write")
  void readersCannotWrite() throws SQLException {
    SqliteConnector connector = connector(1_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    try (Connection reader = connector.reader();
        Statement statement = reader.createStatement()) {
      assertThatThrownBy(() -> statement.execute("DELETE FROM history"))
          .hasMessageContaining("readonly");
    }
  }

  private SqliteConnector connector(long maxPages) {
    return new SqliteConnector(folder.resolve("a.db"), Duration.ofMillis(1500), maxPages);
  }
}
