package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outputs that a task passes to the tasks that need it. */
@DisplayName("The outputs of a task")
class OutputsTest extends RunnerFixture {

  private Map<String, String> outputs(ExecutionId id, String task) {
    return Objects.requireNonNull(store.executionProgress(id)).taskRuns().stream()
        .filter(item -> item.taskRun().taskId().value().equals(task))
        .map(ExecutionProgress.Item::outputs)
        .findFirst()
        .orElseThrow();
  }

  /** The other files beside the logs of an execution. */
  private List<String> filesBesideLogs(ExecutionId id) {
    Path logs = runner().logs().path(id, taskRun(id, "a").taskId(), 1).getParent();
    try (Stream<Path> files = Files.list(logs)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".log"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("reach the tasks that need it, by environment and by file")
  void outputsReachThoseThatNeedTheTaskItselfByEnvironmentAndByFile() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    """
                    echo "row-count=42" >> "$WAYMARK_OUTPUT"
                    echo '{"ok": true, "ratio": 1.50, "word": "gr\\u00fcn"}' >> "$WAYMARK_OUTPUT"
                    printf 'notes<<END\\none\\ntwo\\nEND\\n' >> "$WAYMARK_OUTPUT"
                    echo "row-count=43" >> "$WAYMARK_OUTPUT"
                    """)
                .task("other", "echo 'x=$HOME' >> \"$WAYMARK_OUTPUT\"")
                .task(
                    "b",
                    """
                    echo "$OUTPUT_A_ROW_COUNT $OUTPUT_A_OK $OUTPUT_A_RATIO $OUTPUT_A_WORD" > b
                    echo "$OUTPUT_A_NOTES" >> b
                    echo "$OUTPUT_OTHER_X" >> b
                    cat "$WAYMARK_NEEDS" > needs
                    """,
                    "a",
                    "other")
                .task("c", "echo \"[$OUTPUT_A_OK]\" > c; cat \"$WAYMARK_NEEDS\" >> c", "b"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("b")).containsExactly("43 true 1.50 grün", "one", "two", "$HOME");
    assertThat(read("needs"))
        .isEqualTo(
            """
            {"a":{"notes":"one\\ntwo","ok":"true","ratio":"1.50","row-count":"43","word":"grün"},"other":{"x":"$HOME"}}
            """);
    assertThat(lines("c")).containsExactly("[]", "{\"b\":{}}");
    assertThat(filesBesideLogs(id)).isEmpty();
  }

  @Test
  @DisplayName("reach a task that another worker runs later")
  void outputsReachATaskThatAnotherWorkerRunsLater() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "echo x=1 >> \"$WAYMARK_OUTPUT\"")
                .task("b", "echo $OUTPUT_A_X > b; test -f go-on", "a")
                .retry(retry(9, Duration.ofMillis(1))));
    Runner first = runner();
    var result = runInBackground(first, id);
    awaitFile("b");
    first.stop();
    result.join();
    write("b", "");
    touch("go-on");
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("b")).containsExactly("1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "printf '%0200d' 0          | the outputs have 200 bytes; the limit maxOutputBytes is 100",
        "printf 'ok=1\\nx=\\377\\n' | the outputs are not UTF-8: byte 0xff at offset 7",
        "echo 'bad key=1'           | line 1 of the outputs: the name \"bad key\" is not valid",
        "echo 'nothing'             | line 1 of the outputs is \"nothing\"; write key=value",
        "echo '{\"a\": [1]}'        | line 1 of the outputs has a list for the value of \"a\"",
        "printf 'x=\\000'           | line 1 of the outputs has a NUL character",
        "printf 'x<<END\\n1\\n'     | line 1 of the outputs begins a value that does not end",
      })
  @DisplayName("that are invalid fail the attempt, and the next one can succeed")
  void outputsThatCannotBeTakenFailTheAttemptAndTheNextOneMayDoBetter(
      String command, String error) {
    store =
        new InMemoryStateStore(
            InstantSource.system(), Limits.builder().maxOutputBytes(100).build());
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    "if test $WAYMARK_ATTEMPT = 1; then "
                        + command
                        + "; else echo good=1; fi >> \"$WAYMARK_OUTPUT\"")
                .retry(retry(2, Duration.ofMillis(1)))
                .task("b", "echo $OUTPUT_A_GOOD > b", "a"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 FAILED", "2 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error()).startsWith(error);
    assertThat(attempts(id, "a").get(0).exitCode()).isZero();
    assertThat(outputs(id, "a")).isEqualTo(Map.of("good", "1"));
    assertThat(lines("b")).containsExactly("1");
    assertThat(filesBesideLogs(id)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "rm \"$WAYMARK_OUTPUT\"; mkfifo \"$WAYMARK_OUTPUT\" | is a pipe",
        "ln -sf \"$PWD/nothing\" \"$WAYMARK_OUTPUT\" | is a link to a file that does not exist",
        "rm \"$WAYMARK_OUTPUT\"; ln -s output \"$WAYMARK_OUTPUT\" | cannot be opened",
        "mkfifo p; ln -sf \"$PWD/p\" \"$WAYMARK_OUTPUT\" | a pipe",
        "ln -sf /dev/zero \"$WAYMARK_OUTPUT\" | a device",
        "rm \"$WAYMARK_OUTPUT\"; mkdir \"$WAYMARK_OUTPUT\" | a directory",
      })
  @DisplayName("in a file that is not regular fail the attempt and block no other task")
  void outputsInWhatIsNoRegularFileFailTheAttemptAndHoldUpNobody(String command, String what) {
    ExecutionId id = start(flow("flow").task("a", command));
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED));
    assertThat(attempts(id, "a").get(0).error())
        .startsWith("the outputs cannot be read: ")
        .contains(what)
        .endsWith("; write them to a regular file under this name");
    assertThat(filesBesideLogs(id)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo x=2 > new; mv new \"$WAYMARK_OUTPUT\"",
        "echo x=2 > new; ln -sf \"$PWD/new\" \"$WAYMARK_OUTPUT\"",
        "rm \"$WAYMARK_OUTPUT\"; echo x=2 > \"$WAYMARK_OUTPUT\"",
        "echo x=2 > \"$WAYMARK_OUTPUT\"; chmod 200 \"$WAYMARK_OUTPUT\"; chmod 600"
            + " \"$WAYMARK_OUTPUT\"",
        "cd \"$(dirname \"$WAYMARK_OUTPUT\")\"; mkdir d; mkdir d/e; touch d/e/f; chmod 0 d/e; echo"
            + " x=2 > \"$WAYMARK_OUTPUT\"",
      })
  @DisplayName("may be in another file of the same name")
  void outputsMayBeInAnotherFileOfTheSameName(String command) {
    ExecutionId id = start(flow("flow").task("a", "echo x=1 > \"$WAYMARK_OUTPUT\"\n" + command));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(outputs(id, "a")).isEqualTo(Map.of("x", "2"));
    assertThat(filesBesideLogs(id)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rm \"$WAYMARK_OUTPUT\"", "rm -rf \"$(dirname \"$WAYMARK_OUTPUT\")\""})
  @DisplayName("are empty when the task removed its file")
  void aTaskThatRemovedItsFileHasNoOutputs(String command) {
    ExecutionId id = start(flow("flow").task("a", "echo x=1 > \"$WAYMARK_OUTPUT\"\n" + command));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(outputs(id, "a")).isEmpty();
    assertThat(new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1)).exists();
  }

  @Test
  @DisplayName("that are invalid in the last attempt fail the task, and none of them is kept")
  void withoutAnotherAttemptTheyFailTheTaskAndNothingOfThemIsKept() {
    ExecutionId id =
        start(flow("flow").task("a", "echo good=1 >> $WAYMARK_OUTPUT; echo = >> $WAYMARK_OUTPUT"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).startsWith("task \"a\" failed after 1 attempt: line 2 of the outputs");
    assertThat(outputs(id, "a")).isEmpty();
  }

  @Test
  @DisplayName("are those of the attempt that succeeded")
  void onlyTheOutputsOfTheAttemptThatSucceededCount() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    """
                    echo "from-$WAYMARK_ATTEMPT=1" >> "$WAYMARK_OUTPUT"
                    test $WAYMARK_ATTEMPT = 2
                    """)
                .retry(retry(2, Duration.ofMillis(1)))
                .task("fails", "echo x=1 >> \"$WAYMARK_OUTPUT\"; exit 7", "a")
                .task("b", "echo \"[$OUTPUT_FAILS_X]\" > b", "fails")
                .when("failure()"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(outputs(id, "a")).isEqualTo(Map.of("from-2", "1"));
    assertThat(attempts(id, "fails").get(0).error()).isEqualTo("exited with code 7");
    assertThat(lines("b")).containsExactly("[]");
    assertThat(filesBesideLogs(id)).isEmpty();
  }

  @Test
  @DisplayName("are kept when the end of the attempt is recorded twice")
  void outputsAreKeptWhereTheEndOfTheAttemptHasToBeRecordedTwice() {
    ExecutionId id = start(flow("flow").task("a", "echo x=1 >> \"$WAYMARK_OUTPUT\""));
    StateStore real = store;
    AtomicBoolean paused = new AtomicBoolean();
    // The execution moves just before its end is recorded, so the first commit is refused.
    store =
        new FaultyStore(
                real,
                false,
                changes -> {
                  if (setsOutputs(changes) && !paused.getAndSet(true)) {
                    Runner.pause(real, id);
                    Runner.resume(real, id);
                  }
                  return false;
                })
            .asStore();
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(paused).isTrue();
    assertThat(outputs(id, "a")).isEqualTo(Map.of("x", "1"));
  }

  private static boolean setsOutputs(ChangeSet changes) {
    return changes.changes().stream().anyMatch(change -> change instanceof Change.SetPayload);
  }

  @Test
  @DisplayName("are values of a condition")
  void aConditionReadsThem() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "echo rows=0 >> \"$WAYMARK_OUTPUT\"")
                .task("none", "touch none", "a")
                .when("needs.a.outputs.rows == '0'")
                .task("some", "touch some", "a")
                .when("needs.a.outputs.rows != '0'"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(folder.resolve("none")).exists();
    assertThat(folder.resolve("some")).doesNotExist();
  }

  @Test
  @DisplayName("leave no file of an attempt that could not start or was ended")
  void nothingIsLeftOfAnAttemptThatCouldNotStartOrWasEnded() {
    ExecutionId cannot = start(flow("cannot").task("a", "true").directory("nowhere"));
    assertThat(runner().run(cannot)).isEqualTo(ExecutionState.FAILED);
    assertThat(filesBesideLogs(cannot)).isEmpty();
    ExecutionId ended =
        start(
            flow("ended")
                .task(
                    "a",
                    "echo x=1 >> \"$WAYMARK_OUTPUT\"; touch up; while :; do sleep 0.02; done"));
    var result = runInBackground(runner(), ended);
    awaitFile("up");
    Runner.cancel(store, ended);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(outputs(ended, "a")).isEmpty();
    assertThat(filesBesideLogs(ended)).isEmpty();
  }

  @Test
  @DisplayName("leave no file of an attempt that was lost")
  void nothingIsLeftOfAnAttemptThatWasLost() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    "echo x=1 >> \"$WAYMARK_OUTPUT\"; test $WAYMARK_ATTEMPT = 2 || sleep 300"));
    FaultyStore faults =
        new FaultyStore(
            store,
            false,
            changes ->
                changes.changes().stream().anyMatch(each -> each instanceof Change.RenewLease));
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    Runner runner = runner(builder().lease(Duration.ofMillis(500)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(filesBesideLogs(id)).isEmpty();
  }
}
