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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the store of a command line")
class StoreTest extends CliTest {
  @Test
  @DisplayName("the folder of the default store is created for its user only")
  void defaultStore() throws IOException {
    assertThat(waymark("pools", "set", "gpu", "--slots", "1").exitCode()).isZero();
    Path folder = home.resolve(".waymark");
    assertThat(folder.resolve("waymark.db")).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
  }

  @Test
  @DisplayName(
      "--store overrides WAYMARK_STORE, which overrides the default; ~ is the home directory")
  void which() {
    environment.put("WAYMARK_STORE", "sqlite:~/variable.db");
    waymark("pools", "set", "gpu", "--slots", "1");
    assertThat(home.resolve("variable.db")).exists();
    waymark(
        "pools",
        "set",
        "gpu",
        "--slots",
        "1",
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
  @DisplayName("a missing folder is not created, and exits with 3")
  void missingFolder() {
    assertUnavailable(
        waymark("executions", "list", "--store", "sqlite:" + home.resolve("missing/x.db")),
        "missing");
    assertThat(home.resolve("missing")).doesNotExist();
  }

  @Test
  @DisplayName("a folder without write access exits with 3")
  void unwritableFolder() throws IOException {
    assumeTrue(!"root".equals(System.getProperty("user.name")), "root can write everywhere");
    Path folder = Files.createDirectory(home.resolve("locked"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-x------"));
    assertUnavailable(
        waymark("executions", "list", "--store", "sqlite:" + folder.resolve("x.db")), "locked");
  }

  @Test
  @DisplayName("a file that is not a database exits with 3 and does not change")
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
  @DisplayName("a store of a newer version exits with 3")
  void newerSchema() throws SQLException {
    waymark("pools", "set", "gpu", "--slots", "1");
    Path file = home.resolve(".waymark/waymark.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 999");
    }
    assertUnavailable(waymark("executions", "list"), "newer");
  }

  @Test
  @DisplayName("a store that stays locked longer than the busy time-out exits with 3")
  void locked() throws SQLException {
    file("flow.yaml", HELLO);
    waymark("pools", "set", "gpu", "--slots", "1");
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

  @ParameterizedTest(name = "{0}")
  @DisplayName("a missing store is an error for a command that needs existing records")
  @ValueSource(
      strings = {
        "executions list",
        "executions show 0",
        "executions cancel 0",
        "executions pause 0",
        "executions resume 0",
        "executions rerun 0",
        "executions watch 0",
        "workflows list",
        "workflows show hello",
        "workflows history hello",
        "task-runs list 0",
        "attempts list 0",
        "logs 0",
        "workers list",
        "pools list",
        "run hello",
        "executions delete 0",
        "executions delete --state FAILED",
        "workflows delete hello"
      })
  void missing(String line) {
    assertUnavailable(waymark(line.split(" ", -1)), "no store at ");
    String[] words = (line + " --store sqlite:" + home.resolve("typo.db")).split(" ", -1);
    assertUnavailable(waymark(words), "no store at sqlite:" + home.resolve("typo.db"));
    assertThat(home).isEmptyDirectory();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a missing store is created by a command that can write first, for its user only")
  @ValueSource(
      strings = {
        "apply -f flow.yaml",
        "run -f flow.yaml",
        "worker --until-idle",
        "pools set gpu --slots 1"
      })
  void created(String line) throws IOException {
    file("flow.yaml", HELLO);
    Run run = waymark((line + " --store sqlite:" + home.resolve("new.db")).split(" ", -1));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("new.db"))))
        .isEqualTo("rw-------");
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
