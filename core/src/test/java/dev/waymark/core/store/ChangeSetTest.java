package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.ExecutionEndedException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Change sets and their refusals")
class ChangeSetTest {
  private static final WorkflowId WORKFLOW = new WorkflowId("w");
  private static final ExecutionId EXECUTION = new ExecutionId(new UUID(1, 1));
  private static final TaskRunId RUN = new TaskRunId(new UUID(2, 2));

  @Test
  @DisplayName("the builder keeps the changes in their order")
  void order() {
    CommitId id = new CommitId(new UUID(3, 3));
    ChangeSet.Builder builder = ChangeSet.builder(id);
    assertThat(builder.isEmpty()).isTrue();
    ChangeSet changes =
        builder
            .saveWorkflow(new NewWorkflow(WORKFLOW, "x"))
            .createExecution(new NewExecution(EXECUTION, WORKFLOW))
            .updateExecution(EXECUTION, ExecutionState.RUNNING)
            .createTaskRun(new NewTaskRun(RUN, EXECUTION, new TaskId("t")))
            .updateTaskRun(RUN, TaskRunState.RUNNING)
            .recordAttempt(RUN, "me")
            .updateAttempt(new AttemptId(RUN, 1), AttemptState.LOST, "gone")
            .build();
    assertThat(builder.isEmpty()).isFalse();
    assertThat(changes.id()).isEqualTo(id);
    assertThat(changes.changes())
        .extracting(Change::target)
        .containsExactly(
            RecordRef.of(WORKFLOW),
            RecordRef.of(EXECUTION),
            RecordRef.of(EXECUTION),
            RecordRef.of(RUN),
            RecordRef.of(RUN),
            RecordRef.of(RUN),
            new RecordRef(RecordKind.ATTEMPT, RUN + "/1"));
  }

  @Test
  @DisplayName("an empty change set is refused")
  void empty() {
    assertThatThrownBy(() -> ChangeSet.builder().build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("empty");
  }

  @Test
  @DisplayName("a change set keeps its own copy, and a new one has a new id")
  void copies() {
    List<Change> list = new ArrayList<>(List.of(new Change.RecordAttempt(RUN, "me")));
    ChangeSet changes = new ChangeSet(new CommitId(new UUID(3, 3)), list);
    list.clear();
    assertThat(changes.changes()).hasSize(1);
    assertThat(ChangeSet.builder().add(changes.changes().get(0)).build().id())
        .isNotEqualTo(ChangeSet.builder().add(changes.changes().get(0)).build().id());
  }

  @Test
  @DisplayName("text is checked when a change is created")
  void text() {
    String bad = "a\u0000";
    assertThatThrownBy(() -> new NewWorkflow(WORKFLOW, bad))
        .hasMessageContaining("definition of workflow w");
    assertThatThrownBy(() -> new NewWorkflow(WORKFLOW, "x", bad, Map.of()))
        .hasMessageContaining("description of workflow w");
    assertThatThrownBy(() -> new Change.RecordAttempt(RUN, bad)).hasMessageContaining("worker");
    assertThatThrownBy(() -> new Change.RecordAttempt(RUN, "")).hasMessageContaining("empty");
    assertThatThrownBy(
            () -> new Change.UpdateExecution(EXECUTION, ExecutionState.FAILED, null, bad))
        .hasMessageContaining("error of execution " + EXECUTION);
    assertThatThrownBy(
            () -> new Change.UpdateAttempt(new AttemptId(RUN, 1), AttemptState.FAILED, 1, bad))
        .hasMessageContaining("error of attempt " + RUN + "/1");
  }

  @Test
  @DisplayName("the first refusal determines the type, and the message contains all of them")
  void refusals() {
    for (Reason first : Reason.values()) {
      Refusal one = new Refusal(RecordRef.of(RUN), first, "move it to RUNNING", "this", "that");
      Refusal two =
          new Refusal(
              RecordRef.of(EXECUTION), Reason.NOT_FOUND, "move the other", "an execution", "none");
      RefusedException refused = RefusedException.of(List.of(one, two));
      assertThat(refused).isInstanceOf(type(first));
      assertThat(refused.refusals()).containsExactly(one, two);
      assertThat(refused)
          .hasMessage(
              "cannot move it to RUNNING: expected this, found that; "
                  + "cannot move the other: expected an execution, found none");
    }
  }

  private static Class<? extends RefusedException> type(Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> NotFoundException.class;
      case ALREADY_EXISTS, STALE_VERSION -> ConflictException.class;
      case ILLEGAL_MOVE, OUT_OF_STEP -> IllegalTransitionException.class;
      case LEASE_LOST -> LeaseLostException.class;
      case ENDED -> ExecutionEndedException.class;
    };
  }
}
