package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.definition.Stage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts that repeat an execution, repetitions of those, and priorities. */
@DisplayName("A rerun")
class StartAgainTest extends RunnerFixture {

  private static Flows.Flow failsUntilFixed() {
    return flow("flow")
        .input("day", "today")
        .task("a", "echo a >> runs; echo x=1 >> \"$WAYMARK_OUTPUT\"")
        .task("side", "echo side >> runs")
        .task("b", "echo b $OUTPUT_A_X $INPUT_DAY >> runs; test -f fixed", "a")
        .task("c", "echo c >> runs", "b")
        .task("clean", "echo clean >> runs")
        .stage(Stage.FINALLY);
  }

  private StartRequest again(ExecutionId id, boolean fromFailed) {
    return StartRequest.builder(FLOW).directory(folder).rerunOf(id, fromFailed).build();
  }

  private ExecutionId failed(Flows.Flow flow) {
    ExecutionId id = start(flow);
    assertThat(runner(builder().concurrency(1)).run(id)).isEqualTo(ExecutionState.FAILED);
    write("runs", "");
    return id;
  }

  @Test
  @DisplayName("of the failed tasks keeps results and outputs, and a label links it")
  void repeatsWhatFailedKeepsResultsAndOutputsAndIsLinkedByALabel() {
    ExecutionId first = failed(failsUntilFixed());
    touch("fixed");
    ExecutionId second =
        runner().start(again(first, true).toBuilder().inputs(Map.of("day", "monday")).build());
    assertThat(state(second)).isEqualTo(ExecutionState.PENDING);
    assertThat(runner(builder().concurrency(1)).run(second)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).containsExactly("b 1 monday", "c", "clean");
    assertThat(attempts(second, "a")).isEmpty();
    assertThat(states(second).values()).containsOnly(TaskRunState.SUCCEEDED);
    assertThat(
            store
                .executions(
                    ExecutionQuery.builder()
                        .label(StartRequest.RERUN_LABEL, first.toString())
                        .build())
                .items())
        .extracting(execution -> execution.id())
        .containsExactly(second);
  }

  @Test
  @DisplayName("of the failed tasks of a rerun keeps the kept results")
  void repeatsWhatFailedInTurnKeepsWhatWasKept() {
    ExecutionId first = failed(failsUntilFixed());
    ExecutionId second = runner().start(again(first, true));
    runner().work(true);
    assertThat(state(second)).isEqualTo(ExecutionState.FAILED);
    touch("fixed");
    write("runs", "");
    ExecutionId third = runner().start(again(second, true));
    runner(builder().concurrency(1)).work(true);
    assertThat(state(third)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).containsExactly("b 1 today", "c", "clean");
  }

  @Test
  @DisplayName("of everything runs every task again")
  void repeatsTheWholeRunsEverythingAgain() {
    ExecutionId first = failed(failsUntilFixed());
    touch("fixed");
    ExecutionId second = runner().start(again(first, false));
    assertThat(runner(builder().concurrency(1)).run(second)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).contains("a", "side", "b 1 today", "c", "clean").hasSize(5);
    assertThat(details(second).execution().labels())
        .containsEntry(StartRequest.RERUN_LABEL, first.toString());
  }

  @Test
  @DisplayName("of the failed tasks also runs the tasks that were skipped because of the failure")
  void repeatsWhatFailedRunsAgainWhatFollowedFromTheFailure() {
    Flows.Flow flow =
        flow("flow")
            .task("load", "echo load >> runs; test -f fixed")
            .task("undo", "echo undo >> runs", "load")
            .when("failure()")
            .task("after", "echo after >> runs", "undo");
    ExecutionId first = failed(flow);
    ExecutionId second = runner().start(again(first, true));
    assertThat(runner().run(second)).isEqualTo(ExecutionState.FAILED);
    assertThat(lines("runs")).containsExactly("load", "undo");
    write("runs", "");
    touch("fixed");
    ExecutionId third = runner().start(again(second, true));
    assertThat(runner().run(third)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).containsExactly("load");
    assertThat(states(third))
        .isEqualTo(
            Map.of(
                "load", TaskRunState.SUCCEEDED,
                "undo", TaskRunState.SKIPPED,
                "after", TaskRunState.SKIPPED));
  }

  @Test
  @DisplayName("of a succeeded execution runs no task and succeeds")
  void repeatsWhatSucceededHasNothingToDoAndSucceeds() {
    ExecutionId first = start(flow("flow").task("a", "echo a >> runs").task("b", "true", "a"));
    runner().run(first);
    ExecutionId second = runner().start(again(first, true));
    runner().work(true);
    assertThat(state(second)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).hasSize(1);
  }

  @Test
  @DisplayName("that keeps results of another revision, or of an unfinished execution, is refused")
  void wouldKeepResultsOfAnotherRevisionOrOfWhatGoesOnIsRefused() {
    ExecutionId waits = start(failsUntilFixed());
    assertThatThrownBy(() -> runner().start(again(waits, true)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(waits.toString(), "it is PENDING; wait for its end");
    ExecutionId first = failed(failsUntilFixed());
    flow("flow").task("new", "true").save(store);
    assertThatThrownBy(() -> runner().start(again(first, true)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it ran revision 1 of flow; repeat that");
    assertThat(runner().start(again(first, true).toBuilder().revision(1).build())).isNotNull();
    ExecutionId unknown = new ExecutionId(new UUID(1, 1));
    for (boolean fromFailed : new boolean[] {true, false}) {
      assertThatThrownBy(() -> runner().start(again(unknown, fromFailed)))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  @DisplayName("with an idempotency key is created once")
  void hasAnIdempotencyKeyIsMadeOnce() {
    WorkflowId flow = flow("flow").input("day", "today").task("a", "echo x >> runs").save(store);
    StartRequest request =
        StartRequest.builder(flow).directory(folder).idempotencyKey("order 17").build();
    ExecutionId id = runner().start(request);
    assertThat(id.value().version()).isEqualTo(8);
    assertThat(id.value().variant()).isEqualTo(2);
    List<CompletableFuture<ExecutionId>> starts =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> runner().start(request)))
            .toList();
    assertThat(starts).allMatch(start -> start.join().equals(id));
    runner().work(true);
    assertThat(runner().start(request)).isEqualTo(id);
    runner().work(true);
    assertThat(lines("runs")).hasSize(1);
    assertThatThrownBy(() -> runner().start(request.toBuilder().inputs(Map.of("day", "x")).build()))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("another set of inputs");
    assertThat(runner().start(request.toBuilder().idempotencyKey("order 18").build()))
        .isNotEqualTo(id);
    WorkflowId other = flow("other").task("a", "true").save(store);
    assertThat(runner().start(StartRequest.builder(other).idempotencyKey("order 17").build()))
        .isNotEqualTo(id);
    for (String bad : List.of("", "\0", "\ud800")) {
      assertThatThrownBy(() -> request.toBuilder().idempotencyKey(bad).build())
          .isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  @DisplayName("of another execution under the same key is a conflict")
  void asksForAnotherRerunUnderTheSameKeyIsAConflict() {
    ExecutionId first = failed(failsUntilFixed());
    StartRequest rerun = again(first, true).toBuilder().idempotencyKey("again").build();
    ExecutionId second = runner().start(rerun);
    assertThat(runner().start(rerun)).isEqualTo(second);
    assertThatThrownBy(
            () ->
                runner()
                    .start(
                        StartRequest.builder(FLOW)
                            .directory(folder)
                            .idempotencyKey("again")
                            .build()))
        .isInstanceOf(ConflictException.class);
  }

  @ParameterizedTest(name = "from failed first: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("of everything and one of the failed tasks under one key are a conflict")
  void repeatsTheWholeAndOneThatRepeatsWhatFailedAreAConflictUnderOneKey(boolean fromFailed) {
    ExecutionId first = failed(failsUntilFixed());
    StartRequest rerun = again(first, fromFailed).toBuilder().idempotencyKey("again").build();
    ExecutionId second = runner().start(rerun);
    assertThat(runner().start(rerun)).isEqualTo(second);
    StartRequest other = again(first, !fromFailed).toBuilder().idempotencyKey("again").build();
    assertThatThrownBy(() -> runner().start(other))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("rerun");
    assertThat(details(second).execution().labels().containsKey(StartRequest.FROM_FAILED_LABEL))
        .isEqualTo(fromFailed);
  }

  @Test
  @DisplayName("has the inputs, labels, directory and priority of the earlier execution")
  void repeatsAnEarlierExecutionHasItsInputsLabelsDirectoryAndPriority() {
    flow("flow").input("n", null).task("a", "echo $INPUT_N >> runs").save(store);
    ExecutionId first =
        runner()
            .start(
                StartRequest.builder(FLOW)
                    .directory(folder)
                    .inputs(Map.of("n", "2"))
                    .labels(Map.of("team", "data"))
                    .priority(7)
                    .build());
    flow("flow").input("n", null).task("a", "echo other >> runs").save(store);
    Execution earlier = Objects.requireNonNull(store.execution(first));
    Execution again =
        Objects.requireNonNull(
            store.execution(runner().start(StartRequest.rerun(earlier, false).build())));
    assertThat(again.workflowRevision()).isEqualTo(1);
    assertThat(again.inputs()).isEqualTo(earlier.inputs());
    Map<String, String> labels = new TreeMap<>(earlier.labels());
    labels.put(StartRequest.RERUN_LABEL, first.toString());
    assertThat(again.labels()).isEqualTo(labels).containsEntry("waymark.priority", "7");
    runner().work(true);
    assertThat(lines("runs")).containsExactly("2", "2");
  }

  @Test
  @DisplayName("with a higher priority runs first")
  void hasAGreaterPriorityGoesFirst() {
    Flows.Flow usual = flow("usual").task("a", "echo $INPUT_N >> runs").input("n", null);
    Flows.Flow urgent =
        flow("urgent").task("a", "echo $INPUT_N >> runs").input("n", null).priority(10);
    usual.save(store);
    urgent.save(store);
    StartRequest base = StartRequest.builder(new WorkflowId("usual")).directory(folder).build();
    StartRequest high = StartRequest.builder(new WorkflowId("urgent")).directory(folder).build();
    runner().start(base.toBuilder().inputs(Map.of("n", "3")).build());
    runner().start(base.toBuilder().inputs(Map.of("n", "4")).build());
    runner().start(high.toBuilder().inputs(Map.of("n", "2")).build());
    runner().start(base.toBuilder().inputs(Map.of("n", "1")).priority(100).build());
    runner().start(high.toBuilder().inputs(Map.of("n", "5")).priority(-100).build());
    runner(builder().concurrency(1)).work(true);
    assertThat(lines("runs")).containsExactly("1", "2", "3", "4", "5");
    for (int bad : new int[] {-101, 101, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> base.toBuilder().priority(bad).build())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("use -100 to 100");
    }
  }

  @Test
  @DisplayName("with a priority keeps it for the tasks that become ready later")
  void hasAPriorityKeepsItForTheTasksThatBecomeReadyLater() {
    flow("flow")
        .input("n", null)
        .task("a", "echo a$INPUT_N >> runs")
        .task("b", "echo b$INPUT_N >> runs", "a")
        .save(store);
    StartRequest base = StartRequest.builder(FLOW).directory(folder).build();
    runner().start(base.toBuilder().inputs(Map.of("n", "2")).build());
    runner().start(base.toBuilder().inputs(Map.of("n", "1")).priority(1).build());
    runner(builder().concurrency(1)).work(true);
    assertThat(lines("runs")).startsWith("a1", "b1", "a2");
  }
}
