package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.file.DefinitionReader;
import dev.waymark.runner.retention.Purge;
import dev.waymark.runner.retention.PurgeReport;
import dev.waymark.runner.retention.PurgeReport.Part;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testserver.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each test runs on all stores, with a clock of its own. */
@DisplayName("A purge")
@Timeout(120)
class PurgeTest {
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final String KEEPS_ALL = "id: flow\ntasks: {a: {run: 'true'}}\n";

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<Runnable> closing = new ArrayList<>();

  enum Backend {
    MEMORY,
    SQLITE,
    POSTGRES
  }

  private StateStore open(Backend backend) {
    StateStore store =
        switch (backend) {
          case MEMORY -> new InMemoryStateStore(clock, Limits.defaults());
          case SQLITE ->
              SqliteStateStore.builder(folder.resolve("waymark.db")).clock(clock).build();
          case POSTGRES -> {
            String schema = TestServer.newSchema();
            closing.add(() -> TestServer.drop(schema));
            yield PostgresStateStore.builder(TestServer.url()).schema(schema).clock(clock).build();
          }
        };
    closing.add(0, store::close);
    return store;
  }

  @AfterEach
  void close() {
    closing.forEach(Runnable::run);
  }

  private static void save(StateStore store, String id, String retention) {
    store.saveWorkflow(
        new NewWorkflow(
            new WorkflowId(id),
            "id: " + id + "\nretention: {" + retention + "}\ntasks: {a: {run: 'true'}}\n"));
  }

  private static ExecutionId create(StateStore store, WorkflowId workflow) {
    ExecutionId id = Ids.system().executionId();
    store.commit(ChangeSet.builder().createExecution(new NewExecution(id, workflow)).build());
    return id;
  }

  private static ExecutionId ended(StateStore store, WorkflowId workflow, ExecutionState end) {
    ExecutionId id = create(store, workflow);
    ChangeSet.Builder changes = ChangeSet.builder();
    if (end == ExecutionState.CANCELLED) {
      changes.updateExecution(id, ExecutionState.CANCELLED);
    } else {
      changes.updateExecution(id, ExecutionState.RUNNING).updateExecution(id, end);
    }
    store.commit(changes.build());
    return id;
  }

  private Purge purge(StateStore store) {
    return Purge.of(
        store,
        workflow -> {
          if (workflow.definition().startsWith("not")) {
            throw new InvalidInputException("this is no workflow file");
          }
          return new DefinitionReader(DefinitionLimits.of(store.limits()))
              .read("test", workflow.definition());
        },
        clock);
  }

  private PurgeReport run(StateStore store) {
    PurgeReport preview = purge(store).preview();
    long[] progress = new long[1];
    PurgeReport report = purge(store).run(() -> false, deleted -> progress[0] += deleted);
    assertThat(report.complete()).isTrue();
    assertThat(progress[0]).isEqualTo(report.deleted());
    assertThat(preview.deleted())
        .isEqualTo(report.parts().stream().mapToLong(part -> part.deleted() + part.kept()).sum());
    return report;
  }

  private static List<ExecutionId> left(StateStore store) {
    return store.executions(ExecutionQuery.builder().limit(1000).build()).items().stream()
        .map(Execution::id)
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("deletes what ended before the time for its state, of all revisions")
  void byState(Backend backend) {
    StateStore store = open(backend);
    store.saveWorkflow(new NewWorkflow(FLOW, KEEPS_ALL));
    ended(store, FLOW, ExecutionState.SUCCEEDED);
    ExecutionId failed = ended(store, FLOW, ExecutionState.FAILED);
    ExecutionId cancelled = ended(store, FLOW, ExecutionState.CANCELLED);
    ExecutionId open = create(store, FLOW);
    clock.advance(Duration.ofDays(20));
    assertThat(run(store).deleted()).isZero();
    save(store, "flow", "succeeded: 10d, failed: 30d");
    ExecutionId fresh = ended(store, FLOW, ExecutionState.SUCCEEDED);
    assertThat(run(store).parts()).containsExactly(new Part(FLOW, 1, 0, null));
    assertThat(left(store)).containsExactlyInAnyOrder(failed, cancelled, open, fresh);
    assertThat(run(store).deleted()).isZero();
    clock.advance(Duration.ofDays(11));
    assertThat(run(store).deleted()).isEqualTo(3);
    assertThat(left(store)).containsExactly(open);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("keeps the newest ones that have ended, whatever their age and state")
  void keepLast(Backend backend) {
    StateStore store = open(backend);
    save(store, "flow", "succeeded: 1d, failed: 1d, keep-last: 3");
    List<ExecutionId> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(ended(store, FLOW, i % 2 == 0 ? ExecutionState.SUCCEEDED : ExecutionState.FAILED));
      clock.advance(Duration.ofSeconds(1));
    }
    ExecutionId open = create(store, FLOW);
    clock.advance(Duration.ofDays(2));
    assertThat(run(store).deleted()).isEqualTo(5);
    assertThat(left(store)).containsExactly(all.get(5), all.get(6), all.get(7), open);
    assertThat(run(store).deleted()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("deletes many in short commits, of several workflows, and can be stopped and go on")
  void many(Backend backend) {
    StateStore store = open(backend);
    save(store, "flow", "succeeded: 0s");
    save(store, "other", "succeeded: 0s");
    store.saveWorkflow(
        new NewWorkflow(new WorkflowId("third"), KEEPS_ALL.replace("flow", "third")));
    IntStream.range(0, 130).forEach(i -> ended(store, FLOW, ExecutionState.SUCCEEDED));
    IntStream.range(0, 3)
        .forEach(i -> ended(store, new WorkflowId("other"), ExecutionState.SUCCEEDED));
    ended(store, new WorkflowId("third"), ExecutionState.SUCCEEDED);
    clock.advance(Duration.ofSeconds(1));
    long[] deleted = new long[1];
    PurgeReport stopped = purge(store).run(() -> deleted[0] > 0, count -> deleted[0] += count);
    assertThat(stopped.complete()).isFalse();
    assertThat(stopped.deleted()).isEqualTo(deleted[0]).isBetween(1L, 60L);
    assertThat(run(store).deleted()).isEqualTo(133 - deleted[0]);
    assertThat(left(store)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("keeps a child until the execution of its parent has ended, which may still read it")
  void neededChild(Backend backend) {
    StateStore store = open(backend);
    save(store, "child", "succeeded: 0s");
    store.saveWorkflow(new NewWorkflow(FLOW, KEEPS_ALL));
    ExecutionId parent = create(store, FLOW);
    TaskRunId task = Ids.system().taskRunId();
    ExecutionId child = Ids.system().executionId();
    store.commit(
        ChangeSet.builder()
            .createTaskRun(new NewTaskRun(task, parent, new TaskId("a")))
            .createExecution(
                new NewExecution(child, new WorkflowId("child")).childOf(task, ChildPolicy.CANCEL))
            .updateExecution(child, ExecutionState.RUNNING)
            .updateExecution(child, ExecutionState.SUCCEEDED)
            .build());
    clock.advance(Duration.ofDays(1));
    assertThat(run(store).parts())
        .containsExactly(new Part(new WorkflowId("child"), 0, 1, null), new Part(FLOW, 0, 0, null));
    store.commit(
        ChangeSet.builder()
            .updateTaskRun(task, TaskRunState.SKIPPED)
            .updateExecution(parent, ExecutionState.RUNNING)
            .updateExecution(parent, ExecutionState.SUCCEEDED)
            .build());
    assertThat(run(store).deleted()).isEqualTo(1);
    assertThat(left(store)).containsExactly(parent);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("keeps a parent until its child has ended, and a workflow that it cannot read")
  void kept(Backend backend) {
    StateStore store = open(backend);
    save(store, "flow", "succeeded: 1d");
    save(store, "child", "succeeded: 1d");
    store.saveWorkflow(new NewWorkflow(new WorkflowId("odd"), "not a workflow file"));
    ExecutionId parent = create(store, FLOW);
    TaskRunId task = Ids.system().taskRunId();
    ExecutionId child = Ids.system().executionId();
    store.commit(
        ChangeSet.builder()
            .createTaskRun(new NewTaskRun(task, parent, new TaskId("a")))
            .createExecution(
                new NewExecution(child, new WorkflowId("child")).childOf(task, ChildPolicy.ABANDON))
            .updateTaskRun(task, TaskRunState.SKIPPED)
            .updateExecution(parent, ExecutionState.RUNNING)
            .updateExecution(parent, ExecutionState.SUCCEEDED)
            .build());
    ended(store, new WorkflowId("odd"), ExecutionState.SUCCEEDED);
    clock.advance(Duration.ofDays(2));
    ExecutionId old = ended(store, FLOW, ExecutionState.SUCCEEDED);
    clock.advance(Duration.ofDays(2));
    assertThat(run(store).parts())
        .containsExactly(
            new Part(new WorkflowId("child"), 0, 0, null),
            new Part(FLOW, 1, 1, null),
            new Part(new WorkflowId("odd"), 0, 0, "this is no workflow file"));
    assertThat(left(store)).hasSize(3).contains(parent, child).doesNotContain(old);
    store.commit(
        ChangeSet.builder()
            .updateExecution(child, ExecutionState.RUNNING)
            .updateExecution(child, ExecutionState.SUCCEEDED)
            .build());
    assertThat(run(store).deleted()).isEqualTo(1);
    clock.advance(Duration.ofDays(2));
    assertThat(run(store).deleted()).isEqualTo(1);
  }
}
