package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Many threads at once: no write is lost or counted twice, and an invalid change set does not
 * affect its neighbours.
 *
 * @since 0.1.0
 */
public abstract class ConcurrencyContract extends ContractTest {
  private static final int THREADS = 8;

  /** For backends that run this topic alone. */
  protected ConcurrencyContract() {}

  @Test
  @DisplayName("eight threads create executions: all exist, each with its own history")
  void executions() {
    flow();
    int each = 25;
    List<List<ExecutionId>> created =
        Parallel.run(
            THREADS,
            thread -> {
              List<ExecutionId> mine = new ArrayList<>();
              for (int i = 0; i < each; i++) {
                mine.add(createAndStart());
              }
              return mine;
            });
    Page<Execution> page = store.executions(ExecutionQuery.builder().limit(1_000).build());
    assertThat(page.total()).isEqualTo((long) THREADS * each);
    assertThat(page.items())
        .extracting(Execution::id)
        .containsExactlyInAnyOrderElementsOf(created.stream().flatMap(List::stream).toList());
    assertThat(page.items()).extracting(Execution::version).containsOnly(2L);
    page.items().forEach(execution -> assertThat(details(execution.id()).history()).hasSize(2));
  }

  private ExecutionId createAndStart() {
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW));
    store.updateExecution(id, ExecutionState.RUNNING, 1);
    return id;
  }

  @Test
  @DisplayName("eight threads save one workflow: its revisions have no gaps, each with one content")
  void revisions() {
    int each = 10;
    List<List<Long>> answers =
        Parallel.run(
            THREADS,
            thread ->
                IntStream.range(0, each)
                    .mapToObj(i -> new NewWorkflow(FLOW, "thread " + thread + ", version " + i))
                    .map(workflow -> store.saveWorkflow(workflow).version())
                    .toList());
    int total = THREADS * each;
    assertThat(answers.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
    answers.forEach(mine -> assertThat(mine).isSorted());
    List<Workflow> history = store.workflowHistory(FLOW, PageRequest.first(1_000)).items();
    assertThat(history)
        .extracting(Workflow::revision)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, total).boxed().toList());
    assertThat(history).extracting(Workflow::definition).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("eight threads save the same content: one revision, created by one of them")
  void sameContent() {
    NewWorkflow workflow = new NewWorkflow(FLOW, "x", "y", Map.of("a", "b"));
    List<Boolean> changed = Parallel.run(THREADS, thread -> store.saveWorkflow(workflow).changed());
    assertThat(changed).containsOnlyOnce(true);
    assertThat(stored(FLOW).revision()).isEqualTo(1);
  }

  @Test
  @DisplayName("eight threads start the same execution: one start, made by one of them")
  void sameExecution() {
    NewExecution request = new NewExecution(ids.executionId(), flow());
    List<Boolean> changed =
        Parallel.run(THREADS, thread -> store.createExecution(request).changed());
    assertThat(changed).containsOnlyOnce(true);
    assertThat(details(request.id()).history()).hasSize(1);
  }

  @Test
  @DisplayName(
      "eight threads add task runs to one execution: all exist, and its history has no gap")
  void taskRunsOfOneExecution() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    int each = 15;
    Parallel.run(
        THREADS,
        thread -> {
          for (int i = 0; i < each; i++) {
            runOnce(execution, new TaskId("task-" + thread + "-" + i));
          }
          return each;
        });
    assertThat(store.taskRuns(execution))
        .hasSize(THREADS * each)
        .extracting(TaskRun::state)
        .containsOnly(TaskRunState.SUCCEEDED);
    assertThat(details(execution).history())
        .extracting(Transition::sequence)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 2 + 5L * THREADS * each).boxed().toList());
    store.updateExecution(execution, ExecutionState.SUCCEEDED, 2);
  }

  /** Five transitions in two commits. */
  private void runOnce(ExecutionId execution, TaskId task) {
    TaskRunId run = ids.taskRunId();
    store.commit(
        changes()
            .createTaskRun(new NewTaskRun(run, execution, task))
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "w")
            .build());
    store.commit(
        changes()
            .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0)
            .add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, 2L, 1))
            .build());
  }

  @Test
  @DisplayName("eight threads claim the same tasks: each task has one task run")
  void sameTasks() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    int tasks = 20;
    List<Integer> made =
        Parallel.run(
            THREADS,
            thread ->
                (int)
                    IntStream.range(0, tasks)
                        .filter(i -> created(execution, new TaskId("task-" + i)))
                        .count());
    assertThat(made.stream().mapToInt(Integer::intValue).sum()).isEqualTo(tasks);
    assertThat(store.taskRuns(execution))
        .extracting(TaskRun::taskId)
        .hasSize(tasks)
        .doesNotHaveDuplicates();
  }

  private boolean created(ExecutionId execution, TaskId task) {
    try {
      return store.createTaskRun(new NewTaskRun(ids.taskRunId(), execution, task)).changed();
    } catch (ConflictException taken) {
      return false;
    }
  }

  @Test
  @DisplayName("eight threads record the attempts of one task run in turn: numbers without gaps")
  void attemptsOfOneTaskRun() {
    TaskRunId run = taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
    int each = 5;
    Parallel.run(
        THREADS,
        thread -> {
          for (int done = 0; done < each; ) {
            done += tried(run, "worker-" + thread) ? 1 : 0;
          }
          return each;
        });
    List<Attempt> attempts = store.attempts(run);
    assertThat(attempts)
        .extracting(Attempt::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, THREADS * each).boxed().toList());
    assertThat(attempts).extracting(Attempt::state).containsOnly(AttemptState.FAILED);
    for (int thread = 0; thread < THREADS; thread++) {
      String worker = "worker-" + thread;
      assertThat(attempts).filteredOn(attempt -> attempt.worker().equals(worker)).hasSize(each);
    }
  }

  private boolean tried(TaskRunId run, String worker) {
    int number;
    try {
      number = (int) store.recordAttempt(run, worker).version();
    } catch (IllegalTransitionException anotherIsLive) {
      return false;
    }
    store.updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1, worker);
    return true;
  }

  @Test
  @DisplayName(
      "a refused or invalid change set does not affect others that are committed at the same moment")
  void badNeighbours() {
    ExecutionId ended = executionIn(ExecutionState.SUCCEEDED);
    int each = 20;
    List<Integer> accepted =
        Parallel.run(
            THREADS,
            thread -> {
              int good = 0;
              for (int i = 0; i < each; i++) {
                good +=
                    thread % 2 == 0
                        ? refusedOnce(ended, i)
                        : createAndStart().value().version() > 0 ? 1 : 0;
              }
              return good;
            });
    assertThat(accepted).containsExactly(0, each, 0, each, 0, each, 0, each);
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(1 + THREADS / 2L * each);
    assertThat(details(ended).history()).hasSize(3);
  }

  /**
   * A change set that creates an execution and also contains a change that is refused. The cause
   * differs from round to round.
   */
  private int refusedOnce(ExecutionId ended, int round) {
    ChangeSet.Builder changes =
        changes().createExecution(new NewExecution(ids.executionId(), FLOW));
    if (round % 2 == 0) {
      changes.updateExecution(ended, ExecutionState.RUNNING);
    } else {
      changes.createExecution(
          new NewExecution(ids.executionId(), FLOW, null, Map.of("not valid", ""), Map.of()));
    }
    try {
      store.commit(changes.build());
      return 1;
    } catch (IllegalTransitionException | InvalidInputException expected) {
      return 0;
    }
  }

  @Test
  @DisplayName("a page and its total come from one snapshot while others commit")
  void pagesWhileOthersCommit() {
    flow();
    int batch = 10;
    AtomicBoolean done = new AtomicBoolean();
    Parallel.run(4, thread -> thread == 0 ? createBatches(batch, done) : readPages(batch, done));
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(30L * batch);
  }

  private long createBatches(int batch, AtomicBoolean done) {
    try {
      for (int i = 0; i < 30; i++) {
        ChangeSet.Builder changes = changes();
        for (int k = 0; k < batch; k++) {
          changes.createExecution(new NewExecution(ids.executionId(), FLOW));
        }
        store.commit(changes.build());
      }
      return 30L * batch;
    } finally {
      done.set(true);
    }
  }

  private long readPages(int batch, AtomicBoolean done) {
    long total = 0;
    boolean last;
    do {
      last = done.get();
      Page<Execution> page = store.executions(ExecutionQuery.builder().limit(1_000).build());
      assertThat(page.total()).isEqualTo(page.items().size()).isGreaterThanOrEqualTo(total);
      assertThat(page.total() % batch).isZero();
      total = page.total();
    } while (!last);
    return total;
  }
}
