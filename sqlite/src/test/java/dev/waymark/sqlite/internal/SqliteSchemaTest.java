package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testkit.sql.SchemaContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The schema on SQLite")
@SuppressWarnings("NullAway.Init")
class SqliteSchemaTest extends SchemaContract {
  @TempDir Path folder;
  private Connection connection;
  private Statement sql;

  @Override
  protected void open() throws SQLException {
    SqliteConnector connector =
        new SqliteConnector(folder.resolve("a.db"), Duration.ofSeconds(1), 100_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    connection = connector.writer();
    sql = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  @DisplayName("every statement can be prepared")
  void statements() throws SQLException {
    for (ReadStatement statement : ReadStatement.values()) {
      connection.prepareStatement(SqliteReads.text(statement)).close();
    }
    for (WriteStatement statement : WriteStatement.values()) {
      // The only writer checks nothing again, because nothing can have changed.
      if (!statement.checks()) {
        connection.prepareStatement(SqliteWrites.text(statement)).close();
      }
    }
  }

  @Test
  @DisplayName("every table is STRICT, so a value of another type is refused")
  void strict() throws SQLException {
    assertThat(
            SqliteConnector.text(
                connection,
                "SELECT group_concat(name) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0"
                    + " AND name NOT LIKE 'sqlite_%' AND name <> 'waymark_schema_history'"))
        .isNull();
    assertThatThrownBy(() -> sql.execute("INSERT INTO workflows VALUES ('x', 'one', 'h')"))
        .hasMessageContaining("cannot store TEXT value in INTEGER column");
  }

  @Override
  protected void execute(String text) throws SQLException {
    sql.execute(text);
  }

  @Override
  protected String id(int number) {
    return "x'%032x'".formatted(number);
  }

  @Override
  protected String now() {
    return "0";
  }
}
