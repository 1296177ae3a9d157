package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the store of a command line")
class StoreTest extends CliTest {
  @Test
  @DisplayName("the folder of the default store is made for its user alone")
  void defaultStore() throws IOException {
    assertThat(waymark("executions", "list").exitCode()).isZero();
    Path folder = home.resolve(".waymark");
    assertThat(folder.resolve("waymark.db")).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  @DisplayName("--store wins over WAYMARK_STORE, which wins over the default; ~ is the home")
  void which() {
    environment.put("WAYMARK_STORE", "sqlite:~/variable.db");
    waymark("executions", "list");
    assertThat(home.resolve("variable.db")).exists();
    waymark(
        "executions",
        "list",
        "--store",
        "sqlite:"
            + home.resolve("option.db")
            + "?busy-timeout=1s&max-page-size=10&default-page-size=5");
    assertThat(home.resolve("option.db")).exists();
    assertThat(home.resolve(".waymark")).doesNotExist();
    String limited =
        "sqlite:" + home.resolve("option.db") + "?max-page-size=10&default-page-size=5";
    assertThat(waymark("executions", "list", "--store", limited, "--limit", "11").err())
        .isEqualTo("waymark: --limit 11 is out of range; use 1 to 10\n");
    assertThat(parse(waymark("executions", "list", "--store", limited, "-o", "json").out()))
        .containsEntry("limit", 5);
  }

  @Test
  @DisplayName("a folder that is missing is not made, and exits with 3")
  void missingFolder() {
    assertUnavailable(
        waymark("executions", "list", "--store", "sqlite:" + home.resolve("missing/x.db")),
        "missing");
    assertThat(home.resolve("missing")).doesNotExist();
  }

  @Test
  @DisplayName("a folder that may not be written exits with 3")
  void unwritableFolder() throws IOException {
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root may write everywhere");
    Path folder = Files.createDirectory(home.resolve("locked"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
    assertUnavailable(
        waymark("executions", "list", "--store", "sqlite:" + folder.resolve("x.db")), "locked");
  }

  @Test
  @DisplayName("a file that is no database exits with 3 and stays as it is")
  void noDatabase() throws IOException {
    Path file =
        file(
            "notes.txt",
            "These are my notes, and they are long enough to look like a file with a header. "
                .repeat(20));
    String before = Files.readString(file);
    assertUnavailable(waymark("executions", "list", "--store", "sqlite:" + file), "notes.txt");
    assertThat(file).hasContent(before);
  }

  @Test
  @DisplayName("a store made by a newer version exits with 3")
  void newerSchema() throws SQLException {
    waymark("executions", "list");
    Path file = home.resolve(".waymark/waymark.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 999");
    }
    assertUnavailable(waymark("executions", "list"), "newer");
  }

  @Test
  @DisplayName("a store that stays locked for longer than the busy time-out exits with 3")
  void locked() throws SQLException {
    file("flow.yaml", HELLO);
    waymark("executions", "list");
    Path file = home.resolve(".waymark/waymark.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertUnavailable(
          waymark("apply", "-f", "flow.yaml", "--store", "sqlite:" + file + "?busy-timeout=50ms"),
          "locked");
      statement.execute("ROLLBACK");
    }
  }

  private static void assertUnavailable(Run run, String words) {
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("waymark: ")
        .contains(words)
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(2);
  }
}
