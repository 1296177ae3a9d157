package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.jdbc.internal.sql.Column;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SQL is whole statements, so it repeats the columns that the lists of statements name. */
@DisplayName("The columns of the statements on SQLite")
@SuppressWarnings("NullAway.Init")
class SqliteColumnsTest {
  private static final Pattern INSERT =
      Pattern.compile(
          "INSERT INTO \\w+ \\(([^)]*)\\)\\s+(?:VALUES \\((.*?)\\)(?:\\s+ON|\\s*$)|SELECT (.*?)"
              + " WHERE)",
          Pattern.DOTALL);

  @TempDir Path folder;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    SqliteConnector connector =
        new SqliteConnector(folder.resolve("a.db"), Duration.ofSeconds(1), 100_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    connection = connector.writer();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  @DisplayName("a read returns the columns of its list, in that order")
  void reads() throws SQLException {
    for (ReadStatement statement : ReadStatement.values()) {
      if (!statement.columns().isEmpty()) {
        assertThat(columns(SqliteReads.text(statement)))
            .as(statement.name())
            .isEqualTo(statement.columns());
      }
    }
  }

  private List<String> columns(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      ResultSetMetaData row = statement.getMetaData();
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= row.getColumnCount(); i++) {
        columns.add(row.getColumnLabel(i));
      }
      return columns;
    }
  }

  @Test
  @DisplayName("a write has one parameter for each column of its list")
  void parameters() throws SQLException {
    for (WriteStatement statement : WriteStatement.values()) {
      if (!statement.checks()) {
        try (PreparedStatement prepared =
            connection.prepareStatement(SqliteWrites.text(statement))) {
          assertThat(prepared.getParameterMetaData().getParameterCount())
              .as(statement.name())
              .isEqualTo(statement.columns().size());
        }
      }
    }
  }

  @Test
  @DisplayName("an insert fills the columns of its list, in that order")
  void inserts() {
    int found = 0;
    for (WriteStatement statement : WriteStatement.values()) {
      if (!statement.checks()) {
        Matcher insert = INSERT.matcher(SqliteWrites.text(statement));
        if (insert.find()) {
          found++;
          assertThat(filled(insert)).as(statement.name()).isEqualTo(expected(statement));
        }
      }
    }
    assertThat(found).isGreaterThan(12);
  }

  /** The columns that are filled from a parameter. */
  private static List<String> filled(Matcher insert) {
    String values = insert.group(2) == null ? insert.group(3) : insert.group(2);
    String[] names = insert.group(1).split(",\\s+", -1);
    String[] filling = values.replaceAll("\\([^()]*\\)", "").split(",\\s+", -1);
    assertThat(filling).as(values).hasSameSizeAs(names);
    List<String> filled = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      if (filling[i].contains("?")) {
        filled.add(names[i]);
      }
    }
    return filled;
  }

  /**
   * A period in microseconds is stored as the time at which it ends. The two sums of the history
   * are parameters that no column of SQLite stores.
   */
  private static List<String> expected(WriteStatement statement) {
    return statement.columns().stream()
        .map(Column::name)
        .map(name -> name.equals("micros") ? end(statement) : name)
        .filter(name -> !List.of("unfinished", "ended").contains(name))
        .toList();
  }

  private static String end(WriteStatement statement) {
    return switch (statement) {
      case INSERT_READY -> "available_at";
      case PUT_DUE -> "due_at";
      default -> "expires_at";
    };
  }
}
