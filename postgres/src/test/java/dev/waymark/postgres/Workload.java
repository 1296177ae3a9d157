package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Threads that each take an execution with one task run through many attempts, and check every
 * answer. A change set that was lost or applied twice would be found by the next one, which expects
 * the following versions and numbers.
 */
final class Workload {
  private final StateStore store;
  private final List<Work> works;
  private final int least;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean enough;
  private CompletableFuture<Void> running;

  /** The work of this number of threads, each of {@code rounds} attempts. */
  Workload(StateStore store, int threads, int rounds) {
    this.store = store;
    this.least = rounds;
    this.works = Stream.generate(Work::new).limit(threads).toList();
    Sample.saveWorkflow(store);
  }

  /** One execution. */
  private static final class Work {
    private final ExecutionId execution = Sample.IDS.executionId();
    private volatile int rounds;
  }

  /** The number of change sets that it commits in total. */
  int commits() {
    return works.stream().mapToInt(work -> 1 + 2 * work.rounds + 1).sum();
  }

  /** Does all the work, one thread for each execution. */
  void run() throws Exception {
    enough = true;
    doAll();
  }

  /** Starts to work, for at least the requested rounds and until {@link #finish}. */
  void start() {
    running =
        CompletableFuture.runAsync(
            () -> {
              try {
                doAll();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private void doAll() throws Exception {
    Sample.together(works.stream().<Callable<Void>>map(work -> () -> work(work)).toList());
  }

  /** Waits until every thread has completed one more round. */
  synchronized void awaitProgress() throws InterruptedException {
    int[] before = works.stream().mapToInt(work -> work.rounds).toArray();
    while (!IntStream.range(0, before.length).allMatch(i -> works.get(i).rounds > before[i])) {
      assertThat(failure.get()).as("error of the work under load").isNull();
      wait(100);
    }
  }

  /** Whether the work must end. */
  boolean isEnough() {
    return enough;
  }

  private synchronized void advance(Work work) {
    work.rounds++;
    notifyAll();
  }

  /** Ends the work that {@link #start} began. */
  void finish() throws Exception {
    enough = true;
    try {
      running.get(120, TimeUnit.SECONDS);
    } finally {
      assertThat(failure.get()).as("error of the work under load").isNull();
    }
  }

  /** When one thread fails, the others end too, and its error is thrown. */
  private Void work(Work work) {
    try {
      toTheEnd(work);
      return null;
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      enough = true;
      throw e;
    }
  }

  private void toTheEnd(Work work) {
    ExecutionId execution = work.execution;
    TaskRunId run = Sample.IDS.taskRunId();
    answers(
        ChangeSet.builder()
            .createExecution(new NewExecution(execution, Sample.WORKFLOW))
            .updateExecution(execution, ExecutionState.RUNNING, 1L)
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("t")))
            .updateTaskRun(run, TaskRunState.RUNNING, 1L)
            .build(),
        1,
        2,
        1,
        2);
    while (work.rounds < least || !enough) {
      attempt(run, work.rounds + 1);
      advance(work);
    }
    answers(
        ChangeSet.builder()
            .add(
                new Change.UpdateTaskRun(
                    run, TaskRunState.FAILED, 2L * work.rounds + 2, work.rounds))
            .add(new Change.UpdateExecution(execution, ExecutionState.FAILED, 2L, "no"))
            .build(),
        2L * work.rounds + 3,
        3);
  }

  private void attempt(TaskRunId run, int number) {
    answers(ChangeSet.builder().recordAttempt(run, "w").build(), number);
    answers(
        ChangeSet.builder()
            .updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1, "no")
            .add(new Change.UpdateTaskRun(run, TaskRunState.RETRYING, 2L * number, number))
            .add(new Change.UpdateTaskRun(run, TaskRunState.RUNNING, 2L * number + 1, number))
            .build(),
        number,
        2L * number + 1,
        2L * number + 2);
  }

  /** Commits, and checks that the answer is that of a change set that was just applied. */
  private void answers(ChangeSet changes, long... versions) {
    CommitResult result = store.commit(changes);
    assertThat(result.id()).isEqualTo(changes.id());
    assertThat(result.outcomes()).extracting(Outcome::version).containsExactly(box(versions));
    assertThat(result.outcomes()).extracting(Outcome::changed).containsOnly(true);
  }

  private static Long[] box(long... numbers) {
    return IntStream.range(0, numbers.length).mapToObj(i -> numbers[i]).toArray(Long[]::new);
  }

  /** Checks in the database that these change sets, and no others, were applied once each. */
  void check(StateStore other, Connection sql, String schema) throws SQLException {
    checkExecutions(other);
    assertThat(TestServer.text(sql, "SELECT count(*) FROM " + schema + ".commits"))
        .isEqualTo(Integer.toString(commits() + 1));
    Counts.check(sql, schema);
  }

  /** Checks that every change set of these executions was applied exactly once. */
  void checkExecutions(StateStore other) {
    for (Work work : works) {
      var details = other.executionDetails(work.execution);
      assertThat(details).isNotNull();
      assertThat(details.execution().state()).isEqualTo(ExecutionState.FAILED);
      assertThat(details.history()).hasSize(2 + 2 + 4 * work.rounds + 2);
      assertThat(details.taskRuns().get(0).attempts()).hasSize(work.rounds);
    }
  }
}
