package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Limits;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every limit at its value, with a real process. */
@DisplayName("Large values")
class LargeValuesTest extends RunnerFixture {
  /** The maximum of Linux for one variable, with its name, the equals sign and a NUL. */
  private static final int VARIABLE = 128 << 10;

  @Test
  @DisplayName("a script nearly as large as a definition runs")
  void aScriptAsLargeAsADefinitionRuns() {
    int most = Limits.defaults().maxDefinitionBytes();
    String script = ": '" + "x".repeat(most - 1000) + "'\necho done > done";
    ExecutionId id = start(flow("flow").task("a", script));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("done")).containsExactly("done");
  }

  @Test
  @DisplayName("variables up to the limit of the system reach the script")
  void variablesAsLargeAsTheSystemTakesReachTheScript() {
    String large = "x".repeat(VARIABLE - "ENV_0=".length() - 1);
    Flows.Flow flow = flow("flow").task("a", "printf %s \"$ENV_0$ENV_6\" | wc -c > size");
    IntStream.range(0, 7).forEach(i -> flow.env("ENV_" + i, large));
    ExecutionId id = start(flow);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("size").strip()).isEqualTo(Integer.toString(2 * large.length()));
  }

  @Test
  @DisplayName("inputs up to the limit of the store reach the script in a file")
  void inputsAsLargeAsTheStoreTakesReachTheScriptInAFile() {
    int most = Limits.defaults().maxInputBytes();
    String large = "\u00fc".repeat((most - 100) / 2) + "\n";
    ExecutionId id =
        start(
            flow("flow")
                .input("big", "")
                .input("small", "")
                .task(
                    "a",
                    """
                    test "${INPUT_BIG-unset}" = unset
                    test "$INPUT_SMALL" = yes
                    wc -c < "$WAYMARK_VALUES/INPUT_BIG" > size
                    cp "$WAYMARK_VALUES/INPUT_BIG" copy
                    stat -c %a "$WAYMARK_VALUES" "$WAYMARK_VALUES/INPUT_BIG" > modes
                    """),
            Map.of("big", large, "small", "yes"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("copy")).isEqualTo(large);
    assertThat(lines("modes")).containsExactly("700", "600");
    assertThat(
            new String(
                store.log(attempts(id, "a").get(0).id(), 0, 1_000).bytes(),
                java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            "[waymark] too large for the environment, or with a NUL character, in files of these"
                + " names in the folder $WAYMARK_VALUES instead: INPUT_BIG\n");
  }

  @Test
  @DisplayName("an input is in the environment up to the limit of the system")
  void anInputIsInTheEnvironmentUpToTheSizeThatTheSystemTakes() {
    String fits = "x".repeat(VARIABLE - "INPUT_A=".length() - 1);
    ExecutionId id =
        start(
            flow("flow")
                .input("a", "")
                .input("b", "")
                .task("a", "printf %s \"$INPUT_A\" | wc -c > a; ls \"$WAYMARK_VALUES\" > files"),
            Map.of("a", fits, "b", fits + "x"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("a").strip()).isEqualTo(Integer.toString(fits.length()));
    assertThat(lines("files")).containsExactly("INPUT_B");
  }

  @Test
  @DisplayName("a task can need 40 tasks whose outputs each have the maximum size")
  void aTaskMayNeed40ThatEachHaveOutputsAsLargeAsTheStoreTakes() {
    int most = Limits.defaults().maxOutputBytes();
    Flows.Flow flow = flow("flow");
    String[] names = IntStream.range(0, 40).mapToObj(i -> "t" + i).toArray(String[]::new);
    for (String name : names) {
      flow.task(
          name,
          "{ echo id=$WAYMARK_TASK_ID; printf 'v='; head -c "
              + (most - 100)
              + " /dev/zero | tr '\\000' x; } > \"$WAYMARK_OUTPUT\"");
    }
    flow.task(
        "join",
        """
        wc -c < "$WAYMARK_NEEDS" > needs
        test "$OUTPUT_T0_ID" = t0
        test "$OUTPUT_T39_ID" = t39
        n=0
        for i in $(seq 0 39); do
          eval "v=\\${OUTPUT_T${i}_V-}"
          test -n "$v" || v=$(cat "$WAYMARK_VALUES/OUTPUT_T${i}_V")
          n=$((n + ${#v}))
        done
        echo $n > total
        """,
        names);
    ExecutionId id = start(flow);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(Integer.parseInt(read("needs").strip())).isGreaterThan(40 * (most - 100));
    assertThat(read("total").strip()).isEqualTo(Integer.toString(40 * (most - 100)));
  }

  @Test
  @DisplayName("a task that can never start is not retried")
  void whatCanNeverStartIsNotTriedAgain() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "true")
                .taskEnv("BIG", "x".repeat(VARIABLE))
                .retry(retry(5, Duration.ofMillis(1))));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "a")).containsExactly("1 FAILED");
    assertThat(error(id))
        .startsWith(
            "task \"a\" failed after 1 attempt: cannot start: this system starts no process with an"
                + " environment of this size: ");
  }

  @Test
  @DisplayName("a task that may start later is retried")
  void whatMayStartLaterIsTriedAgain() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "true")
                .directory("nowhere")
                .retry(retry(2, Duration.ofMillis(1))));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "a")).containsExactly("1 FAILED", "2 FAILED");
  }
}
