package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions pause and resume")
class PauseTest extends CliTest {
  private static final String HELD =
      """
      id: held
      tasks:
        first: {run: "touch up; while ! test -f go; do sleep 0.01; done"}
        second: {needs: first, run: echo two}
      """;

  @Test
  @DisplayName("hold an execution that has not started until it is resumed, and can be repeated")
  void pending() {
    String id = runFile(HELLO, "--detach").id();
    for (int i = 0; i < 2; i++) {
      assertThat(waymark("executions", "pause", id))
          .isEqualTo(new Run(0, "execution " + id + " PAUSED\n", ""));
    }
    Run json = waymark("executions", "pause", id, "-o", "json");
    assertThat(json.exitCode()).isZero();
    assertThat(parse(json.out())).containsEntry("id", id).containsEntry("state", "PAUSED");
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(states(id)).containsExactly("PENDING", "PENDING");

    for (int i = 0; i < 2; i++) {
      assertThat(waymark("executions", "resume", id))
          .isEqualTo(new Run(0, "execution " + id + " RUNNING\n", ""));
    }
    assertThat(parse(waymark("executions", "resume", id, "-o", "json").out()))
        .containsEntry("state", "RUNNING");
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(waymark("executions", "watch", id).exitCode()).isZero();
  }

  @Test
  @DisplayName("let running tasks end, and start no task until the execution is resumed")
  void running() {
    String id = runFile(HELD, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    assertThat(waymark("executions", "pause", id).exitCode()).isZero();
    file("go", "");
    // No work is left, so the worker exits.
    assertThat(worker.await().exitCode()).isZero();
    assertThat(states(id)).containsExactly("SUCCEEDED", "PENDING");
    assertThat(waymark("executions", "list", "--state", "PAUSED").out()).contains(id);

    assertThat(waymark("executions", "resume", id).exitCode()).isZero();
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(waymark("executions", "watch", id).exitCode()).isZero();
    assertThat(waymark("logs", id, "--task", "second").out()).isEqualTo("two\n");
  }

  @Test
  @DisplayName("are refused with 4 for what would exceed max-parallel")
  void maxParallel() {
    String text = HELD.replace("tasks:", "max-parallel: 1\ntasks:");
    String running = runFile(text, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    String waiting = runFile(text, "--detach").id();
    assertThat(waymark("executions", "pause", waiting).exitCode()).isZero();
    assertThat(waymark("executions", "resume", waiting))
        .isEqualTo(
            new Run(
                4,
                "",
                "waymark: cannot resume execution "
                    + waiting
                    + ": it was paused before it began, and as many executions of its workflow are"
                    + " in progress as its max-parallel allows; resume it again when one of them"
                    + " has ended\n"));
    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    assertThat(waymark("executions", "watch", running).exitCode()).isZero();
    assertThat(waymark("executions", "resume", waiting).exitCode()).isZero();
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(waymark("executions", "watch", waiting).exitCode()).isZero();
  }

  @Test
  @DisplayName("are refused with 4 for ended and unknown executions")
  void refused() {
    String id = runFile(HELLO).id();
    assertThat(waymark("executions", "pause", id))
        .isEqualTo(
            new Run(
                4,
                "",
                "waymark: cannot pause execution "
                    + id
                    + ": it is SUCCEEDED; expected PENDING, RUNNING or PAUSED\n"));
    assertThat(waymark("executions", "resume", id))
        .isEqualTo(
            new Run(
                4,
                "",
                "waymark: cannot resume execution "
                    + id
                    + ": it is SUCCEEDED; expected PAUSED, PENDING or RUNNING\n"));
    for (String command : new String[] {"pause", "resume"}) {
      Run unknown = waymark("executions", command, "ffffffff");
      assertThat(unknown.exitCode()).isEqualTo(4);
      assertThat(unknown.err()).contains("ffffffff");
      assertThat(unknown.out()).isEmpty();
    }
  }

  @Test
  @DisplayName(
      "do not change a waiting execution that was not paused; a paused one can be cancelled")
  void cancelled() {
    String id = runFile(HELLO, "--detach").id();
    assertThat(waymark("executions", "resume", id).out())
        .isEqualTo("execution " + id + " PENDING\n");
    waymark("executions", "pause", id);
    assertThat(waymark("executions", "cancel", id).out())
        .isEqualTo("execution " + id + " CANCELLED\n");
    assertThat(waymark("executions", "resume", id).exitCode()).isEqualTo(4);
  }
}
