package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.SignalChange;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rules for signals, waits, children and deletions")
class SignalRulesTest {
  private final GroupLedger ledger = new GroupLedger();
  private final ExecutionId execution = ledger.execution();

  private static SignalChange send(ExecutionId to, String payload, @Nullable String key) {
    return new SignalChange.Send(to, "go", Payload.json(payload), key);
  }

  private static SignalChange await(TaskRunId id) {
    return new SignalChange.Await(id, null, "go", "p", 3, Duration.ofMinutes(1));
  }

  private static SignalChange awaitChild(TaskRunId id, ExecutionId child) {
    return new SignalChange.AwaitChild(id, null, child, "p", 3, null);
  }

  private Outcome sent(SignalChange change) {
    return ledger.accepted(change).result().outcomes().get(0);
  }

  private List<Reason> reasons(Change... changes) {
    return ledger.refused(changes).stream().map(each -> each.reason()).toList();
  }

  private TaskRunState state(TaskRunId id) {
    return Objects.requireNonNull(ledger.ledger.taskRun(id)).state();
  }

  private ExecutionId child(TaskRunId parent) {
    ExecutionId id = ledger.ids.executionId();
    ledger.accepted(
        new Change.CreateExecution(new NewExecution(id, FLOW).childOf(parent, ChildPolicy.CANCEL)));
    return id;
  }

  private void succeed(ExecutionId id) {
    ledger.accepted(move(id, ExecutionState.RUNNING), move(id, ExecutionState.SUCCEEDED));
  }

  @Test
  @DisplayName("a signal is kept until a task run waits, and goes to the oldest wait otherwise")
  void delivered() {
    assertThat(sent(send(execution, "1", null)).version()).isEqualTo(1);
    TaskRunId first = ledger.taskRun(execution);
    TaskRunId second = ledger.taskRun(execution);
    assertThat(ledger.accepted(await(first)).effects())
        .contains(new Effect.SignalDelivered(execution, 1, new AttemptId(first, 1)));
    assertThat(state(first)).isEqualTo(TaskRunState.PENDING);
    ledger.accepted(await(first));
    ledger.accepted(await(second));
    assertThat(state(first)).isEqualTo(TaskRunState.WAITING);
    assertThat(sent(send(execution, "2", null)).version()).isEqualTo(2);
    assertThat(state(first)).isEqualTo(TaskRunState.PENDING);
    assertThat(state(second)).isEqualTo(TaskRunState.WAITING);
    ledger.accepted(move(second, TaskRunState.CANCELLED));
    assertThat(sent(send(execution, "3", null)).changed()).isTrue();
    assertThat(state(second)).isEqualTo(TaskRunState.CANCELLED);
  }

  @Test
  @DisplayName("a key identifies a signal: the same one again is answered, another one is refused")
  void keys() {
    assertThat(sent(send(execution, "1", "k"))).extracting(Outcome::changed).isEqualTo(true);
    Outcome again = sent(send(execution, "1", "k"));
    assertThat(again.changed()).isFalse();
    assertThat(again.version()).isEqualTo(1);
    assertThat(reasons(send(execution, "2", "k"))).containsExactly(Reason.ALREADY_EXISTS);
    succeed(execution);
    assertThat(sent(send(execution, "1", "k")).changed()).isFalse();
    assertThat(reasons(send(execution, "1", null))).containsExactly(Reason.ENDED);
    assertThat(reasons(send(ledger.ids.executionId(), "1", null)))
        .containsExactly(Reason.NOT_FOUND);
  }

  @Test
  @DisplayName("the number of signals has a limit")
  void limit() {
    GroupLedger small = new GroupLedger(Limits.builder().maxSignals(1).build());
    ExecutionId id = small.execution();
    small.accepted(send(id, "1", null));
    assertThat(small.decide(small.set(send(id, "2", null))))
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            verdict ->
                assertThat(verdict.error())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("limit maxSignals"));
  }

  @Test
  @DisplayName("the end of a child ends the waits for it; one that has ended is not waited for")
  void children() {
    TaskRunId task = ledger.taskRun(execution);
    ExecutionId child = child(task);
    ledger.accepted(awaitChild(task, child));
    assertThat(state(task)).isEqualTo(TaskRunState.WAITING);
    succeed(child);
    assertThat(state(task)).isEqualTo(TaskRunState.PENDING);
    ledger.accepted(awaitChild(task, child));
    assertThat(state(task)).isEqualTo(TaskRunState.PENDING);
    TaskRunId stranger = ledger.taskRun(ledger.execution());
    assertThat(reasons(awaitChild(stranger, child))).containsExactly(Reason.OUT_OF_STEP);
    assertThat(reasons(awaitChild(task, ledger.execution()))).containsExactly(Reason.OUT_OF_STEP);
  }

  @Test
  @DisplayName("an execution that continues takes the kept signals and the waits of its parent")
  void continued() {
    TaskRunId task = ledger.taskRun(execution);
    ExecutionId child = child(task);
    ledger.accepted(awaitChild(task, child));
    ledger.accepted(send(child, "1", "k"), move(child, ExecutionState.RUNNING));
    ExecutionId next = ledger.ids.executionId();
    assertThat(
            ledger
                .accepted(new Change.ContinueExecution(child, new NewExecution(next, FLOW)))
                .effects())
        .contains(new Effect.SignalContinued(child, 1, next, 1));
    assertThat(state(task)).isEqualTo(TaskRunState.WAITING);
    assertThat(sent(send(next, "1", "k")).changed()).isFalse();
    assertThat(ledger.refused(send(child, "2", null)).get(0).found())
        .contains("continued as " + next);
    succeed(next);
    assertThat(state(task)).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("an execution is deleted when it and its children have ended, and only once")
  void deletion() {
    TaskRunId task = ledger.taskRun(execution);
    ExecutionId child = child(task);
    Change delete = new DeleteChange.DeleteExecution(execution);
    ledger.ledger.loadOpenChildren(execution, List.of(child));
    assertThat(reasons(delete)).containsExactly(Reason.OUT_OF_STEP);
    ledger.accepted(move(task, TaskRunState.SKIPPED));
    succeed(execution);
    assertThat(ledger.refused(delete).get(0).found()).isEqualTo("child " + child);
    succeed(child);
    assertThat(ledger.accepted(delete).effects()).contains(new Effect.ExecutionDeleted(execution));
    assertThat(ledger.accepted(delete).result().outcomes().get(0).changed()).isFalse();
  }

  @Test
  @DisplayName("a workflow is deleted without executions, and then goes on with its numbers")
  void workflows() {
    Change delete = new DeleteChange.DeleteWorkflow(FLOW);
    ledger.ledger.loadExecutionsOf(FLOW, 1);
    ledger.ledger.loadOpenChildren(execution, List.of());
    assertThat(ledger.refused(delete).get(0).found()).isEqualTo("1 execution");
    succeed(execution);
    ledger.accepted(new DeleteChange.DeleteExecution(execution));
    assertThat(ledger.accepted(delete).effects()).contains(new Effect.WorkflowDeleted(FLOW, 1));
    assertThat(ledger.accepted(delete).result().outcomes().get(0).changed()).isFalse();
    assertThat(ledger.accepted(GroupLedger.save("x")).result().outcomes().get(0).version())
        .isEqualTo(2);
  }
}
