package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Everything;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Rows with damaged values on SQLite")
class SqliteDamagedRowTest {
  /** Records to which writes are tried as well. */
  private static final Set<String> STRICT =
      Set.of(
          "executions.state",
          "executions.created_at",
          "executions.started_at",
          "executions.workflow_id",
          "execution_details.labels",
          "execution_details.inputs",
          "task_runs.state",
          "task_runs.task_id",
          "task_runs.execution_id",
          "attempts.state",
          "attempts.started_at",
          "history.transitions",
          "commits.versions",
          "due_executions.reason",
          "workers.info",
          "workers.life",
          "workflow_revisions.labels",
          "leases.task_run_id");

  @TempDir Path folder = Path.of("");
  private Path file = Path.of("");
  private byte[] whole = new byte[0];

  private Everything fill() throws IOException {
    file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file)) {
      Everything everything = Everything.fill(store);
      store.close();
      whole = Files.readAllBytes(file); // no connection is open, so no lock can be lost
      return everything;
    }
  }

  private record Column(String table, String name, String type) {
    @Override
    public String toString() {
      return table + "." + name;
    }

    /** Values that are wrong, or correct by chance. */
    List<String> values() {
      return switch (type) {
        case "TEXT" -> List.of("char(unicode(%1$s) + 1) || substr(%1$s, 2)", "%1$s || '}'");
        case "BLOB" -> List.of("x'ff' || substr(%1$s, 2)", "substr(%1$s, 2)", "%1$s || x'00'");
        default -> List.of("-1", "9223372036854775807");
      };
    }
  }

  @Test
  @DisplayName("a damaged value in any column causes only typed errors, which report the damage")
  void everyColumn() throws Exception {
    Everything everything = fill();
    List<String> wrong = new ArrayList<>();
    Set<String> noticed = new TreeSet<>();
    List<Column> columns = columns();
    assertThat(columns).hasSizeGreaterThan(60);
    for (Column column : columns) {
      for (String value : column.values()) {
        if (damage(column, value)) {
          check(everything.reads(), column, value, noticed, wrong);
          if (STRICT.contains(column.toString())) {
            check(everything.writes(), column, value, noticed, wrong);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(noticed)
        .contains(
            "attempts.state",
            "attempts.started_at",
            "commits.versions",
            "execution_details.inputs");
  }

  private List<Column> columns() throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                """
                SELECT t.name, c.name, c.type FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                WHERE t.type = 'table' AND t.name NOT LIKE '%schema_history%' AND t.name NOT LIKE 'sqlite_%'
                ORDER BY t.name, c.cid\
                """)) {
      while (row.next()) {
        columns.add(new Column(row.getString(1), row.getString(2), row.getString(3)));
      }
    }
    return columns;
  }

  /** Writes this into every row, without triggers; false if the table itself refuses it. */
  private boolean damage(Column column, String value) throws Exception {
    Files.deleteIfExists(folder.resolve("waymark.db-wal"));
    Files.deleteIfExists(folder.resolve("waymark.db-shm"));
    Files.write(file, whole);
    try (Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA foreign_keys = OFF");
      sql.execute("PRAGMA ignore_check_constraints = ON");
      List<String> triggers = new ArrayList<>();
      try (ResultSet row =
          sql.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'trigger'")) {
        while (row.next()) {
          triggers.add(row.getString(1));
        }
      }
      for (String trigger : triggers) {
        sql.execute("DROP TRIGGER " + trigger);
      }
      return sql.executeUpdate(
              "UPDATE OR IGNORE %s SET %s = %s"
                  .formatted(column.table, column.name, value.formatted(column.name)))
          > 0;
    } catch (SQLException e) {
      return false;
    }
  }

  private void check(
      Map<String, Consumer<StateStore>> calls,
      Column column,
      String value,
      Set<String> noticed,
      List<String> wrong) {
    try (StateStore store = SqliteStateStore.open(file)) {
      calls.forEach(
          (name, call) -> {
            try {
              call.accept(store);
            } catch (StoreDamagedException e) {
              noticed.add(column.toString());
              assertThat(e)
                  .hasMessageContaining("the store is damaged: ")
                  .hasMessageContaining(";");
            } catch (WaymarkException e) {
              // A typed error: the stored value conflicts with the request.
            } catch (RuntimeException | Error e) {
              wrong.add(column + " = " + value + ", " + name + ": " + e);
            }
          });
    }
  }
}
