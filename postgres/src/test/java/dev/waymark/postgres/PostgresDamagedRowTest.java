package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Everything;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rows with damaged values on PostgreSQL")
class PostgresDamagedRowTest {
  private final String schema = TestServer.newName();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  private record Column(String table, String name) {
    @Override
    public String toString() {
      return table + "." + name;
    }
  }

  /** How a text is damaged, and how it is repaired. */
  private record Damage(String wrong, String right) {
    private static final List<Damage> ALL =
        List.of(
            new Damage(
                "chr(ascii(%1$s) + 1) || substr(%1$s, 2)",
                "chr(ascii(%1$s) - 1) || substr(%1$s, 2)"),
            new Damage("%1$s || '}'", "left(%1$s, -1)"));
  }

  @Test
  @DisplayName("a damaged text in any column causes only typed errors, which report the damage")
  void everyText() throws SQLException {
    Set<String> noticed = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      Everything everything = Everything.fill(store);
      try (Connection connection = TestServer.connect();
          Statement sql = connection.createStatement()) {
        // A superuser can bypass every trigger.
        sql.execute("SET session_replication_role = replica; SET search_path TO " + schema);
        List<Column> columns = texts(sql);
        assertThat(columns).hasSizeGreaterThan(25);
        for (Column column : columns) {
          for (Damage damage : Damage.ALL) {
            if (update(sql, column, damage.wrong())) {
              read(store, everything, column, noticed, wrong);
              assertThat(update(sql, column, damage.right())).as("mended " + column).isTrue();
            }
          }
        }
        everything.reads().values().forEach(call -> call.accept(store));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(noticed)
        .contains(
            "attempts.state",
            "execution_details.inputs",
            "execution_details.labels",
            "executions.state",
            "history.transitions",
            "task_runs.state",
            "workers.info");
  }

  private static List<Column> texts(Statement sql) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (ResultSet row =
        sql.executeQuery(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND data_type = 'text' AND table_name NOT LIKE '%history%'
               OR table_schema = current_schema() AND table_name = 'history' AND data_type = 'text'
            ORDER BY 1, ordinal_position""")) {
      while (row.next()) {
        columns.add(new Column(row.getString(1), row.getString(2)));
      }
    }
    return columns;
  }

  /** Writes this into every row that has a text there; false if the table refuses it. */
  private static boolean update(Statement sql, Column column, String value) {
    try {
      return sql.executeUpdate(
              "UPDATE %1$s SET %2$s = %3$s WHERE %2$s <> ''"
                  .formatted(column.table, column.name, value.formatted(column.name)))
          > 0;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void read(
      StateStore store,
      Everything everything,
      Column column,
      Set<String> noticed,
      List<String> wrong) {
    everything
        .reads()
        .forEach(
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
                wrong.add(column + ", " + name + ": " + e);
              }
            });
  }
}
