package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.JavaProcess;
import dev.waymark.trials.Processes.Shared;
import dev.waymark.trials.Processes.Tally;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four writers and a reader, each a separate process. {@code -Dwaymark.test.process.seconds=60}
 * sets how long they run.
 */
@DisplayName("Four processes that write and one that reads")
class SeveralProcessesIT {
  private static final int WRITERS = 4;
  private static final int SECONDS = Integer.getInteger("waymark.test.process.seconds", 4);

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("on one SQLite file: no commit is lost, partly visible or refused")
  void sqlite() {
    try (StoreLocation location = StoreLocation.sqlite(folder)) {
      workTogether(location);
    }
  }

  @Test
  @DisplayName("on one PostgreSQL schema: no commit is lost, partly visible or refused")
  void postgres() {
    try (StoreLocation location = StoreLocation.postgres()) {
      workTogether(location);
    }
  }

  private static void workTogether(StoreLocation location) {
    Shared shared;
    try (StateStore store = StoreLocation.open(location.url())) {
      shared = Processes.createShared(store);
    }
    List<JavaProcess> writers = new ArrayList<>();
    String[] arguments = {location.url(), shared.toString(), Integer.toString(SECONDS)};
    for (int i = 0; i < WRITERS; i++) {
      writers.add(JavaProcess.start(Processes.Write.class, arguments));
    }
    JavaProcess reader = JavaProcess.start(Processes.Read.class, arguments);
    Tally all = new Tally();
    for (JavaProcess writer : writers) {
      List<String> lines = writer.readLines();
      assertThat(writer.waitFor()).as(lines::toString).isZero();
      assertThat(lines).as("output of a writer").hasSize(1);
      all.add(Tally.parse(lines.get(0)));
    }
    List<String> read = reader.readLines();
    assertThat(reader.waitFor()).as(read::toString).isZero();
    assertThat(read).as("output of the reader").hasSize(1);
    System.out.printf("%s: %s; the reader: %s%n", location.url(), all, read.get(0));
    try (StateStore store = StoreLocation.open(location.url())) {
      check(store, shared, all);
    }
  }

  private static void check(StateStore store, Shared shared, Tally all) {
    assertThat(all.executions()).as("executions").isPositive();
    assertThat(all.toggles()).as("moves of the shared execution").isPositive();
    assertThat(all.attempts()).as("attempts of the shared task run").isPositive();
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(all.executions() + 2);
    assertThat(
            store
                .executions(ExecutionQuery.builder().states(ExecutionState.SUCCEEDED).build())
                .total())
        .isEqualTo(all.executions());
    var execution = store.execution(shared.execution());
    assertThat(execution).isNotNull();
    assertThat(execution.version()).as("no move is lost").isEqualTo(2 + all.toggles());
    assertThat(store.attempts(shared.taskRun()))
        .extracting(Attempt::number)
        .as("no number is skipped or given twice")
        .containsExactlyElementsOf(IntStream.rangeClosed(1, (int) all.attempts()).boxed().toList());
    var run = store.taskRun(shared.taskRun());
    assertThat(run).isNotNull();
    assertThat(run.state()).isEqualTo(TaskRunState.RUNNING);
    assertThat(Invariants.violations(store)).isEmpty();
  }
}
