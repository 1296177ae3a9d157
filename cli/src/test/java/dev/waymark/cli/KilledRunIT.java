package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A run that is ended from outside")
class KilledRunIT {
  private static final int KILLS_IN_A_TASK = 8;
  private static final int ROUNDS = 4;
  private static final int KILLS_A_ROUND = 3;
  private static final int TASKS = 12;
  private static final long SEED = Long.getLong("waymark.seed", 20261123);

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName(
      "with kill -9 is taken over by the next worker: the attempt is LOST, its processes are gone, and no finished task is repeated")
  void inTheMiddleOfATask() throws Exception {
    for (int round = 0; round < KILLS_IN_A_TASK; round++) {
      Path place = Files.createDirectory(folder.resolve("round-" + round));
      Path flow =
          Files.writeString(
              place.resolve("flow.yaml"),
              """
              id: killed
              tasks:
                first: {run: echo x >> first}
                second:
                  needs: first
                  run: |
                    if [ "$WAYMARK_ATTEMPT" -gt 1 ]; then exit 0; fi
                    sleep 1000 &
                    echo $! > child.new && mv child.new child
                    wait
                third: {needs: second, run: echo x >> third}
              """);
      try (JavaProcess run = waymark(place, "run", "-f", flow.toString())) {
        Path child = place.resolve("child");
        await(() -> Files.exists(child), run);
        run.kill();
      }
      try (JavaProcess worker = waymark(place, "worker", "--until-idle")) {
        worker.readLines();
        assertThat(worker.waitFor()).isZero();
      }
      assertTakenUp(place);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"INT, 130", "TERM, 143"})
  @DisplayName(
      "with a signal that it can handle ends its processes, records that, and is taken over later")
  void stopped(String signal, int exitCode) throws Exception {
    assumeFalse(
        signal.equals("INT") && ignoresInterrupts(),
        "this build runs in the background, where a shell makes its processes ignore SIGINT");
    Path place = Files.createDirectory(folder.resolve(signal));
    Path flow =
        Files.writeString(
            place.resolve("flow.yaml"),
            """
            id: stopped
            tasks:
              only:
                run: |
                  if [ "$WAYMARK_ATTEMPT" -gt 1 ]; then exit 0; fi
                  sleep 1000 &
                  echo $! > child.new && mv child.new child
                  wait
            """);
    try (JavaProcess run = waymark(place, "run", "-f", flow.toString())) {
      Path child = place.resolve("child");
      await(() -> Files.exists(child), run);
      run.signal(signal);
      assertThat(run.waitFor()).isEqualTo(exitCode);
      assertThat(isRunning(Long.parseLong(Files.readString(child).strip()))).isFalse();
    }
    try (StateStore store = SqliteStateStore.open(place.resolve("waymark.db"))) {
      TaskRunDetails only = onlyExecution(store).taskRuns().get(0);
      assertThat(only.taskRun().state()).isEqualTo(TaskRunState.RETRYING);
      assertThat(states(only)).containsExactly(AttemptState.CANCELLED);
    }
    try (JavaProcess worker = waymark(place, "worker", "--until-idle")) {
      worker.readLines();
      assertThat(worker.waitFor()).isZero();
    }
    try (StateStore store = SqliteStateStore.open(place.resolve("waymark.db"))) {
      ExecutionDetails details = onlyExecution(store);
      assertThat(details.execution().state()).isEqualTo(ExecutionState.SUCCEEDED);
      assertThat(states(details.taskRuns().get(0)))
          .containsExactly(AttemptState.CANCELLED, AttemptState.SUCCEEDED);
    }
  }

  /** Children inherit an ignored signal, and the JVM keeps it ignored. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  private static void assertTakenUp(Path place) throws IOException {
    try (StateStore store = SqliteStateStore.open(place.resolve("waymark.db"))) {
      ExecutionDetails details = onlyExecution(store);
      assertThat(details.execution().state()).isEqualTo(ExecutionState.SUCCEEDED);
      assertThat(states(details.taskRuns().get(0))).containsExactly(AttemptState.SUCCEEDED);
      assertThat(states(details.taskRuns().get(1)))
          .containsExactly(AttemptState.LOST, AttemptState.SUCCEEDED);
      assertThat(states(details.taskRuns().get(2))).containsExactly(AttemptState.SUCCEEDED);
    }
    assertThat(Files.readString(place.resolve("first"))).isEqualTo("x\n");
    assertThat(Files.readString(place.resolve("third"))).isEqualTo("x\n");
    long child = Long.parseLong(Files.readString(place.resolve("child")).strip());
    assertThat(isRunning(child)).as("the child process of the lost attempt still runs").isFalse();
  }

  /** Whether a process runs; a zombie, which has ended but was not reaped, does not run. */
  private static boolean isRunning(long pid) throws IOException {
    if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()) {
      return false;
    }
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return !Files.exists(stat) || !Files.readString(stat).contains(") Z ");
  }

  @Test
  @DisplayName("with kill -9 at any moment, several times, still ends with every task done once")
  void atAnyMoment() throws Exception {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      Path place = Files.createDirectory(folder.resolve("round-" + round));
      startChain(place);
      try (StateStore store = SqliteStateStore.open(place.resolve("waymark.db"))) {
        // An attempt can be lost this many times; after that, no worker is killed.
        for (int kill = 0; kill < KILLS_A_ROUND; kill++) {
          long enough = moves(store) + 1 + random.nextInt(14);
          try (JavaProcess worker = waymark(place, "worker", "--until-idle")) {
            await(() -> moves(store) >= enough || !worker.isAlive(), worker);
            worker.kill();
          }
        }
        try (JavaProcess worker = waymark(place, "worker", "--until-idle")) {
          worker.readLines();
          assertThat(worker.waitFor()).isZero();
        }
        assertDoneOnce(onlyExecution(store), TASKS);
      }
    }
  }

  private static void startChain(Path place) throws IOException {
    StringBuilder flow = new StringBuilder("id: chain\ntasks:\n");
    for (int i = 0; i < TASKS; i++) {
      flow.append("  t").append(i).append(": {run: sleep 0.02");
      flow.append(i < 3 ? "" : ", needs: t" + (i - 3)).append("}\n");
    }
    Path file = Files.writeString(place.resolve("flow.yaml"), flow);
    try (JavaProcess start = waymark(place, "run", "-f", file.toString(), "--detach")) {
      start.readLines();
      assertThat(start.waitFor()).isZero();
    }
  }

  private static void assertDoneOnce(ExecutionDetails details, int tasks) {
    assertThat(details.execution().state()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(details.taskRuns()).hasSize(tasks);
    for (TaskRunDetails taskRun : details.taskRuns()) {
      assertThat(taskRun.taskRun().state()).isEqualTo(TaskRunState.SUCCEEDED);
      List<AttemptState> states = states(taskRun);
      assertThat(states.get(states.size() - 1)).isEqualTo(AttemptState.SUCCEEDED);
      assertThat(states.subList(0, states.size() - 1)).allMatch(AttemptState.LOST::equals);
      assertThat(taskRun.attempts().stream().map(Attempt::number))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, states.size()).boxed().toList());
    }
  }

  private static List<AttemptState> states(TaskRunDetails taskRun) {
    return taskRun.attempts().stream().map(Attempt::state).toList();
  }

  private static ExecutionDetails onlyExecution(StateStore store) {
    var page = store.executions(ExecutionQuery.all());
    assertThat(page.total()).isEqualTo(1);
    return Objects.requireNonNull(store.executionDetails(page.items().get(0).id()));
  }

  private static long moves(StateStore store) {
    return onlyExecution(store).history().size();
  }

  private static JavaProcess waymark(Path place, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--store";
    all[1] = "sqlite:" + place.resolve("waymark.db");
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return JavaProcess.start(place, List.of(), Main.class, all);
  }

  /**
   * Waits for a condition that another process fulfils. The process must stay alive until then,
   * unless the condition is its end.
   */
  private static void await(Condition condition, JavaProcess process) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.holds()) {
      assertThat(process.isAlive() || condition.holds()).as("the process ended too soon").isTrue();
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.sleep(2);
    }
  }

  /** A condition that becomes true later. */
  private interface Condition {
    boolean holds() throws Exception;
  }
}
