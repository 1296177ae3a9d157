package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testkit.sql.SchemaContract;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema on PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresSchemaTest extends SchemaContract {
  private String schema;
  private Connection connection;
  private Statement sql;

  @Override
  protected void open() throws SQLException {
    schema = TestServer.newSchema();
    connection = TestServer.connect();
    sql = connection.createStatement();
    sql.execute("SET search_path TO " + schema);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("every statement can be prepared")
  void statements() throws SQLException {
    PostgresSql texts = new PostgresSql(schema);
    sql.execute("SET search_path TO pg_catalog");
    for (ReadStatement statement : ReadStatement.values()) {
      prepare(texts.text(statement));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      prepare(texts.text(statement));
    }
  }

  /** Those of the writes are compared in {@link PostgresColumnsTest}. */
  @Test
  @DisplayName("a read returns the columns of its list, in that order")
  void columns() throws SQLException {
    PostgresSql texts = new PostgresSql(schema);
    for (ReadStatement statement : ReadStatement.values()) {
      if (!statement.columns().isEmpty()) {
        try (PreparedStatement prepared = connection.prepareStatement(texts.text(statement))) {
          ResultSetMetaData row = prepared.getMetaData();
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= row.getColumnCount(); i++) {
            columns.add(row.getColumnLabel(i));
          }
          assertThat(columns).as(statement.name()).isEqualTo(statement.columns());
        }
      }
    }
  }

  /** The driver sends a statement to the server only when its metadata is requested. */
  private void prepare(String text) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      assertThat(statement.getParameterMetaData().getParameterCount())
          .isEqualTo(text.chars().filter(c -> c == '?').count());
      statement.getMetaData();
    }
  }

  @Test
  @DisplayName("an opening checks every trigger that exists")
  void triggers() throws SQLException {
    assertThat(
            TestServer.text(
                connection,
                """
                SELECT string_agg(t.tgname || ' on ' || c.relname, ', ' ORDER BY t.tgname COLLATE "C")
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = '%s'::regnamespace AND NOT t.tgisinternal\
                """
                    .formatted(schema)))
        .isEqualTo(String.join(", ", PostgresSchema.TRIGGERS));
  }

  @Test
  @DisplayName("a history row that is inserted manually gets the next position")
  void handWrittenHistory() throws SQLException {
    for (int count : new int[] {2, 3, 1}) {
      sql.execute(
          "INSERT INTO history (execution_id, committed_at, transition_count, transitions) VALUES (%s, now(), %d, '[]')"
              .formatted(id(1), count));
    }
    assertThat(
            TestServer.text(
                connection,
                "SELECT string_agg(position::text, ' ' ORDER BY position) FROM history"))
        .isEqualTo("0 2 5");
  }

  @Test
  @DisplayName("ids are ordered and compared by byte, with any collation of the database")
  void collation() throws SQLException {
    assertThat(
            TestServer.text(
                connection,
                """
                SELECT string_agg(c.relname || '.' || a.attname, ', ')
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relnamespace = '%s'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                  AND a.atttypid = 'text'::regtype AND a.attcollation <> '"C"'::regcollation\
                """
                    .formatted(schema)))
        .isNull();
  }

  @Test
  @DisplayName("a record that owns others cannot be deleted")
  void owners() throws SQLException {
    sql.execute(insertExecution(1, "PENDING", "w"));
    sql.execute(
        "INSERT INTO history (execution_id, committed_at, transition_count, transitions) VALUES (%s, now(), 1, '[]')"
            .formatted(id(1)));
    assertThatThrownBy(() -> sql.execute("DELETE FROM executions"))
        .hasMessageContaining(id(1).replace("'", ""))
        .hasMessageContaining("has a history; delete that first");
    sql.execute("DELETE FROM history");
    sql.execute(insertTaskRun(2, 1));
    assertThatThrownBy(() -> sql.execute("DELETE FROM executions"))
        .hasMessageContaining("foreign key");
    sql.execute(
        "INSERT INTO attempts VALUES (%s, 1, 'RUNNING', 'me', now(), NULL, NULL, NULL)"
            .formatted(id(2)));
    assertThatThrownBy(() -> sql.execute("DELETE FROM task_runs"))
        .hasMessageContaining("has attempts; delete them first");
    for (String table : List.of("attempts", "task_runs", "executions")) {
      sql.execute("DELETE FROM " + table);
    }
  }

  @Override
  protected void execute(String text) throws SQLException {
    sql.execute(text);
  }

  @Override
  protected String id(int number) {
    return "'00000000-0000-0000-0000-%012x'".formatted(number);
  }

  @Override
  protected String now() {
    return "now()";
  }
}
