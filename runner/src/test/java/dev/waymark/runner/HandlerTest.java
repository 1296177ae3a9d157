package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks that a Java program runs itself. */
@DisplayName("A handler")
class HandlerTest extends HandlerFixture {
  enum Format {
    CSV,
    JSON
  }

  record Settings(
      String name,
      int rows,
      long bytes,
      double ratio,
      boolean dryRun,
      Duration maxAge,
      Path target,
      Format format,
      Optional<String> note,
      Optional<Integer> limit) {}

  record Few(int maxRows, Optional<Format> format, Optional<Duration> pause, Optional<Boolean> on) {
    Few {
      if (maxRows > 100) {
        throw new IllegalArgumentException("too many rows: " + maxRows);
      }
    }
  }

  @Test
  @DisplayName("needs no directory, so its execution has no path of this host as a label")
  void noDirectory() {
    Runner runner = with(context -> {});
    StartRequest request =
        StartRequest.builder(one().save(store))
            .executionId(new ExecutionId(UUID.fromString("018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11")))
            .build();
    ExecutionId id = runner.start(request);
    assertThat(store.execution(id).labels()).isEmpty();
    assertThat(runner.start(request)).isEqualTo(id);
    ExecutionId process =
        runner.start(StartRequest.of(flow("other").task("a", "true").save(store)));
    assertThat(store.execution(process).labels()).containsKey(StartRequest.DIRECTORY_LABEL);
  }

  @Test
  @DisplayName("runs in this process with the information about its attempt")
  void aHandlerRunsInThisProcessWithAllThatBelongsToItsAttempt() {
    Flows.Flow flow =
        flow("flow")
            .input("day", "today")
            .task("before", "echo rows=42 >> \"$WAYMARK_OUTPUT\"")
            .task("a", "", "before")
            .uses("it")
            .with("to", "team")
            .retry(retry(2, Duration.ofMillis(1)))
            .task("after", "echo \"$OUTPUT_A_SUM $OUTPUT_A_LAST\" > after", "a");
    Set<String> keys = new TreeSet<>();
    AtomicReference<String> seen = new AtomicReference<>();
    Runner runner =
        with(
            context -> {
              keys.add(context.idempotencyKey());
              context.output("sum", "from attempt " + context.attempt());
              context.output("last", "1");
              context.output("last", "2");
              context.log("attempt " + context.attempt());
              context.log("grün");
              seen.set(
                  String.join(
                      " ",
                      context.executionId().toString(),
                      context.workflowId().value(),
                      context.taskId().value(),
                      context.inputs().toString(),
                      context.with().toString(),
                      context.needs().toString(),
                      String.valueOf(context.isStopped())));
              if (context.attempt() == 1) {
                throw new IOException("not yet");
              }
            });
    ExecutionId id = start(flow);
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen.get()).isEqualTo(id + " flow a {day=today} {to=team} {before={rows=42}} false");
    assertThat(attemptStates(id, "a")).containsExactly("1 FAILED", "2 SUCCEEDED");
    assertThat(errorOfAttempt(id)).isEqualTo("not yet");
    assertThat(attempts(id, "a")).allMatch(attempt -> attempt.exitCode() == null);
    assertThat(keys).containsExactly(taskRun(id, "a").id().toString());
    assertThat(log(id, 1)).startsWith("attempt 1\ngrün\njava.io.IOException: not yet\n\tat ");
    assertThat(log(id, 2)).isEqualTo("attempt 2\ngrün\n");
    assertThat(lines("after")).containsExactly("from attempt 2 2");
  }

  @Test
  @DisplayName("of finally receives how the earlier tasks ended, and one of tasks receives nothing")
  void aHandlerOfFinallyReceivesHowTheTasksBeforeEnded() {
    java.util.Map<String, String> seen = new java.util.concurrent.ConcurrentHashMap<>();
    Runner runner =
        with(
            context ->
                seen.put(context.taskId().value(), context.result() + " " + context.failedTasks()));
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "")
                .uses("it")
                .task("bad", "exit 1", "a")
                .task("clean", "")
                .uses("it")
                .stage(dev.waymark.runner.definition.Stage.FINALLY));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(seen).containsEntry("a", "null []").containsEntry("clean", "FAILED [bad]");
  }

  @Test
  @DisplayName("receives its arguments as a record")
  void argumentsComeAsARecord() {
    ExecutionId id =
        start(
            one()
                .with("name", "x y")
                .with("rows", "7")
                .with("bytes", "5000000000")
                .with("ratio", "0.5")
                .with("dry-run", "true")
                .with("maxAge", "1h30m")
                .with("target", "out/x")
                .with("format", "json")
                .with("limit", "3"));
    AtomicReference<Settings> got = new AtomicReference<>();
    Runner runner =
        runner(builder().handler("it", Settings.class, (settings, context) -> got.set(settings)));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(got.get())
        .isEqualTo(
            new Settings(
                "x y",
                7,
                5_000_000_000L,
                0.5,
                true,
                Duration.ofMinutes(90),
                Path.of("out/x"),
                Format.JSON,
                Optional.empty(),
                Optional.of(3)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "format   | csv   | \"with\" lacks the argument \"max-rows\"; add it",
        "max-rows | many  | argument \"max-rows\" of \"with\" is \"many\", which is not a number"
            + " within the range of int",
        "max-rows | 9999999999 | argument \"max-rows\" of \"with\" is \"9999999999\", which is not"
            + " a number within the range of int",
        "max-row  | 1     | \"with\" lacks the argument \"max-rows\"; add it",
        "max-rows | 101   | the handler refuses its arguments: java.lang.IllegalArgumentException:"
            + " too many rows: 101",
      })
  @DisplayName("fails its attempt when arguments are missing or of another type")
  void argumentsThatAreMissingOrOfAnotherTypeAreTheErrorOfTheAttempt(
      String name, String value, String error) {
    ExecutionId id = start(one().with(name, value));
    Runner runner = runner(builder().handler("it", Few.class, (few, context) -> {}));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id)).isEqualTo(error);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "fromat  | csv   | \"with\" has an argument \"fromat\" that the handler does not know; did"
            + " you mean \"format\"?",
        "colour  | red   | \"with\" has an argument \"colour\" that the handler does not know; it"
            + " takes max-rows, format, pause, on",
        "maxRows | 2     | \"with\" has an argument \"maxRows\" that the handler does not know; did"
            + " you mean \"max-rows\"?",
        "format  | xml   | argument \"format\" of \"with\" is \"xml\", which is not one of csv,"
            + " json",
        "pause   | 10    | argument \"pause\" of \"with\" is \"10\", which is not a duration such"
            + " as 2s or 1h30m",
        "on      | yes   | argument \"on\" of \"with\" is \"yes\", which is not true or false",
      })
  @DisplayName("fails its attempt when arguments are unknown or given twice")
  void soAreArgumentsThatAreUnknownOrGivenTwice(String name, String value, String error) {
    ExecutionId id = start(one().with("max-rows", "1").with(name, value));
    Runner runner = runner(builder().handler("it", Few.class, (few, context) -> {}));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id)).isEqualTo(error);
  }

  record Untaken(List<String> names) {}

  record UntakenOptional(Optional<List<String>> names) {}

  @Test
  @DisplayName("with a record that no text can be converted to is refused when it is registered")
  void aRecordThatNoTextCanBeMadeIntoIsRefusedWhenItIsRegistered() {
    Runner.Builder builder = builder();
    assertThatThrownBy(() -> builder.handler("it", Untaken.class, (it, context) -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("component names", "java.util.List<java.lang.String>", "Optional");
    assertThatThrownBy(() -> builder.handler("it", UntakenOptional.class, (it, context) -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("component names");
  }

  /** An unusual kind of error. */
  private static final class Strange extends Error {
    private static final long serialVersionUID = 1;

    Strange(String message) {
      super(message);
    }
  }

  @Test
  @DisplayName("that throws anything fails its attempt with that error")
  void whateverItThrowsIsTheErrorOfTheAttempt() {
    for (Throwable thrown :
        List.of(
            new IllegalStateException("state"),
            new Strange("strange"),
            new OutOfMemoryError("memory"),
            new AssertionError("assertion"),
            new StackOverflowError("stack"))) {
      ExecutionId id = start(one());
      Runner runner = with(context -> throwAny(thrown));
      assertThat(runner.run(id)).as("%s", thrown).isEqualTo(ExecutionState.FAILED);
      assertThat(errorOfAttempt(id)).isEqualTo(thrown.getMessage());
      assertThat(log(id, 1)).contains(thrown.getClass().getName(), "HandlerTest");
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  @DisplayName("that fails with an error that no store accepts does not stop the runner")
  void anErrorThatNoStoreTakesAsItIsDoesNotStopTheRunnerFromRecordingIt() {
    Map<String, String> messages =
        Map.of(
            "nul \0 here",
            "nul \ufffd here",
            "half \ud83d",
            "half \ufffd",
            "\udc00 😀",
            "\ufffd 😀",
            "",
            "");
    for (String message : messages.keySet()) {
      ExecutionId id = start(one());
      Runner runner =
          with(
              context -> {
                throw new IllegalStateException(message);
              });
      assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
      assertThat(errorOfAttempt(id)).isEqualTo(messages.get(message));
    }
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              throw new IllegalStateException();
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id)).isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  @DisplayName("fails its attempt when its outputs are invalid")
  void outputsThatCannotBeTakenFailTheAttempt() {
    store =
        new InMemoryStateStore(
            InstantSource.system(), Limits.builder().maxOutputBytes(100).build());
    ExecutionId big = start(one());
    assertThat(with(context -> context.output("x", "y".repeat(100))).run(big))
        .isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(big)).contains("101 bytes", "maxOutputBytes is 100");
    ExecutionId bad = start(one());
    assertThat(with(context -> context.output("bad name", "")).run(bad))
        .isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(bad)).startsWith("output name \"bad name\" is not valid");
  }

  @Test
  @DisplayName("that no live worker has leaves its task waiting for a worker that has it")
  void aTaskThatNobodyHereCanDoWaitsForAWorkerThatCan() {
    ExecutionId id = start(flow("flow").task("before", "true").task("a", "", "before").uses("it"));
    runner().work(true);
    assertThat(states(id))
        .isEqualTo(Map.of("before", TaskRunState.SUCCEEDED, "a", TaskRunState.PENDING));
    assertThat(state(id)).isEqualTo(ExecutionState.RUNNING);
    var waits = runInBackground(runner(), id);
    runner(builder().handler("another", context -> {})).work(true);
    assertThat(attempts(id, "a")).isEmpty();
    with(context -> {}).work(true);
    assertThat(waits.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
  }

  @Test
  @DisplayName("with any name has a separate pool")
  void aHandlerOfAnyNameHasAPoolOfItsOwn() {
    for (String name : List.of("Größe & mehr", "x".repeat(300), "a b", "a_b", "-")) {
      ExecutionId id = start(flow("flow").task("a", "").uses(name));
      runner(builder().handler("a b c", context -> {})).work(true);
      assertThat(attempts(id, "a")).isEmpty();
      runner(builder().handler(name, context -> {})).work(true);
      assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    }
  }

  @Test
  @DisplayName(
      "that a worker of a named pool does not have fails the task with an error that says so")
  void aWorkerOfANamedPoolWithoutTheHandlerFailsTheTaskAndSaysSo() {
    ExecutionId id = start(one().pool("mail"));
    with(context -> {}).work(true);
    assertThat(attempts(id, "a")).isEmpty();
    assertThat(runner(builder().pool("mail").handler("other", context -> {})).run(id))
        .isEqualTo(ExecutionState.FAILED);
    assertThat(errorOfAttempt(id))
        .isEqualTo(
            "cannot start: no handler \"it\" is registered with this worker; it has other. Register"
                + " it, or name a pool whose workers have it");
  }
}
