package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("logs -f")
class FollowTest extends CliTest {
  /** A task that continues when the file exists. */
  private static final String HELD =
      """
      id: held
      tasks:
        first:
          run: |
            echo one
            while ! test -f go; do sleep 0.01; done
            echo two
        second: {needs: first, run: echo three}
      """;

  @Test
  @DisplayName("prints the output of a live attempt while it is written, until the execution ends")
  void live() {
    String id = runFile(HELD, "--detach").id();
    Background all = begin("logs", id, "-f");
    Background one = begin("logs", id, "--follow", "--task", "first");
    Background worker = begin("worker", "--until-idle");
    all.awaitOut("one\n");
    one.awaitOut("one\n");
    assertThat(all.out()).isEqualTo("==> first, attempt 1 <==\none\n");
    file("go", "");

    assertThat(all.await())
        .isEqualTo(
            new Run(
                0, "==> first, attempt 1 <==\none\ntwo\n\n==> second, attempt 1 <==\nthree\n", ""));
    assertThat(one.await()).isEqualTo(new Run(0, "one\ntwo\n", ""));
    assertThat(worker.await().exitCode()).isZero();
  }

  @Test
  @DisplayName("prints the output of every attempt of an ended execution, and exits at once with 0")
  void over() {
    String flaky = runFile(FLAKY).id();
    assertThat(waymark("logs", flaky, "-f"))
        .isEqualTo(
            new Run(0, "==> once, attempt 1 <==\ntry 1\n\n==> once, attempt 2 <==\ntry 2\n", ""));
    String failed = runFile(FAILING).id();
    assertThat(waymark("logs", failed, "-f", "--task", "bad")).isEqualTo(new Run(0, "oops\n", ""));
    assertThat(waymark("logs", failed, "-f", "--task", "after")).isEqualTo(new Run(0, "", ""));
  }

  @Test
  @DisplayName("continues with the next attempt after an attempt fails")
  void nextAttempt() {
    String id =
        runFile(
                """
                id: again
                tasks:
                  only:
                    run: |
                      echo "try $WAYMARK_ATTEMPT"
                      while ! test -f "go-$WAYMARK_ATTEMPT"; do sleep 0.01; done
                      test "$WAYMARK_ATTEMPT" -ge 2
                    retry: {max-attempts: 2, delay: 1ms}
                """,
                "--detach")
            .id();
    Background follow = begin("logs", id, "-f");
    Background worker = begin("worker", "--until-idle");
    follow.awaitOut("try 1\n");
    file("go-1", "");
    follow.awaitOut("try 2\n");
    assertThat(follow.isRunning()).isTrue();
    file("go-2", "");
    assertThat(follow.await().out())
        .isEqualTo("==> only, attempt 1 <==\ntry 1\n\n==> only, attempt 2 <==\ntry 2\n");
    worker.await();
  }

  @Test
  @DisplayName("ends when the execution is cancelled")
  void cancelled() {
    String id = runFile(HELD, "--detach").id();
    Background follow = begin("logs", id, "-f");
    Background worker = begin("worker", "--until-idle");
    follow.awaitOut("one\n");
    assertThat(waymark("executions", "cancel", id).exitCode()).isZero();
    assertThat(follow.await()).isEqualTo(new Run(0, "==> first, attempt 1 <==\none\n", ""));
    worker.await();
  }

  @Test
  @DisplayName(
      "on another machine prints the output from the store, in parts and complete at the end")
  void fromAnotherMachine() throws IOException {
    String schema = TestServer.newName();
    environment.put("WAYMARK_STORE", TestServer.url("schema=" + schema).replaceFirst("^jdbc:", ""));
    try {
      Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
      String id = runFile(HELD, "--detach").id();
      Background follow = beginAt(elsewhere, "logs", id, "-f");
      Background worker = begin("worker", "--until-idle");
      follow.awaitOut("==> first, attempt 1 <==\none\n");
      file("go", "");
      String all = "==> first, attempt 1 <==\none\ntwo\n\n==> second, attempt 1 <==\nthree\n";
      assertThat(follow.await()).isEqualTo(new Run(0, all, ""));
      assertThat(worker.await().exitCode()).isZero();
      assertThat(elsewhere.resolve(".waymark/logs")).doesNotExist();
      assertThat(beginAt(elsewhere, "logs", id, "-f").await()).isEqualTo(new Run(0, all, ""));
    } finally {
      TestServer.drop(schema);
    }
  }

  @Test
  @DisplayName("of one attempt, of an unknown task or of an unknown execution is refused")
  void refused() {
    String id = runFile(HELLO).id();
    assertThat(waymark("logs", id, "-f", "--attempt", "1"))
        .isEqualTo(
            new Run(
                2,
                "",
                "waymark: --attempt cannot be combined with -f, which prints every attempt; give"
                    + " one of them\n"));
    Run task = waymark("logs", id, "-f", "--task", "gret");
    assertThat(task.exitCode()).isEqualTo(4);
    assertThat(task.err()).contains("has no task \"gret\"; did you mean \"greet\"?");
    assertThat(waymark("logs", "ffffffff", "-f").exitCode()).isEqualTo(4);
  }
}
