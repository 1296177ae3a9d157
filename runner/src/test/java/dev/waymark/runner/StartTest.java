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
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.runner.api.StartRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a start creates, and what it refuses. */
@DisplayName("A start")
class StartTest extends RunnerFixture {
  private static final ExecutionId ID =
      new ExecutionId(UUID.fromString("018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11"));

  @Test
  @DisplayName("creates the execution with all its task runs, pending, in the order of the file")
  void aStartCreatesTheExecutionWithAllItsTaskRunsPendingInTheOrderOfTheFile() {
    ExecutionId id = start(flow("flow").task("z", "true").task("a", "true").task("m", "true"));
    assertThat(state(id)).isEqualTo(ExecutionState.PENDING);
    assertThat(store.taskRuns(id))
        .extracting(run -> run.taskId().value())
        .containsExactly("z", "a", "m");
    assertThat(store.taskRuns(id))
        .extracting(run -> run.createdAt())
        .containsOnly(details(id).execution().createdAt());
  }

  @Test
  @DisplayName("checks inputs and adds defaults")
  void inputsAreCheckedAndCompleted() {
    Flows.Flow flow = flow("flow").input("day", "today").input("name", null).task("a", "true");
    ExecutionId id = start(flow, Map.of("name", "x"));
    assertThat(details(id).execution().inputs()).isEqualTo(Map.of("day", "today", "name", "x"));
    refused(
        flow,
        Map.of(),
        "input \"name\" of workflow \"flow\" has no default and was not given; give it a value");
    refused(
        flow,
        Map.of("name", "x", "dya", "1"),
        "workflow \"flow\" has no input \"dya\"; did you mean \"day\"?");
    refused(
        flow,
        Map.of("name", "x", "colour", "1"),
        "workflow \"flow\" has no input \"colour\"; its inputs are day, name");
    refused(
        flow("bare").task("a", "true"),
        Map.of("x", "1"),
        "workflow \"bare\" has no input \"x\"; it takes no inputs");
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(1);
  }

  private void refused(Flows.Flow flow, Map<String, String> inputs, String message) {
    assertThatThrownBy(() -> start(flow, inputs))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  @DisplayName("of a task with a handler is refused if no worker has the handler")
  void aTaskThatNeedsAHandlerIsRefusedWhereNobodyHasIt() {
    Flows.Flow flow = flow("flow").task("publish", "").uses("mailer");
    StartRequest request = StartRequest.of(flow.save(store));
    assertThatThrownBy(() -> Runner.check(flow.definition(), request, Set.of("other")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("task \"publish\"", "\"mailer\"", "leave the work");
    Runner.check(flow.definition(), request, Set.of("mailer"));
  }

  @Test
  @DisplayName("of an unknown workflow or revision throws not found")
  void anUnknownWorkflowOrRevisionIsNotFound() {
    StartRequest unknown = StartRequest.of(new WorkflowId("unknown"));
    assertThatThrownBy(() -> runner().start(unknown))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("unknown");
    StartRequest tooNew =
        StartRequest.builder(flow("flow").task("a", "true").save(store)).revision(2).build();
    assertThatThrownBy(() -> runner().start(tooNew))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("revision 2");
  }

  @Test
  @DisplayName("keeps labels and refuses those of the runner")
  void labelsAreKeptAndThoseOfTheRunnerRefused() {
    StartRequest request =
        StartRequest.builder(flow("flow").task("a", "true").save(store)).directory(folder).build();
    ExecutionId id = runner().start(request.toBuilder().labels(Map.of("team", "data")).build());
    assertThat(details(id).execution().labels())
        .isEqualTo(Map.of("team", "data", "waymark.directory", folder.toString()));
    assertThatThrownBy(
            () -> runner().start(request.toBuilder().labels(Map.of("waymark.x", "1")).build()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reserved");
  }

  @Test
  @DisplayName("without a directory uses the current one")
  void theDirectoryOfAStartWithoutOneIsTheCurrentOne() {
    ExecutionId id = runner().start(StartRequest.of(flow("flow").task("a", "true").save(store)));
    assertThat(details(id).execution().labels())
        .isEqualTo(Map.of("waymark.directory", Path.of("").toAbsolutePath().toString()));
  }

  @Test
  @DisplayName("pins the revision that its execution runs")
  void anExecutionRunsTheRevisionThatItPinned() {
    WorkflowId flow = flow("flow").task("a", "echo one > out").save(store);
    ExecutionId first = runner().start(StartRequest.builder(flow).directory(folder).build());
    flow("flow").task("b", "echo two > out").save(store);
    assertThat(runner().run(first)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(read("out")).isEqualTo("one\n");
    assertThat(details(first).execution().workflowRevision()).isEqualTo(1);
  }

  @Test
  @DisplayName("that is repeated changes nothing, also after a new revision of the workflow")
  void repeatingAStartChangesNothingAlsoAfterTheWorkflowGotANewRevision() {
    Flows.Flow flow = flow("flow").input("day", "today").task("a", "true");
    StartRequest request =
        StartRequest.builder(flow.save(store)).executionId(ID).directory(folder).build();
    assertThat(runner().start(request)).isEqualTo(ID);
    Execution created = details(ID).execution();
    flow("flow").input("day", "tomorrow").task("b", "true").save(store);
    assertThat(runner().start(request)).isEqualTo(ID);
    assertThat(
            runner().start(request.toBuilder().revision(1).inputs(Map.of("day", "today")).build()))
        .isEqualTo(ID);
    assertThat(details(ID).execution()).isEqualTo(created);
    assertThat(store.taskRuns(ID)).hasSize(1);
  }

  @Test
  @DisplayName("of another request with the same id is a conflict")
  void theSameIdForAnotherRequestIsAConflict() {
    flow("other").task("a", "true").save(store);
    Flows.Flow flow = flow("flow").input("day", "today").task("a", "true");
    StartRequest request =
        StartRequest.builder(flow.save(store)).executionId(ID).directory(folder).build();
    runner().start(request);
    for (StartRequest other :
        List.of(
            request.toBuilder().inputs(Map.of("day", "x")).build(),
            request.toBuilder().labels(Map.of("a", "b")).build(),
            request.toBuilder().revision(7).build(),
            request.toBuilder().directory(folder.resolve("x")).build(),
            StartRequest.builder(new WorkflowId("other")).executionId(ID).build())) {
      assertThatThrownBy(() -> runner().start(other)).isInstanceOf(ConflictException.class);
    }
  }

  @Test
  @DisplayName("of the same id by many callers at once creates one execution for all")
  void ofManyWhoStartTheSameIdAtOnceEachGetsTheOneExecution() {
    Flows.Flow flow = flow("flow").task("a", "true").task("b", "true");
    StartRequest request = StartRequest.builder(flow.save(store)).directory(folder).build();
    Runner runner = runner();
    for (int round = 0; round < 50; round++) {
      ExecutionId id = new ExecutionId(new UUID(7, round));
      List<CompletableFuture<ExecutionId>> starts =
          IntStream.range(0, 4)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(
                          () -> runner.start(request.toBuilder().executionId(id).build())))
              .toList();
      assertThat(starts).allMatch(start -> start.join().equals(id));
      assertThat(store.taskRuns(id)).hasSize(2);
    }
  }
}
