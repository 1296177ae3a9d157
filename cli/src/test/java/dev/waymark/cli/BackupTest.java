package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("backup and restore")
class BackupTest extends CliTest {
  private static final String HELLO = "id: hello\ntasks: {a: {run: echo hi}}\n";

  private Path restored() {
    return home.resolve("restored.db");
  }

  private String store() {
    return "sqlite:" + restored();
  }

  @Test
  @DisplayName("copy a store, and make one that has the same records and goes on")
  void roundTrip() {
    String done = runFile(HELLO).id();
    String waiting = runFile(HELLO, "--detach").id();
    Path backup = home.resolve("backup.db");
    Run made = waymark("backup", backup.toString());
    assertThat(made.exitCode()).isZero();
    assertThat(made.err()).isEmpty();
    assertThat(made.out())
        .matches(
            "backed up sqlite:~/.waymark/waymark.db to \\Q"
                + backup
                + "\\E\n1 workflow revision, 2 executions, [0-9,]+ bytes; last commit [-0-9: ]+\n");

    Run restored = waymark("restore", backup.toString(), "--store", store());
    assertThat(restored.out())
        .startsWith("restored " + store() + " from " + backup + "\n1 workflow revision, 2 ");
    for (String id : new String[] {done, waiting}) {
      assertThat(waymark("executions", "show", id, "-o", "json", "--store", store()).out())
          .isEqualTo(waymark("executions", "show", id, "-o", "json").out());
    }
    assertThat(waymark("worker", "--until-idle", "--store", store()).exitCode()).isZero();
    assertThat(waymark("executions", "show", waiting, "--store", store()).out())
        .contains("SUCCEEDED");
    assertThat(waymark("executions", "show", waiting).out()).contains("PENDING");
  }

  @Test
  @DisplayName("print a record in JSON")
  void json() throws IOException {
    runFile(HELLO);
    Path backup = home.resolve("backup.db");
    Map<String, Object> record = parse(waymark("backup", backup.toString(), "-o", "json").out());
    assertThat(record.keySet()).containsExactly("file", "bytes", "workflows", "executions", "asOf");
    assertThat(record)
        .containsEntry("file", backup.toString())
        .containsEntry("executions", 1)
        .containsEntry("bytes", (int) Files.size(backup));
    assertThat((String) record.get("asOf")).endsWith("Z");
  }

  @Test
  @DisplayName("overwrite nothing, and exit with 2; without a store or a backup they exit with 3")
  void refused() {
    Run missing = waymark("backup", "backup.db");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("no store at sqlite:");
    assertThat(home.resolve("backup.db")).doesNotExist();
    runFile(HELLO);
    file("taken.db", "mine");
    Run taken = waymark("backup", home.resolve("taken.db").toString());
    assertThat(taken.exitCode()).isEqualTo(2);
    assertThat(taken.err()).contains("exists, and nothing is overwritten; name another file");
    waymark("backup", home.resolve("backup.db").toString());
    Run over = waymark("restore", home.resolve("backup.db").toString());
    assertThat(over.exitCode()).isEqualTo(2);
    assertThat(over.err()).contains("cannot restore", "exists, and nothing is overwritten");
    Run none = waymark("restore", home.resolve("none.db").toString(), "--store", store());
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("there is no such backup; check the path");
    assertThat(restored()).doesNotExist();
  }

  @Test
  @DisplayName("name the tools of PostgreSQL for its stores")
  void postgres() {
    for (String command : new String[] {"backup", "restore"}) {
      Run run = waymark(command, "backup.db", "--store", "postgresql://u@localhost:1/flows");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err())
          .contains("cannot be copied into a file by Waymark", "pg_dump and pg_restore");
    }
  }
}
