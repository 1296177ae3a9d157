package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The requirement: every scenario of the specification of the state store, under its own name.
 *
 * @since 0.1.0
 */
public abstract class SpecificationContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected SpecificationContract() {}

  @Nested
  @DisplayName("Requirement: State store provides abstract interface for persistence")
  class Interface {
    @Test
    @DisplayName("Scenario: StateStore interface is implemented")
    void everyMethodAnswers() {
      Set<String> called = new TreeSet<>();
      callEveryMethod(recording(store, called));
      Set<String> required =
          Arrays.stream(StateStore.class.getMethods())
              .filter(method -> !Modifier.isStatic(method.getModifiers()))
              .map(Method::getName)
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(called).isEqualTo(required);
    }

    private StateStore recording(StateStore target, Set<String> called) {
      return (StateStore)
          Proxy.newProxyInstance(
              StateStore.class.getClassLoader(),
              new Class<?>[] {StateStore.class},
              (proxy, method, arguments) -> {
                called.add(method.getName());
                try {
                  return method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private void callEveryMethod(StateStore every) {
      ExecutionId execution = ids.executionId();
      TaskRunId taskRun = ids.taskRunId();
      write(every, execution, taskRun);
      assertThat(every.workflow(FLOW)).isEqualTo(every.workflow(FLOW, 1));
      assertThat(every.workflows(PageRequest.first(9)).total()).isEqualTo(1);
      assertThat(every.workflowHistory(FLOW, PageRequest.first(9)).total()).isEqualTo(1);
      assertThat(every.latest(execution)).isEqualTo(every.execution(execution));
      assertThat(exists(every.executionDetails(execution)).execution())
          .isEqualTo(every.execution(execution));
      assertThat(exists(every.executionProgress(execution)).execution())
          .isEqualTo(every.execution(execution));
      assertThat(every.taskRunProgress(List.of(taskRun))).hasSize(1);
      assertThat(every.claim(ClaimRequest.of("worker", 1, Duration.ofMinutes(1))).isEmpty())
          .isTrue();
      assertThat(every.leases(9)).isEmpty();
      assertThat(every.renewLeases(List.of(new AttemptId(taskRun, 1)), Duration.ofMinutes(1)))
          .containsExactly(new Outcome(RecordRef.of(new AttemptId(taskRun, 1)), 1, false));
      assertThat(every.stalled(null, 9)).containsExactly(execution);
      every.onReady(() -> {}).close();
      assertThat(every.pools()).isEmpty();
      assertThat(every.workers()).isEmpty();
      assertThat(every.poolUse()).isEmpty();
      assertThat(exists(every.waiting(execution)).taskRuns()).isEmpty();
      assertThat(every.log(new AttemptId(taskRun, 1), 0, 9).length()).isZero();
      assertThat(every.executionsWithLogs(START, 9)).isEmpty();
      assertThat(every.payload(PayloadRef.resultOf(execution))).isNull();
      assertThat(every.payloads(execution, 9)).isEmpty();
      assertThat(every.signals(execution)).hasSize(1);
      assertThat(every.executions(ExecutionQuery.all()).total()).isEqualTo(1);
      assertThat(every.allExecutions(ExecutionQuery.all())).hasSize(1);
      assertThat(every.taskRuns(execution)).containsExactly(exists(every.taskRun(taskRun)));
      assertThat(every.attempts(taskRun))
          .containsExactly(exists(every.attempt(new AttemptId(taskRun, 1))));
      assertThat(every.history(execution, PageRequest.first(9)).total()).isEqualTo(7);
      assertThat(every.idsStartingWith(RecordKind.WORKFLOW, "", 9)).containsExactly(FLOW.value());
      assertThat(every.limits()).isEqualTo(limits());
      assertThat(every.replicaLag()).isNull();
      every.close();
    }

    private void write(StateStore every, ExecutionId execution, TaskRunId taskRun) {
      every.saveWorkflow(new NewWorkflow(FLOW, "tasks: {}"));
      every.createExecution(new NewExecution(execution, FLOW));
      every.updateExecution(execution, ExecutionState.RUNNING, 1);
      every.createTaskRun(new NewTaskRun(taskRun, execution, new TaskId("extract")));
      every.updateTaskRun(taskRun, TaskRunState.RUNNING, 1);
      every.recordAttempt(taskRun, "worker-1");
      every.updateAttempt(new AttemptId(taskRun, 1), AttemptState.SUCCEEDED, 0);
      assertThat(every.signal(execution, "approved", null, null).version()).isEqualTo(1);
      ChangeSet last = changes().updateTaskRun(taskRun, TaskRunState.SUCCEEDED).build();
      assertThat(every.commit(last)).isEqualTo(every.commitAsync(last).join());
    }
  }

  @Nested
  @DisplayName("Requirement: Workflows can be persisted and retrieved")
  class Workflows {
    @Test
    @DisplayName("Scenario: Save workflow")
    void save() {
      Map<String, String> labels = Map.of("team", "data", "tier", "1");
      store.saveWorkflow(
          new NewWorkflow(FLOW, "tasks: {extract: {}}\n", "Builds the report", labels));
      Workflow workflow = stored(FLOW);
      assertThat(workflow.id()).isEqualTo(FLOW);
      assertThat(workflow.definition()).isEqualTo("tasks: {extract: {}}\n");
      assertThat(workflow.revision()).isEqualTo(1);
      assertThat(workflow.description()).isEqualTo("Builds the report");
      assertThat(workflow.labels()).isEqualTo(labels);
      assertThat(workflow.createdAt()).isEqualTo(START);
      assertThat(workflow.contentHash()).matches("[0-9a-f]{64}");
    }

    @Test
    @DisplayName("Scenario: Retrieve workflow by ID")
    void retrieve() {
      store.saveWorkflow(new NewWorkflow(FLOW, "tasks: {extract: {run: ./extract.sh}}"));
      store.saveWorkflow(new NewWorkflow(new WorkflowId("another"), "tasks: {}"));
      assertThat(stored(FLOW).definition()).isEqualTo("tasks: {extract: {run: ./extract.sh}}");
      assertThat(store.workflow(new WorkflowId("never-saved"))).isNull();
    }
  }

  @Nested
  @DisplayName("Requirement: Executions can be persisted and retrieved")
  class Executions {
    @Test
    @DisplayName("Scenario: Create execution record")
    void create() {
      ExecutionId id = ids.executionId();
      store.createExecution(new NewExecution(id, flow()));
      Execution execution = stored(id);
      assertThat(execution.state()).isEqualTo(ExecutionState.PENDING);
      assertThat(execution.workflowId()).isEqualTo(FLOW);
      assertThat(execution.workflowRevision()).isEqualTo(1);
      assertThat(execution.createdAt()).isEqualTo(START);
    }

    @Test
    @DisplayName("Scenario: Update execution state")
    void update() {
      ExecutionId id = execution();
      Instant later = clock.advance(Duration.ofSeconds(5));
      store.updateExecution(id, ExecutionState.RUNNING, 1);
      ExecutionDetails after = details(id);
      assertThat(after.execution().state()).isEqualTo(ExecutionState.RUNNING);
      assertThat(after.execution().version()).isEqualTo(2);
      assertThat(after.execution().startedAt()).isEqualTo(later);
      assertThat(after.history().get(1))
          .isEqualTo(
              new Transition(
                  2, RecordRef.of(id), ExecutionState.PENDING, ExecutionState.RUNNING, later));
      assertThatExceptionOfType(IllegalTransitionException.class)
          .isThrownBy(() -> store.updateExecution(id, ExecutionState.PENDING, 2));
      assertThat(details(id)).isEqualTo(after);
    }

    @Test
    @DisplayName("Scenario: Query executions by workflow")
    void byWorkflow() {
      WorkflowId other = new WorkflowId("another");
      store.saveWorkflow(new NewWorkflow(other, "tasks: {}"));
      List<ExecutionId> wanted = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        wanted.add(execution());
        store.createExecution(new NewExecution(ids.executionId(), other));
        clock.advance(Duration.ofMinutes(1));
      }
      Page<Execution> page = store.executions(ExecutionQuery.builder().workflow(FLOW).build());
      assertThat(page.items()).extracting(Execution::id).containsExactlyElementsOf(wanted);
      assertThat(page.items()).extracting(Execution::createdAt).isSorted();
      assertThat(page.total()).isEqualTo(5);
      ExecutionQuery inPagesOfTwo = ExecutionQuery.builder().workflow(FLOW).limit(2).build();
      assertThat(store.allExecutions(inPagesOfTwo))
          .extracting(Execution::id)
          .containsExactlyElementsOf(wanted);
    }
  }

  @Nested
  @DisplayName("Requirement: Task runs can be persisted and retrieved")
  class TaskRuns {
    @Test
    @DisplayName("Scenario: Create task run record")
    void create() {
      ExecutionId execution = execution();
      TaskRunId id = ids.taskRunId();
      store.createTaskRun(new NewTaskRun(id, execution, new TaskId("extract")));
      assertThat(stored(id))
          .isEqualTo(
              new TaskRun(
                  id,
                  execution,
                  new TaskId("extract"),
                  TaskRunState.PENDING,
                  1,
                  0,
                  START,
                  null,
                  null));
    }

    @Test
    @DisplayName("Scenario: Update task run state")
    void update() {
      TaskRunId id = taskRun(execution());
      Instant later = clock.advance(Duration.ofSeconds(5));
      store.updateTaskRun(id, TaskRunState.RUNNING, 1);
      ExecutionDetails after = details(id);
      assertThat(stored(id).state()).isEqualTo(TaskRunState.RUNNING);
      assertThat(stored(id).version()).isEqualTo(2);
      assertThat(stored(id).startedAt()).isEqualTo(later);
      assertThat(after.history().get(2))
          .isEqualTo(
              new Transition(
                  3, RecordRef.of(id), TaskRunState.PENDING, TaskRunState.RUNNING, later));
      assertThatExceptionOfType(IllegalTransitionException.class)
          .isThrownBy(() -> store.updateTaskRun(id, TaskRunState.SKIPPED, 2));
      assertThat(details(id)).isEqualTo(after);
    }

    @Test
    @DisplayName("Scenario: Query task runs by execution")
    void byExecution() {
      ExecutionId execution = execution();
      ExecutionId other = execution();
      List<TaskRunId> wanted = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        wanted.add(taskRun(execution));
        taskRun(other);
      }
      assertThat(store.taskRuns(execution))
          .extracting(TaskRun::id)
          .containsExactlyElementsOf(wanted);
    }
  }

  @Nested
  @DisplayName("Requirement: Attempts can be persisted and retrieved")
  class Attempts {
    @Test
    @DisplayName("Scenario: Record new attempt")
    void retry() {
      AttemptId first = attempt();
      store.updateAttempt(first, AttemptState.FAILED, 1, "exit code 1");
      store.updateTaskRun(first.taskRunId(), TaskRunState.RETRYING, 2);
      AttemptId second = new AttemptId(first.taskRunId(), 2);
      assertThat(store.recordAttempt(first.taskRunId(), "worker-2").record())
          .isEqualTo(RecordRef.of(second));
      assertThat(stored(second))
          .isEqualTo(
              new Attempt(second, AttemptState.RUNNING, "worker-2", START, null, null, null));
      assertThat(stored(first.taskRunId()).lastAttempt()).isEqualTo(2);
    }

    @Test
    @DisplayName("Scenario: Query attempts by task run")
    void byTaskRun() {
      TaskRunId id = attemptIn(AttemptState.FAILED).taskRunId();
      TaskRunId other = attempt().taskRunId();
      for (int number = 2; number <= 12; number++) {
        store.recordAttempt(id, "worker-1");
        store.updateAttempt(new AttemptId(id, number), AttemptState.FAILED, 1);
      }
      assertThat(store.attempts(id))
          .extracting(Attempt::number)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).boxed().toList());
      assertThat(store.attempts(other)).hasSize(1);
    }
  }

  @Nested
  @DisplayName("Requirement: State transitions are atomic")
  class Transitions {
    @Test
    @DisplayName("Scenario: Execution and task run updates together")
    void together() {
      ExecutionId execution = executionIn(ExecutionState.RUNNING);
      List<TaskRunId> runs =
          IntStream.range(0, 5).mapToObj(i -> taskRunIn(execution, TaskRunState.RUNNING)).toList();
      ExecutionDetails before = details(execution);

      ChangeSet.Builder oneIsStale =
          changes().updateTaskRun(runs.get(0), TaskRunState.SUCCEEDED, 99L);
      runs.subList(1, 5).forEach(run -> oneIsStale.updateTaskRun(run, TaskRunState.SUCCEEDED));
      oneIsStale.updateExecution(execution, ExecutionState.SUCCEEDED);
      assertThatExceptionOfType(RuntimeException.class)
          .isThrownBy(() -> store.commit(oneIsStale.build()));
      assertThat(details(execution)).isEqualTo(before);

      ChangeSet.Builder all = changes();
      runs.forEach(run -> all.updateTaskRun(run, TaskRunState.SUCCEEDED));
      store.commit(all.updateExecution(execution, ExecutionState.SUCCEEDED).build());
      assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
      assertThat(store.taskRuns(execution))
          .extracting(TaskRun::state)
          .containsOnly(TaskRunState.SUCCEEDED);
    }
  }

  @Nested
  @DisplayName("Requirement: State store supports filtering and pagination")
  class Queries {
    @Test
    @DisplayName("Scenario: Filter executions by state")
    void byState() {
      for (ExecutionState state : ExecutionState.values()) {
        executionIn(state);
        executionIn(state);
      }
      for (ExecutionState state : ExecutionState.values()) {
        Page<Execution> page = store.executions(ExecutionQuery.builder().states(state).build());
        assertThat(page.items()).hasSize(2).extracting(Execution::state).containsOnly(state);
        assertThat(page.total()).isEqualTo(2);
      }
    }

    @Test
    @DisplayName("Scenario: Paginate execution results")
    void paginate() {
      List<ExecutionId> all = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        all.add(execution());
        clock.advance(Duration.ofSeconds(1));
      }
      Page<Execution> page = store.executions(ExecutionQuery.builder().offset(4).limit(3).build());
      assertThat(page.items())
          .extracting(Execution::id)
          .containsExactlyElementsOf(all.subList(4, 7));
      assertThat(page.total()).isEqualTo(10);
      assertThat(page.offset()).isEqualTo(4);
      assertThat(page.limit()).isEqualTo(3);
    }
  }
}
