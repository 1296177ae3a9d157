package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.NOW;
import static dev.waymark.core.internal.decide.GroupLedger.create;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rules of task runs: when they start, move and end")
class TaskRunRulesTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final GroupLedger ledger = new GroupLedger();
  private final ExecutionId execution = ledger.execution();
  private final TaskRunId taskRun = ledger.taskRun(execution);
  private final AttemptId first = new AttemptId(taskRun, 1);

  private List<String> refusals(Change... changes) {
    return ledger.refused(changes).stream().map(Refusal::message).toList();
  }

  private List<Reason> reasons(Change... changes) {
    return ledger.refused(changes).stream().map(Refusal::reason).toList();
  }

  private TaskRunHead head() {
    return Objects.requireNonNull(ledger.ledger.taskRun(taskRun));
  }

  private Change ready() {
    return new Change.ReadyTaskRun(taskRun, null, "gpu", 0, Duration.ZERO);
  }

  private Decider.@Nullable Grant claim() {
    ClaimRequest request = ClaimRequest.of("w", 1, LEASE);
    return Decider.grant(taskRun, "gpu", request, NOW, ledger.ledger, ledger.limits);
  }

  private static Change end(AttemptId id, AttemptState state) {
    return new Change.UpdateAttempt(id, state, null, null);
  }

  @Test
  @DisplayName("nothing starts while its execution is paused or is being cancelled")
  void held() {
    for (ExecutionState state : List.of(ExecutionState.PAUSED, ExecutionState.CANCELLING)) {
      ledger.accepted(move(execution, state));
      String held =
          "expected its execution "
              + execution
              + " to be PENDING or RUNNING, found it "
              + state.name();
      assertThat(
              refusals(move(taskRun, TaskRunState.RUNNING), new Change.RecordAttempt(taskRun, "w")))
          .containsExactly(
              "cannot move task run " + taskRun + " to RUNNING: " + held,
              "cannot record an attempt of task run " + taskRun + ": " + held);
    }
  }

  @Test
  @DisplayName("a move to CANCELLING makes all task runs not ready, until one is made ready again")
  void cancelling() {
    ledger.accepted(ready());
    assertThat(ledger.accepted(move(execution, ExecutionState.CANCELLING)).effects())
        .contains(new Effect.ExecutionNotReady(execution));
    assertThat(ledger.accepted(ready()).effects())
        .containsExactly(new Effect.TaskRunReady(taskRun, "gpu", 0, Duration.ZERO, true));
    assertThat(ledger.accepted(ready()).effects()).isEmpty();
  }

  @Test
  @DisplayName("only a claim starts a task run in an execution that is being cancelled")
  void claimWhileCancelling() {
    ledger.accepted(move(execution, ExecutionState.CANCELLING));
    assertThat(claim()).isNotNull();
    assertThat(head().state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("a claim of a task run that waits for a retry begins its next attempt")
  void claimOfRetry() {
    ledger.accepted(move(taskRun, TaskRunState.RUNNING), new Change.RecordAttempt(taskRun, "w"));
    assertThat(claim()).isNull();
    ledger.accepted(end(first, AttemptState.FAILED), move(taskRun, TaskRunState.RETRYING));
    assertThat(Objects.requireNonNull(claim()).attempt()).isEqualTo(new AttemptId(taskRun, 2));
  }

  @Test
  @DisplayName("a task run that is ready keeps its place, or is written again with a new one")
  void readyAgain() {
    assertThat(ledger.accepted(ready(), ready()).effects())
        .containsExactly(new Effect.TaskRunReady(taskRun, "gpu", 0, Duration.ZERO, true));
    Change later = new Change.ReadyTaskRun(taskRun, 1L, "gpu", 0, Duration.ofNanos(2_500));
    Effect written = new Effect.TaskRunReady(taskRun, "gpu", 0, Duration.ofNanos(2_000), false);
    assertThat(ledger.accepted(later, later).effects()).containsExactly(written, written);
  }

  @Test
  @DisplayName("a task run that is not at the expected version is not moved")
  void stale() {
    assertThat(refusals(new Change.UpdateTaskRun(taskRun, TaskRunState.RUNNING, 2L, null)))
        .containsExactly(
            "cannot move task run "
                + taskRun
                + " to RUNNING: expected version 2, found version 1 in state PENDING");
    ledger.accepted(new Change.UpdateTaskRun(taskRun, TaskRunState.RUNNING, 1L, null));
    assertThat(reasons(new Change.UpdateTaskRun(taskRun, TaskRunState.RETRYING, 1L, null)))
        .containsExactly(Reason.STALE_VERSION);
    TaskRunId unknown = ledger.ids.taskRunId();
    assertThat(refusals(move(unknown, TaskRunState.RUNNING)))
        .containsExactly(
            "cannot move task run " + unknown + " to RUNNING: expected a task run, found none");
  }

  @Test
  @DisplayName(
      "a live attempt keeps its task run in RUNNING, and does not keep it from going there")
  void liveAttempt() {
    ledger.accepted(new Change.RecordAttempt(taskRun, "w"));
    assertThat(reasons(move(taskRun, TaskRunState.CANCELLED))).containsExactly(Reason.OUT_OF_STEP);
    assertThat(reasons(ready())).containsExactly(Reason.OUT_OF_STEP);
    ledger.accepted(move(taskRun, TaskRunState.RUNNING));
    for (TaskRunState to :
        List.of(
            TaskRunState.RETRYING,
            TaskRunState.WAITING,
            TaskRunState.SUCCEEDED,
            TaskRunState.FAILED)) {
      assertThat(reasons(move(taskRun, to))).containsExactly(Reason.OUT_OF_STEP);
    }
    assertThat(refusals(ready()))
        .containsExactly(
            "cannot make task run "
                + taskRun
                + " ready: expected state PENDING, RETRYING or WAITING and no live attempt, found a live"
                + " attempt");
    ledger.accepted(end(first, AttemptState.FAILED));
    assertThat(refusals(ready()))
        .containsExactly(
            "cannot make task run "
                + taskRun
                + " ready: expected state PENDING, RETRYING or WAITING and no live attempt, found state"
                + " RUNNING");
  }

  @Test
  @DisplayName("only the newest attempt writes, and not after it is LOST")
  void fence() {
    ledger.accepted(move(taskRun, TaskRunState.RUNNING), new Change.RecordAttempt(taskRun, "w"));
    ledger.accepted(end(first, AttemptState.FAILED), new Change.RecordAttempt(taskRun, "w"));
    Map<String, String> outputs = Map.of("a", "b");
    assertThat(
            refusals(
                new Change.SetPayload(PayloadRef.resultOf(taskRun), 1, Payload.ofTexts(outputs))))
        .containsExactly(
            "cannot set the result of task run "
                + taskRun
                + ": expected attempt 1 to be the newest, found attempt 2");
    ledger.accepted(
        new Change.SetPayload(PayloadRef.resultOf(taskRun), 2, Payload.ofTexts(outputs)));
    ledger.accepted(end(new AttemptId(taskRun, 2), AttemptState.LOST));
    assertThat(
            refusals(
                new Change.SetPayload(PayloadRef.resultOf(taskRun), 2, Payload.ofTexts(outputs)),
                new Change.UpdateTaskRun(taskRun, TaskRunState.FAILED, null, 2)))
        .containsExactly(
            "cannot set the result of task run "
                + taskRun
                + ": expected attempt 2 not to be LOST, found LOST",
            "cannot move task run "
                + taskRun
                + " to FAILED: expected attempt 2 not to be LOST, found LOST");
    ledger.accepted(
        new Change.SetPayload(PayloadRef.resultOf(taskRun), null, Payload.ofTexts(outputs)));
  }

  @Test
  @DisplayName("a task run that ends before it runs is no longer ready")
  void endsBeforeItRuns() {
    assertThat(ledger.accepted(move(taskRun, TaskRunState.SKIPPED)).effects())
        .endsWith(new Effect.TaskRunNotReady(taskRun));
    assertThat(head().endedAt()).isEqualTo(NOW);
    TaskRunId other = ledger.taskRun(execution);
    assertThat(ledger.accepted(move(other, TaskRunState.RUNNING)).effects()).hasSize(1);
    assertThat(ledger.accepted(move(other, TaskRunState.CANCELLED)).effects()).hasSize(1);
  }

  @Test
  @DisplayName("a task run begins once, when it first moves to RUNNING")
  void startedAt() {
    assertThat(head().startedAt()).isNull();
    ledger.accepted(move(taskRun, TaskRunState.RUNNING));
    assertThat(head().startedAt()).isEqualTo(NOW);
    TaskRunHead again = head().moved(TaskRunState.RETRYING, NOW.plusSeconds(1));
    assertThat(again.startedAt()).isEqualTo(NOW);
    assertThat(again.endedAt()).isNull();
    assertThat(again.moved(TaskRunState.RUNNING, NOW.plusSeconds(2)).startedAt()).isEqualTo(NOW);
  }

  @Test
  @DisplayName("a lease that has expired is renewed, and its attempt is not lost afterwards")
  void renewExpired() {
    ledger.accepted(
        move(taskRun, TaskRunState.RUNNING), new Change.RecordAttempt(taskRun, "w", LEASE));
    ledger.ledger.load(head().withAttempt(1, AttemptState.RUNNING, LeaseState.OVER));
    ledger.accepted(new Change.RenewLease(first, LEASE));
    assertThat(head().lease()).isEqualTo(LeaseState.HELD);
    assertThat(reasons(new Change.LoseAttempt(first, null))).containsExactly(Reason.OUT_OF_STEP);
  }

  @Test
  @DisplayName("an execution has as many task runs as the limit allows, and no more")
  void maxTaskRuns() {
    GroupLedger small = new GroupLedger(Limits.builder().maxTaskRuns(2).maxAttempts(2).build());
    ExecutionId id = small.execution();
    small.taskRun(id);
    TaskRunId second = small.taskRun(id);
    assertThat(small.decide(small.set(create(small.ids.taskRunId(), id))))
        .isInstanceOf(Verdict.Refused.class);
    for (int attempt = 1; attempt <= 2; attempt++) {
      small.accepted(
          new Change.RecordAttempt(second, "w"),
          end(new AttemptId(second, attempt), AttemptState.FAILED));
    }
    assertThat(small.decide(small.set(new Change.RecordAttempt(second, "w"))))
        .isInstanceOf(Verdict.Refused.class);
  }
}
