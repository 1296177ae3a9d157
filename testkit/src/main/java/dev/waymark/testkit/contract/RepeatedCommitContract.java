package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The same commit id twice has the effect and the result of one commit.
 *
 * @since 0.1.0
 */
public abstract class RepeatedCommitContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected RepeatedCommitContract() {}

  /**
   * Every kind of change in one change set. Saving the workflow changes nothing, because it exists
   * already.
   */
  private ChangeSet everyKind(ExecutionId execution, TaskRunId run) {
    flow();
    return changes()
        .saveWorkflow(new NewWorkflow(FLOW, stored(FLOW).definition()))
        .createExecution(new NewExecution(execution, FLOW))
        .updateExecution(execution, ExecutionState.RUNNING)
        .createTaskRun(new NewTaskRun(run, execution, new TaskId("a")))
        .updateTaskRun(run, TaskRunState.RUNNING)
        .recordAttempt(run, "w")
        .updateAttempt(new AttemptId(run, 1), AttemptState.FAILED, 1, "no")
        .recordAttempt(run, "w")
        .build();
  }

  @Test
  @DisplayName("the second time gets the answer of the first, with its time, and changes nothing")
  void twice() {
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    ChangeSet changes = everyKind(execution, run);
    CommitResult first = store.commit(changes);
    assertThat(first.id()).isEqualTo(changes.id());
    assertThat(first.at()).isEqualTo(START);
    assertThat(first.outcomes())
        .extracting(Outcome::version)
        .containsExactly(1L, 1L, 2L, 1L, 2L, 1L, 1L, 2L);
    assertThat(first.outcomes())
        .extracting(Outcome::changed)
        .startsWith(false, true)
        .doesNotContainNull();
    ExecutionDetails before = details(execution);
    clock.advance(Duration.ofHours(1));
    assertThat(store.commit(changes)).isEqualTo(first);
    assertThat(details(execution)).isEqualTo(before);
  }

  @Test
  @DisplayName("the answer is the same after the records have changed again")
  void afterOtherCommits() {
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    ChangeSet changes = everyKind(execution, run);
    CommitResult first = store.commit(changes);
    store.saveWorkflow(new NewWorkflow(FLOW, "changed since"));
    store.updateAttempt(new AttemptId(run, 2), AttemptState.SUCCEEDED, 0);
    store.updateTaskRun(run, TaskRunState.SUCCEEDED, 2);
    store.updateExecution(execution, ExecutionState.SUCCEEDED, 2);
    ExecutionDetails before = details(execution);
    assertThat(store.commit(changes)).isEqualTo(first);
    assertThat(details(execution)).isEqualTo(before);
    assertThat(store.workflowHistory(FLOW, PageRequest.first(9)).total()).isEqualTo(2);
  }

  @Test
  @DisplayName("a repetition of the save of content A after content B saves no revision")
  void repeatedSave() {
    ChangeSet saveA = changes().saveWorkflow(new NewWorkflow(FLOW, "A")).build();
    CommitResult first = store.commit(saveA);
    store.saveWorkflow(new NewWorkflow(FLOW, "B"));
    assertThat(store.commit(saveA)).isEqualTo(first);
    assertThat(stored(FLOW).definition()).isEqualTo("B");
  }

  @Test
  @DisplayName(
      "eight threads that commit the same change set get the same answer, and it is applied once")
  void atOnce() {
    TaskRunId run = taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
    for (int round = 1; round <= 5; round++) {
      AttemptId attempt = new AttemptId(run, round);
      ChangeSet changes =
          changes().recordAttempt(run, "w").updateAttempt(attempt, AttemptState.FAILED, 1).build();
      List<CommitResult> results = Parallel.run(8, thread -> store.commit(changes));
      assertThat(results).containsOnly(results.get(0));
      assertThat(store.attempts(run)).hasSize(round);
    }
  }

  @Test
  @DisplayName("an id that was used for a change set of other records is invalid input")
  void idOfOtherRecords() {
    ExecutionId a = execution();
    ExecutionId b = execution();
    CommitId id = ids.commitId();
    store.commit(ChangeSet.builder(id).updateExecution(a, ExecutionState.RUNNING).build());
    ExecutionDetails before = details(b);
    for (ChangeSet other :
        List.of(
            ChangeSet.builder(id).updateExecution(b, ExecutionState.RUNNING).build(),
            ChangeSet.builder(id)
                .updateExecution(a, ExecutionState.RUNNING)
                .updateExecution(b, ExecutionState.RUNNING)
                .build(),
            ChangeSet.builder(id)
                .updateTaskRun(new TaskRunId(a.value()), TaskRunState.RUNNING)
                .build(),
            ChangeSet.builder(id).saveWorkflow(new NewWorkflow(FLOW, "other")).build())) {
      invalid(() -> store.commit(other), id.toString(), "new commit id");
    }
    assertThat(details(b)).isEqualTo(before);
    assertThat(stored(FLOW).revision()).isEqualTo(1);
  }

  @Test
  @DisplayName("an id that was used for another change of the same record is invalid input")
  void idOfAnotherChange() {
    TaskRunId run = taskRun(execution());
    CommitId id = ids.commitId();
    store.commit(ChangeSet.builder(id).updateTaskRun(run, TaskRunState.RUNNING).build());
    ChangeSet other = ChangeSet.builder(id).recordAttempt(run, "worker").build();
    invalid(() -> store.commit(other), id.toString(), "new commit id");
    assertThat(store.attempts(run)).isEmpty();
  }

  @Test
  @DisplayName("an id that was used without a reason is invalid input with the reason \"null\"")
  void idOfAnotherReason() {
    AttemptId attempt = attempt();
    CommitId id = ids.commitId();
    store.commit(ChangeSet.builder(id).updateAttempt(attempt, AttemptState.FAILED).build());
    ChangeSet other =
        ChangeSet.builder(id).updateAttempt(attempt, AttemptState.FAILED, "null").build();
    invalid(() -> store.commit(other), id.toString(), "new commit id");
    assertThat(stored(attempt).error()).isNull();
  }

  @Test
  @DisplayName("the id of a refused change set is free, and the change set may be repeated later")
  void refusedMayBeRepeated() {
    TaskRunId run = attempt().taskRunId();
    ChangeSet changes = changes().updateTaskRun(run, TaskRunState.SUCCEEDED).build();
    refused(IllegalTransitionException.class, () -> store.commit(changes));
    refused(IllegalTransitionException.class, () -> store.commit(changes));
    store.updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0);
    CommitResult accepted = store.commit(changes);
    assertThat(accepted.outcomes()).extracting(Outcome::version).containsExactly(3L);
    assertThat(store.commit(changes)).isEqualTo(accepted);
  }

  @Test
  @DisplayName("a change set without any effect is also recognized when it is repeated")
  void nothingChanged() {
    flow();
    ChangeSet changes =
        changes().saveWorkflow(new NewWorkflow(FLOW, stored(FLOW).definition())).build();
    CommitResult first = store.commit(changes);
    assertThat(first.outcomes()).extracting(Outcome::changed).containsExactly(false);
    store.saveWorkflow(new NewWorkflow(FLOW, "changed since"));
    clock.advance(Duration.ofHours(1));
    assertThat(store.commit(changes)).isEqualTo(first);
    assertThat(stored(FLOW).revision()).isEqualTo(2);
  }
}
