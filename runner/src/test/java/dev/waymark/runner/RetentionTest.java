package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The files that a worker leaves on its machine. */
@DisplayName("The files of an execution")
class RetentionTest extends RunnerFixture {

  private Path logs(ExecutionId id) {
    return folder.resolve("logs").resolve(id.toString());
  }

  @Test
  @DisplayName("are deleted after its end, and its output is still in the store")
  void areDeletedAfterItsEndAndItsOutputCanBeReadFromTheStore() throws IOException {
    List<ExecutionId> ended = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ended.add(start(flow("flow").task("a", "echo hello; echo x=1 >> $WAYMARK_OUTPUT")));
    }
    ExecutionId live =
        start(flow("live").task("b", "echo still here; while ! test -f go; do sleep 0.02; done"));
    Path foreign = Files.createDirectories(logs(new ExecutionId(new UUID(1, 1))));
    Path other = Files.createDirectories(folder.resolve("logs").resolve("notes"));
    var work = workInBackground(runner(builder().logFileRetention(Duration.ZERO)));
    for (ExecutionId id : ended) {
      Await.until("the end", () -> state(id).isTerminal());
      Await.until("the deletion", () -> !Files.exists(logs(id)));
      AttemptId attempt = attempts(id, "a").get(0).id();
      assertThat(new String(store.log(attempt, 0, 100).bytes(), StandardCharsets.UTF_8))
          .isEqualTo("hello\n");
    }
    assertThat(logs(live)).exists();
    assertThat(foreign).exists();
    assertThat(other).exists();
    touch("go");
    Await.until("the end of the last", () -> state(live).isTerminal());
    Await.until("the deletion of the logs", () -> !Files.exists(logs(live)));
    assertThat(work).isNotDone();
  }

  @Test
  @DisplayName("are kept for the configured time")
  void areKeptForAsLongAsTheyShouldBe() {
    ExecutionId old = start(flow("flow").task("a", "echo old"));
    runner().run(old);
    // An hour later, by the clock of the worker.
    Runner keeps =
        runner(
            builder()
                .clock(() -> Instant.now().plus(Duration.ofHours(1)))
                .logFileRetention(Duration.ofHours(2)));
    keeps.run(start(flow("flow").task("a", "true")));
    assertThat(logs(old)).exists();
    keeps.stop();
    Runner deletes =
        runner(
            builder()
                .clock(() -> Instant.now().plus(Duration.ofHours(1)))
                .logFileRetention(Duration.ofMinutes(30)));
    var work = workInBackground(deletes);
    Await.until("the deletion", () -> !Files.exists(logs(old)));
    assertThat(work).isNotDone();
  }

  @Test
  @DisplayName("cannot be kept for a negative time")
  void cannotBeKeptForANegativeTime() {
    assertThatThrownBy(() -> builder().logFileRetention(Duration.ofSeconds(-1)).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("logFileRetention");
  }
}
