package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The command line names no backend, so it uses this one because the testkit is there. */
@DisplayName("A third backend on the class path, the store in memory")
class MemoryStoreTest extends CliTest {
  @BeforeEach
  void select() {
    environment.put("WAYMARK_STORE", "memory:" + UUID.randomUUID());
  }

  @Test
  @DisplayName("runs a workflow, and the next commands of the process see it")
  void runs() {
    Run run = runFile(HELLO);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(states(run.id())).containsExactly("SUCCEEDED", "SUCCEEDED");
    assertThat(waymark("logs", run.id()).out()).contains("hello world");
    assertThat(home.resolve(".waymark/waymark.db")).doesNotExist();
  }

  @Test
  @DisplayName("is not created by a command that only reads")
  void missing() {
    Run run = waymark("executions", "list");
    assertThat(run.err()).startsWith("waymark: no store at " + environment.get("WAYMARK_STORE"));
    assertThat(run.exitCode()).isEqualTo(3);
  }

  @Test
  @DisplayName("takes the limits from its URL, and refuses what it does not know")
  void settings() {
    String url = environment.get("WAYMARK_STORE");
    waymark("pools", "set", "gpu", "--slots", "1");
    Run limited =
        waymark(
            "executions",
            "list",
            "--limit",
            "11",
            "--store",
            url + "?max-page-size=10&default-page-size=5");
    assertThat(limited.err()).isEqualTo("waymark: --limit 11 is out of range; use 1 to 10\n");
    Run unknown = waymark("executions", "list", "--store", url + "?max-page-sise=10");
    assertThat(unknown.err())
        .isEqualTo(
            "waymark: unknown store setting \"max-page-sise\"; did you mean \"max-page-size\"?\n");
    assertThat(unknown.exitCode()).isEqualTo(2);
  }
}
