package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every limit: a value at the limit is accepted. One more is refused with the limit's name, and
 * nothing of it is stored.
 *
 * @since 0.1.0
 */
public abstract class LimitContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected LimitContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder()
        .maxDefinitionBytes(100)
        .maxDescriptionBytes(20)
        .maxLabels(3)
        .maxLabelValueBytes(8)
        .maxInputBytes(30)
        .maxErrorBytes(16)
        .maxWorkerBytes(10)
        .maxTaskRuns(4)
        .maxAttempts(3)
        .maxChanges(6)
        .maxPageSize(5)
        .defaultPageSize(3)
        .maxGroup(4)
        .build();
  }

  private static String bytes(int count) {
    return "a".repeat(count);
  }

  private void labelled(ExecutionId id, Map<String, String> labels) {
    store.createExecution(new NewExecution(id, FLOW, null, labels, Map.of()));
  }

  private void given(ExecutionId id, Map<String, String> inputs) {
    store.createExecution(new NewExecution(id, FLOW, null, Map.of(), inputs));
  }

  @Test
  @DisplayName("the store returns the limits with which it was opened")
  void limitsAreTold() {
    assertThat(store.limits()).isEqualTo(limits());
  }

  @Test
  @DisplayName("maxDefinitionBytes counts UTF-8 bytes of a definition")
  void definition() {
    for (String over :
        List.of(
            bytes(101),
            "\u00E4".repeat(51),
            "\u20AC".repeat(34),
            "\uD83D\uDE80".repeat(25) + "a")) {
      invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, over)), "maxDefinitionBytes", "100");
    }
    assertThat(store.workflow(FLOW)).isNull();
    for (String at :
        List.of(
            bytes(100),
            "\u00E4".repeat(50),
            "\u20AC".repeat(33) + "a",
            "\uD83D\uDE80".repeat(25))) {
      store.saveWorkflow(new NewWorkflow(FLOW, at));
      assertThat(stored(FLOW).definition()).isEqualTo(at);
    }
  }

  @Test
  @DisplayName("maxDescriptionBytes counts UTF-8 bytes of a description")
  void description() {
    for (String over : List.of(bytes(21), "\uD83D\uDE80".repeat(5) + "a")) {
      invalid(
          () -> store.saveWorkflow(new NewWorkflow(FLOW, "x", over, Map.of())),
          "maxDescriptionBytes",
          "20");
    }
    assertThat(store.workflow(FLOW)).isNull();
    store.saveWorkflow(new NewWorkflow(FLOW, "x", "\uD83D\uDE80".repeat(5), Map.of()));
    assertThat(stored(FLOW).description()).isEqualTo("\uD83D\uDE80".repeat(5));
  }

  @Test
  @DisplayName("maxLabels counts the labels of a workflow and of an execution")
  void labels() {
    Map<String, String> at = Map.of("a", "1", "b", "2", "c", "3");
    Map<String, String> over = Map.of("a", "1", "b", "2", "c", "3", "d", "4");
    invalid(() -> store.saveWorkflow(new NewWorkflow(FLOW, "x", null, over)), "maxLabels", "3");
    assertThat(store.workflow(FLOW)).isNull();
    store.saveWorkflow(new NewWorkflow(FLOW, "x", null, at));
    assertThat(stored(FLOW).labels()).isEqualTo(at);
    ExecutionId id = ids.executionId();
    invalid(() -> labelled(id, over), "maxLabels", "3");
    assertThat(store.execution(id)).isNull();
    labelled(id, at);
    assertThat(stored(id).labels()).isEqualTo(at);
  }

  @Test
  @DisplayName("maxLabelValueBytes counts UTF-8 bytes of the value of a label")
  void labelValue() {
    Map<String, String> at = Map.of("a", "\u00E4".repeat(4));
    Map<String, String> over = Map.of("a", "\u00E4".repeat(4) + "a");
    invalid(
        () -> store.saveWorkflow(new NewWorkflow(FLOW, "x", null, over)),
        "maxLabelValueBytes",
        "8");
    assertThat(store.workflow(FLOW)).isNull();
    store.saveWorkflow(new NewWorkflow(FLOW, "x", null, at));
    ExecutionId id = ids.executionId();
    invalid(() -> labelled(id, over), "maxLabelValueBytes", "8");
    assertThat(store.execution(id)).isNull();
    labelled(id, at);
    assertThat(stored(id).labels()).isEqualTo(at);
  }

  @Test
  @DisplayName("maxInputBytes counts UTF-8 bytes of all names and values of the inputs")
  void inputs() {
    flow();
    ExecutionId id = ids.executionId();
    invalid(() -> given(id, Map.of("day", bytes(10), "name", bytes(14))), "maxInputBytes", "30");
    invalid(() -> given(id, Map.of("a".repeat(31), "")), "maxInputBytes", "30");
    assertThat(store.execution(id)).isNull();
    given(id, Map.of("day", bytes(10), "name", bytes(13)));
    assertThat(stored(id).inputs()).hasSize(2);
  }

  @Test
  @DisplayName("maxErrorBytes counts UTF-8 bytes of an error")
  void error() {
    AttemptId attempt = attempt();
    ExecutionId execution = stored(attempt.taskRunId()).executionId();
    ExecutionDetails before = details(execution);
    String at = "\u00E4".repeat(8);
    invalid(
        () -> store.updateAttempt(attempt, AttemptState.FAILED, 1, at + "a"),
        "maxErrorBytes",
        "16");
    ChangeSet over =
        changes().updateExecution(execution, ExecutionState.CANCELLING, at + "a").build();
    invalid(() -> store.commit(over), "maxErrorBytes", "16");
    assertThat(details(execution)).isEqualTo(before);
    store.updateAttempt(attempt, AttemptState.FAILED, 1, at);
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING, at).build());
    assertThat(stored(attempt).error()).isEqualTo(at);
    assertThat(stored(execution).error()).isEqualTo(at);
  }

  @Test
  @DisplayName("maxWorkerBytes counts UTF-8 bytes of the name of a worker")
  void worker() {
    TaskRunId run = taskRun(execution());
    invalid(() -> store.recordAttempt(run, "\u00E4".repeat(5) + "a"), "maxWorkerBytes", "10");
    assertThat(store.attempts(run)).isEmpty();
    store.recordAttempt(run, "\u00E4".repeat(5));
    assertThat(store.attempts(run).get(0).worker()).isEqualTo("\u00E4".repeat(5));
  }

  @Test
  @DisplayName("maxTaskRuns counts the task runs of an execution, ended ones too")
  void taskRuns() {
    ExecutionId execution = execution();
    TaskRunId first = taskRunIn(execution, TaskRunState.SKIPPED);
    for (int i = 0; i < 3; i++) {
      taskRun(execution);
    }
    ExecutionDetails before = details(execution);
    invalid(() -> taskRun(execution), "maxTaskRuns", "4");
    assertThat(details(execution)).isEqualTo(before);
    NewTaskRun again = new NewTaskRun(first, execution, stored(first).taskId());
    assertThat(store.createTaskRun(again).changed()).isFalse();
    assertThat(stored(taskRun(execution()))).isNotNull();
  }

  @Test
  @DisplayName("maxTaskRuns counts within one change set too, which is refused as a whole")
  void taskRunsOfOneChangeSet() {
    flow();
    for (int count : new int[] {5, 4}) {
      ExecutionId execution = ids.executionId();
      ChangeSet.Builder changes = changes().createExecution(new NewExecution(execution, FLOW));
      for (int i = 0; i < count; i++) {
        changes.createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("task-" + i)));
      }
      if (count > 4) {
        invalid(() -> store.commit(changes.build()), "maxTaskRuns", "4");
        assertThat(store.execution(execution)).isNull();
      } else {
        store.commit(changes.build());
        assertThat(store.taskRuns(execution)).hasSize(4);
      }
    }
  }

  @Test
  @DisplayName("maxTaskRuns does not forget the task runs that end in the same change set")
  void endedTaskRunsOfOneChangeSet() {
    ExecutionId execution = execution();
    TaskRunId first = taskRun(execution);
    for (int i = 0; i < 3; i++) {
      taskRun(execution);
    }
    ChangeSet changes =
        changes()
            .updateTaskRun(first, TaskRunState.SKIPPED)
            .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("one-more")))
            .build();
    invalid(() -> store.commit(changes), "maxTaskRuns", "4");
    assertThat(stored(first).state()).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("maxAttempts counts the attempts of a task run")
  void attempts() {
    TaskRunId run = attemptIn(AttemptState.FAILED).taskRunId();
    for (int number = 2; number <= 3; number++) {
      store.recordAttempt(run, "w");
      store.updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1);
    }
    ExecutionDetails before = details(run);
    invalid(() -> store.recordAttempt(run, "w"), "maxAttempts", "3");
    assertThat(details(run)).isEqualTo(before);
    assertThat(before.taskRuns().get(0).attempts()).hasSize(3);
  }

  @Test
  @DisplayName("maxChanges counts the changes of a change set")
  void changeCount() {
    flow();
    List<ExecutionId> over = createAll(7);
    over.forEach(id -> assertThat(store.execution(id)).isNull());
    List<ExecutionId> at = createAll(6);
    at.forEach(id -> assertThat(store.execution(id)).isNotNull());
  }

  private List<ExecutionId> createAll(int count) {
    List<ExecutionId> created = new ArrayList<>();
    ChangeSet.Builder changes = changes();
    for (int i = 0; i < count; i++) {
      created.add(ids.executionId());
      changes.createExecution(new NewExecution(created.get(i), FLOW));
    }
    if (count > 6) {
      invalid(() -> store.commit(changes.build()), "maxChanges", "6");
    } else {
      store.commit(changes.build());
    }
    return created;
  }

  @Test
  @DisplayName("maxPageSize holds for every list")
  void pageSize() {
    ExecutionId id = execution();
    PageRequest over = PageRequest.first(6);
    invalid(
        () -> store.executions(ExecutionQuery.builder().limit(6).build()), "maxPageSize", "6", "5");
    invalid(() -> store.workflows(over), "maxPageSize", "6", "5");
    invalid(() -> store.workflowHistory(FLOW, over), "maxPageSize", "6", "5");
    invalid(() -> store.history(id, over), "maxPageSize", "6", "5");
    invalid(() -> store.idsStartingWith(RecordKind.WORKFLOW, "", 6), "maxPageSize", "6", "5");
    PageRequest at = PageRequest.first(5);
    assertThat(store.executions(ExecutionQuery.builder().limit(5).build()).limit()).isEqualTo(5);
    assertThat(store.workflows(at).limit()).isEqualTo(5);
    assertThat(store.workflowHistory(FLOW, at).limit()).isEqualTo(5);
    assertThat(store.history(id, at).limit()).isEqualTo(5);
    assertThat(store.idsStartingWith(RecordKind.WORKFLOW, "", 5)).hasSize(1);
  }

  @Test
  @DisplayName("defaultPageSize is the page size of a query that has none")
  void defaultPageSize() {
    for (int i = 0; i < 4; i++) {
      execution();
    }
    Page<Execution> page = store.executions(ExecutionQuery.all());
    assertThat(page.items()).hasSize(3);
    assertThat(page.limit()).isEqualTo(3);
    assertThat(page.total()).isEqualTo(4);
    assertThat(page.next()).isNotNull();
  }

  @Test
  @DisplayName("the page size does not limit the records of one execution or task run")
  void notPaged() {
    TaskRunId run = taskRun(execution());
    ExecutionId execution = stored(run).executionId();
    for (int i = 0; i < 3; i++) {
      taskRun(execution);
      store.recordAttempt(run, "w");
      store.updateAttempt(new AttemptId(run, i + 1), AttemptState.FAILED, 1);
    }
    assertThat(store.taskRuns(execution)).hasSize(4);
    assertThat(store.attempts(run)).hasSize(3);
    assertThat(details(execution).history()).hasSize(11);
  }

  @Test
  @DisplayName("more concurrent commits than maxGroup all succeed")
  void group() {
    flow();
    Parallel.run(
        8,
        thread -> {
          for (int i = 0; i < 5; i++) {
            store.createExecution(new NewExecution(ids.executionId(), FLOW));
          }
          return thread;
        });
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(40);
  }
}
