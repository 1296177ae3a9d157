package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a store with a damaged row")
class DamagedStoreTest extends CliTest {
  @ParameterizedTest
  @CsvSource({
    "executions, state",
    "task_runs, state",
    "attempts, state",
    "attempts, started_at",
    "execution_details, labels",
    "execution_details, inputs"
  })
  @DisplayName("is reported with its table and column, and the command exits with 3")
  void named(String table, String column) throws SQLException, IOException {
    String id =
        runFile(
                """
                id: flow
                inputs: {name: {default: x}}
                tasks:
                  a: {run: echo a}
                """,
                "--label",
                "team=data")
            .id();
    damage(table, column);
    assertNamed(waymark("executions", "show", id), table, column);
    if (table.startsWith("execution")) {
      assertNamed(waymark("executions", "list"), table, column);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"definition", "labels", "description", "content_hash"})
  @DisplayName("a workflow whose content differs from the saved one is not shown and does not run")
  void workflow(String column) throws SQLException, IOException {
    Path file =
        file(
            "flow.yaml",
            """
            id: flow
            description: As it was saved
            labels: {team: data}
            tasks:
              a: {run: echo a}
            """);
    assertThat(waymark("apply", "-f", file.toString()).exitCode()).isZero();
    damage("workflow_revisions", column);
    assertNamed(waymark("workflows", "show", "flow"), "workflow_revisions", column);
    assertNamed(waymark("run", "flow"), "workflow_revisions", column);
  }

  private static void assertNamed(Run run, String table, String column) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(3);
    assertThat(run.err())
        .contains("the store is damaged: table " + table + ", row with ")
        .contains(column)
        .doesNotContain("internal error");
  }

  /** Writes a wrong value into every row, without triggers and constraints. */
  private void damage(String table, String column) throws SQLException, IOException {
    Path file;
    try (Stream<Path> files = Files.walk(home)) {
      file = files.filter(each -> each.endsWith("waymark.db")).findFirst().orElseThrow();
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement sql = connection.createStatement()) {
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
      sql.execute("PRAGMA ignore_check_constraints = ON");
      String value =
          column.equals("started_at")
              ? "9223372036854775807"
              : "char(unicode(" + column + ") + 1) || substr(" + column + ", 2)";
      sql.execute("UPDATE " + table + " SET " + column + " = " + value);
    }
  }
}
