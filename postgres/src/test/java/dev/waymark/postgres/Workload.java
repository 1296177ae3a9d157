package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Threads that each take an execution with one task run through attempt after attempt, and check
 * every answer: a change set that was lost or applied twice would show in the very next one,
 * because it expects the versions and numbers that follow.
 */
final class Workload {
  private final StateStore store;
  private final List<ExecutionId> executions = new ArrayList<>();
  private final int rounds;

  /** So many threads' work, each of {@code rounds} attempts; creates what they work on. */
  Workload(StateStore store, int threads, int rounds) {
    this.store = store;
    this.rounds = rounds;
    Sample.saveWorkflow(store);
    for (int i = 0; i < threads; i++) {
      executions.add(Sample.IDS.executionId());
    }
  }

  /** How many change sets it commits. */
  int commits() {
    return executions.size() * (1 + 2 * rounds + 1);
  }

  /** Does all the work, one thread for each execution. */
  void run() throws Exception {
    Sample.together(
        executions.stream().<Callable<Void>>map(execution -> () -> work(execution)).toList());
  }

  private Void work(ExecutionId execution) {
    TaskRunId run = Sample.IDS.taskRunId();
    answers(
        ChangeSet.builder()
            .createExecution(new NewExecution(execution, Sample.WORKFLOW))
            .updateExecution(execution, ExecutionState.RUNNING, 1L, null)
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("t")))
            .updateTaskRun(run, TaskRunState.RUNNING, 1L, null)
            .build(),
        1,
        2,
        1,
        2);
    for (int number = 1; number <= rounds; number++) {
      answers(ChangeSet.builder().recordAttempt(run, "w").build(), number);
      answers(
          ChangeSet.builder()
              .updateAttempt(new AttemptId(run, number), AttemptState.FAILED, 1, "no")
              .updateTaskRun(run, TaskRunState.RETRYING, 2L * number, number)
              .updateTaskRun(run, TaskRunState.RUNNING, 2L * number + 1, number)
              .build(),
          number,
          2L * number + 1,
          2L * number + 2);
    }
    answers(
        ChangeSet.builder()
            .updateTaskRun(run, TaskRunState.FAILED, 2L * rounds + 2, rounds)
            .updateExecution(execution, ExecutionState.FAILED, 2L, "no")
            .build(),
        2L * rounds + 3,
        3);
    return null;
  }

  /** Commits, and checks that the answer is that of a change set that was applied just now. */
  private void answers(ChangeSet changes, long... versions) {
    CommitResult result = store.commit(changes);
    assertThat(result.id()).isEqualTo(changes.id());
    assertThat(result.outcomes()).extracting(Outcome::version).containsExactly(box(versions));
    assertThat(result.outcomes()).extracting(Outcome::changed).containsOnly(true);
  }

  private static Long[] box(long... numbers) {
    return IntStream.range(0, numbers.length).mapToObj(i -> numbers[i]).toArray(Long[]::new);
  }

  /** Checks in the database that every change set was applied exactly once. */
  void check(StateStore other, String schema) {
    for (ExecutionId execution : executions) {
      var details = other.executionDetails(execution);
      assertThat(details).isNotNull();
      assertThat(details.execution().state()).isEqualTo(ExecutionState.FAILED);
      assertThat(details.history()).hasSize(2 + 2 + 4 * rounds + 2);
      assertThat(details.taskRuns().get(0).attempts()).hasSize(rounds);
    }
    assertThat(TestServer.text("SELECT count(*) FROM " + schema + ".commits"))
        .isEqualTo(Integer.toString(commits() + 1));
  }
}
