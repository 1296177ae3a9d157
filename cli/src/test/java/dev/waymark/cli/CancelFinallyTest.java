package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions cancel, with tasks in finally")
class CancelFinallyTest extends CliTest {
  private static final String WITH_FINALLY =
      """
      id: with-finally
      tasks:
        first: {run: "touch up; while ! test -f go; do sleep 0.01; done"}
        second: {needs: first, run: echo two}
      finally:
        clean: {run: "echo $WAYMARK_RESULT; touch cleaning; while ! test -f end; do sleep 0.01; done"}
      """;

  private static final String LEFT =
      "waymark: its \"finally\" tasks must run before the execution ends, and they need a worker;"
          + " to end it without them, cancel it again\n";

  @Test
  @DisplayName("cancels waiting tasks, says that finally tasks run, and a worker runs them")
  void finallyRuns() {
    String id = runFile(WITH_FINALLY, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    file("end", "");
    assertThat(waymark("executions", "cancel", id))
        .isEqualTo(new Run(0, "execution " + id + " CANCELLING\n", LEFT));
    assertThat(waymark("executions", "watch", id).exitCode()).isEqualTo(5);
    assertThat(worker.await().exitCode()).isZero();
    assertThat(states(id)).containsExactly("CANCELLED", "CANCELLED", "SUCCEEDED");
    assertThat(waymark("logs", id, "--task", "clean").out()).isEqualTo("CANCELLED\n");
  }

  @Test
  @DisplayName("ends running finally tasks the second time")
  void twice() {
    String id = runFile(WITH_FINALLY, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    waymark("executions", "cancel", id);
    awaitFile("cleaning");
    assertThat(waymark("executions", "cancel", id))
        .isEqualTo(new Run(0, "execution " + id + " CANCELLING\n", ""));
    assertThat(worker.await().exitCode()).isZero();
    assertThat(states(id)).containsExactly("CANCELLED", "CANCELLED", "CANCELLED");
    assertThat(waymark("executions", "watch", id).exitCode()).isEqualTo(5);
  }

  @Test
  @DisplayName("leaves finally tasks to the next worker if none is alive")
  void withoutAWorker() {
    String id = pausedAfterFirst();
    assertThat(waymark("executions", "cancel", id))
        .isEqualTo(new Run(0, "execution " + id + " CANCELLING\n", LEFT));
    file("end", "");
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(states(id)).containsExactly("SUCCEEDED", "CANCELLED", "SUCCEEDED");
    assertThat(waymark("logs", id, "--task", "clean").out()).isEqualTo("CANCELLED\n");
  }

  @Test
  @DisplayName("ends the execution the second time if no worker is alive")
  void twiceWithoutAWorker() {
    String id = pausedAfterFirst();
    waymark("executions", "cancel", id);
    assertThat(waymark("executions", "cancel", id))
        .isEqualTo(new Run(0, "execution " + id + " CANCELLED\n", ""));
    assertThat(states(id)).containsExactly("SUCCEEDED", "CANCELLED", "CANCELLED");
  }

  /** Returns the id of an execution that has started and has no worker. */
  private String pausedAfterFirst() {
    String id = runFile(WITH_FINALLY, "--detach").id();
    Background worker = begin("worker", "--until-idle");
    awaitFile("up");
    assertThat(waymark("executions", "pause", id).exitCode()).isZero();
    file("go", "");
    assertThat(worker.await().exitCode()).isZero();
    return id;
  }
}
