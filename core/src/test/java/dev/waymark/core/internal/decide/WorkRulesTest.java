package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.NOW;
import static dev.waymark.core.internal.decide.GroupLedger.create;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static dev.waymark.core.model.ExecutionState.PENDING;
import static dev.waymark.core.model.ExecutionState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rules for ready, claimed and due records")
class WorkRulesTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final ClaimRequest CLAIM = ClaimRequest.of("w", 1, LEASE);
  private static final UUID LIFE = new UUID(1, 1);
  private static final UUID OTHER_LIFE = new UUID(2, 2);

  private final GroupLedger ledger = new GroupLedger();

  private static Change ready(TaskRunId id) {
    return new Change.ReadyTaskRun(id, null, ClaimRequest.DEFAULT_POOL, 0, Duration.ZERO);
  }

  private static Change end(AttemptId id, AttemptState state) {
    return new Change.UpdateAttempt(id, state, null, null);
  }

  private List<Reason> reasons(Change... changes) {
    return ledger.refused(changes).stream().map(Refusal::reason).toList();
  }

  private List<Boolean> changed(Change... changes) {
    return ledger.accepted(changes).result().outcomes().stream().map(Outcome::changed).toList();
  }

  /** A task run that was claimed. */
  private AttemptId claimed() {
    TaskRunId id = ledger.taskRun(ledger.execution());
    return Objects.requireNonNull(grant(id)).attempt();
  }

  private Decider.Grant grant(TaskRunId id) {
    return Decider.grant(id, "gpu", CLAIM, NOW, ledger.ledger, ledger.limits);
  }

  private TaskRunHead head(AttemptId id) {
    return Objects.requireNonNull(ledger.ledger.taskRun(id.taskRunId()));
  }

  @Test
  @DisplayName("a claim begins execution, task run and attempt, with a lease in its pool")
  void granted() {
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.taskRun(execution);
    Decider.Grant grant = Objects.requireNonNull(grant(id));
    assertThat(grant.attempt()).isEqualTo(new AttemptId(id, 1));
    assertThat(grant.execution()).isEqualTo(execution);
    assertThat(Objects.requireNonNull(ledger.ledger.execution(execution)).state())
        .isEqualTo(ExecutionState.RUNNING);
    assertThat(head(grant.attempt()).lease()).isEqualTo(LeaseState.HELD);
    assertThat(grant.effects())
        .filteredOn(Effect.LeaseTaken.class::isInstance)
        .containsExactly(new Effect.LeaseTaken(grant.attempt(), "w", LEASE, "gpu"));
    assertThat(grant(id)).isNull();
  }

  @Test
  @DisplayName(
      "unknown, paused and ended task runs, and those with the maximum of attempts, cannot be claimed")
  void notGranted() {
    assertThat(grant(ledger.ids.taskRunId())).isNull();
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.taskRun(execution);
    ledger.accepted(move(execution, ExecutionState.PAUSED));
    assertThat(grant(id)).isNull();
    GroupLedger small = new GroupLedger(Limits.builder().maxAttempts(1).build());
    TaskRunId tried = small.attempted();
    small.accepted(
        end(new AttemptId(tried, 1), AttemptState.FAILED), move(tried, TaskRunState.RETRYING));
    assertThat(Decider.grant(tried, "p", CLAIM, NOW, small.ledger, small.limits)).isNull();
  }

  @Test
  @DisplayName("the end of an attempt ends its lease")
  void leaseEnds() {
    AttemptId id = claimed();
    assertThat(ledger.accepted(end(id, AttemptState.FAILED)).effects())
        .contains(new Effect.LeaseEnded(id));
    assertThat(head(id).lease()).isEqualTo(LeaseState.NONE);
  }

  @Test
  @DisplayName("only the lease of a live attempt can be renewed")
  void renew() {
    AttemptId id = claimed();
    assertThat(ledger.accepted(new Change.RenewLease(id, LEASE)).effects())
        .containsExactly(new Effect.LeaseRenewed(id, LEASE));
    ledger.accepted(end(id, AttemptState.FAILED));
    assertThat(reasons(new Change.RenewLease(id, LEASE))).containsExactly(Reason.LEASE_LOST);
    ledger.accepted(new Change.RecordAttempt(id.taskRunId(), "w"));
    AttemptId second = new AttemptId(id.taskRunId(), 2);
    assertThat(reasons(new Change.RenewLease(id, LEASE), new Change.RenewLease(second, LEASE)))
        .containsExactly(Reason.LEASE_LOST, Reason.OUT_OF_STEP);
    assertThat(reasons(new Change.RenewLease(new AttemptId(id.taskRunId(), 3), LEASE)))
        .containsExactly(Reason.NOT_FOUND);
  }

  @Test
  @DisplayName("a conditional renewal without a lease changes nothing and returns the reason")
  void renewIfLive() {
    AttemptId live = claimed();
    AttemptId ended = claimed();
    ledger.accepted(end(ended, AttemptState.FAILED));
    AttemptId older = claimed();
    ledger.accepted(end(older, AttemptState.FAILED));
    ledger.accepted(new Change.RecordAttempt(older.taskRunId(), "w"));
    AttemptId withoutLease = new AttemptId(older.taskRunId(), 2);
    AttemptId missing = new AttemptId(live.taskRunId(), 2);
    AttemptId unknown = new AttemptId(ledger.ids.taskRunId(), 1);
    List<AttemptId> all = List.of(ended, older, live, withoutLease, missing, unknown);
    Verdict.Accepted accepted =
        ledger.accepted(
            all.stream().map(id -> new Change.RenewLease(id, LEASE, true)).toArray(Change[]::new));
    assertThat(accepted.effects()).containsExactly(new Effect.LeaseRenewed(live, LEASE));
    assertThat(accepted.result().outcomes())
        .containsExactly(
            new Outcome(RecordRef.of(ended), 1, false),
            new Outcome(RecordRef.of(older), 2, false),
            new Outcome(RecordRef.of(live), 1, true),
            new Outcome(RecordRef.of(withoutLease), 2, false),
            new Outcome(RecordRef.of(missing), 1, false),
            new Outcome(RecordRef.of(unknown), 0, false));
  }

  @Test
  @DisplayName("an attempt can be lost as expired only after its lease has expired")
  void lose() {
    AttemptId id = claimed();
    assertThat(reasons(new Change.LoseAttempt(id, null))).containsExactly(Reason.OUT_OF_STEP);
    TaskRunHead held = head(id);
    ledger.ledger.put(held.withAttempt(1, AttemptState.RUNNING, LeaseState.OVER));
    ledger.accepted(new Change.LoseAttempt(id, "gone"));
    assertThat(head(id).lastAttemptState()).isEqualTo(AttemptState.LOST);
    assertThat(reasons(new Change.LoseAttempt(id, null))).containsExactly(Reason.LEASE_LOST);
  }

  @Test
  @DisplayName("an attempt that has ended is not lost, and neither is one without a lease")
  void loseWithoutLease() {
    AttemptId ended = claimed();
    ledger.accepted(end(ended, AttemptState.SUCCEEDED));
    AttemptId held = claimed();
    AttemptId withoutLease = new AttemptId(ledger.attempted(), 1);
    AttemptId missing = new AttemptId(withoutLease.taskRunId(), 2);
    List<Refusal> refusals =
        ledger.refused(
            new Change.LoseAttempt(ended, null),
            new Change.LoseAttempt(held, null),
            new Change.LoseAttempt(withoutLease, null),
            new Change.LoseAttempt(missing, null));
    assertThat(refusals)
        .extracting(Refusal::reason)
        .containsExactly(
            Reason.ILLEGAL_MOVE, Reason.OUT_OF_STEP, Reason.OUT_OF_STEP, Reason.NOT_FOUND);
    assertThat(refusals)
        .extracting(Refusal::message)
        .containsExactly(
            "cannot move attempt "
                + ended
                + " to LOST: expected a state that is not final (SUCCEEDED is final), found state"
                + " SUCCEEDED",
            "cannot move attempt "
                + held
                + " to LOST: expected an expired lease, found a lease that has not expired",
            "cannot move attempt "
                + withoutLease
                + " to LOST: expected an expired lease, found no lease",
            "cannot move attempt "
                + missing
                + " to LOST: expected an existing attempt, found 1 attempts");
    assertThat(head(ended).lastAttemptState()).isEqualTo(AttemptState.SUCCEEDED);
  }

  @Test
  @DisplayName("a task run can become ready if it has not begun or waits for its next attempt")
  void ready() {
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.taskRun(execution);
    assertThat(ledger.accepted(ready(id)).effects())
        .containsExactly(new Effect.TaskRunReady(id, "default", 0, Duration.ZERO, true));
    assertThat(reasons(new Change.ReadyTaskRun(id, 7L, "p", 1, LEASE)))
        .containsExactly(Reason.STALE_VERSION);
    ledger.accepted(move(id, TaskRunState.RUNNING));
    assertThat(reasons(ready(id), ready(ledger.ids.taskRunId())))
        .containsExactly(Reason.OUT_OF_STEP, Reason.NOT_FOUND);
  }

  @Test
  @DisplayName(
      "an execution is settled when its number of unfinished task runs is as the caller says")
  void settle() {
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.ids.taskRunId();
    assertThat(changed(create(id, execution), settle(execution, 1, PENDING, 1)))
        .containsExactly(true, false);
    assertThat(
            changed(
                settle(execution, 1, PENDING, 0),
                settle(execution, 2, PENDING, 1),
                settle(execution, 1, RUNNING, 1),
                settle(execution, 1, PENDING, 1),
                move(execution, RUNNING),
                settle(execution, 1, PENDING, 1),
                settle(execution, 2, RUNNING, 1)))
        .containsExactly(true, true, true, false, true, true, false);
    assertThat(ledger.accepted(settle(execution, 1, PENDING, 1)).effects())
        .as("the caller has a second to read the execution again")
        .containsExactly(
            new Effect.ExecutionDue(execution, DueReason.SETTLE, Duration.ofSeconds(1)));
    assertThat(ledger.accepted(settle(execution, 2, RUNNING, 1)).effects())
        .containsExactly(new Effect.ExecutionNotDue(execution, DueReason.SETTLE));
    assertThat(ledger.accepted(new Change.MarkDue(execution, DueReason.DEADLINE, LEASE)).effects())
        .containsExactly(new Effect.ExecutionDue(execution, DueReason.DEADLINE, LEASE));
    assertThat(ledger.accepted(new Change.ClearDue(execution, DueReason.DEADLINE)).effects())
        .containsExactly(new Effect.ExecutionNotDue(execution, DueReason.DEADLINE));
    ExecutionId unknown = ledger.ids.executionId();
    assertThat(
            reasons(
                settle(unknown, 1, PENDING, 0),
                new Change.MarkDue(unknown, DueReason.SETTLE, LEASE),
                new Change.ClearDue(unknown, DueReason.SETTLE),
                new Change.AdmitExecution(unknown, FLOW, 1, ExecutionState.PENDING)))
        .containsOnly(Reason.NOT_FOUND)
        .hasSize(4);
  }

  @Test
  @DisplayName("an execution that has ended is not due, with any standing of its caller")
  void settleEnded() {
    ExecutionId execution = ledger.execution();
    ledger.accepted(move(execution, ExecutionState.CANCELLED));
    Verdict.Accepted stale = ledger.accepted(settle(execution, 1, PENDING, 0));
    assertThat(stale.effects())
        .containsExactly(new Effect.ExecutionNotDue(execution, DueReason.SETTLE));
    assertThat(stale.result().outcomes().get(0).changed()).isTrue();
  }

  private static Change settle(ExecutionId id, long version, ExecutionState state, int unfinished) {
    return settle(id, new Standing(version, state, unfinished, 0));
  }

  private static Change settle(ExecutionId id, Standing standing) {
    return new Change.SettleExecution(id, standing);
  }

  @Test
  @DisplayName("no more executions of a workflow are admitted than its limit")
  void admit() {
    ExecutionId first = ledger.execution();
    ExecutionId second = ledger.execution();
    ledger.ledger.loadUnderWay(FLOW, 0);
    assertThat(
            changed(
                new Change.AdmitExecution(first, FLOW, 1, ExecutionState.PENDING),
                new Change.AdmitExecution(second, FLOW, 1, ExecutionState.PENDING),
                new Change.AdmitExecution(second, FLOW, 2, ExecutionState.PENDING)))
        .containsExactly(true, false, true);
  }

  @Test
  @DisplayName("a paused execution is resumed only if the others leave room")
  void resume() {
    ExecutionId begun = ledger.execution();
    ExecutionId waiting = ledger.execution();
    ledger.ledger.loadUnderWay(FLOW, 0);
    assertThat(
            changed(
                move(begun, RUNNING),
                move(begun, ExecutionState.PAUSED),
                move(waiting, ExecutionState.PAUSED),
                resume(waiting),
                new Change.AdmitExecution(begun, FLOW, 1, ExecutionState.PENDING),
                resume(begun),
                resume(begun),
                resume(waiting),
                move(begun, ExecutionState.SUCCEEDED),
                resume(waiting)))
        .containsExactly(true, true, true, false, false, true, false, false, true, true);
  }

  private static Change resume(ExecutionId id) {
    return new Change.AdmitExecution(id, FLOW, 1, ExecutionState.PAUSED);
  }

  @Test
  @DisplayName("begins and ends in the same change set count when executions are admitted")
  void admitAfterMoves() {
    ExecutionId first = ledger.execution();
    ExecutionId second = ledger.execution();
    ledger.ledger.loadUnderWay(FLOW, 0);
    assertThat(
            changed(
                move(first, RUNNING),
                new Change.AdmitExecution(second, FLOW, 1, ExecutionState.PENDING),
                move(first, ExecutionState.SUCCEEDED),
                new Change.AdmitExecution(second, FLOW, 1, ExecutionState.PENDING)))
        .containsExactly(true, false, true, true);
    assertThat(
            reasons(
                new Change.AdmitExecution(
                    second, new WorkflowId("other"), 1, ExecutionState.PENDING)))
        .containsExactly(Reason.ALREADY_EXISTS);
  }

  @Test
  @DisplayName("a count that was not loaded is unknown after a change")
  void countsFollow() {
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.taskRun(execution);
    Ledger kept = Ledger.keeping(100);
    ledger.ledger.addTo(kept);
    assertThat(kept.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 0));
    // Another group has loaded the task run, and not the counts of its execution.
    Ledger group = new Ledger();
    group.load(Objects.requireNonNull(kept.execution(execution)));
    group.load(Objects.requireNonNull(kept.taskRun(id)));
    group.put(Objects.requireNonNull(ledger.ledger.taskRun(id)).moved(TaskRunState.RUNNING, NOW));
    group.addTo(kept);
    assertThat(kept.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 0));
    group.put(Objects.requireNonNull(ledger.ledger.taskRun(id)).moved(TaskRunState.CANCELLED, NOW));
    group.addTo(kept);
    assertThat(kept.counts(execution)).isNull();
    assertThat(kept.hasTaskRunCounts(List.of(execution))).isFalse();
  }

  @Test
  @DisplayName("the begin of an attempt changes nothing that a settle compares, and its end does")
  void settleAfterAttempts() {
    AttemptId first = claimed();
    ExecutionId execution = head(first).executionId();
    Standing begun = new Standing(2, RUNNING, 1, 0);
    Standing ended = new Standing(2, RUNNING, 1, 1);
    TaskRunId run = first.taskRunId();
    assertThat(
            changed(
                settle(execution, begun),
                end(first, AttemptState.FAILED),
                settle(execution, begun),
                settle(execution, ended),
                move(run, TaskRunState.RETRYING),
                settle(execution, ended),
                move(run, TaskRunState.RUNNING),
                new Change.RecordAttempt(run, "w"),
                settle(execution, ended)))
        .containsExactly(false, true, true, false, true, false, true, true, false);
    Ledger kept = Ledger.keeping(100);
    ledger.ledger.addTo(kept);
    Ledger group = new Ledger();
    group.load(Objects.requireNonNull(kept.execution(execution)));
    group.load(head(first));
    group.put(head(first).withAttempt(2, AttemptState.LOST, LeaseState.NONE));
    group.addTo(kept);
    assertThat(kept.counts(execution)).as("unknown after an unloaded end").isNull();
  }

  @Test
  @DisplayName(
      "outputs are those of a task run that has not ended, set with its newest attempt number")
  void outputs() {
    AttemptId id = claimed();
    TaskRunId run = id.taskRunId();
    Map<String, String> outputs = Map.of("rows", "42");
    assertThat(
            ledger
                .accepted(
                    new Change.SetPayload(PayloadRef.resultOf(run), 1, Payload.ofTexts(outputs)))
                .effects())
        .containsExactly(
            new Effect.PayloadSet(
                PayloadRef.resultOf(run), head(id).executionId(), Payload.ofTexts(outputs)));
    assertThat(
            reasons(
                new Change.SetPayload(PayloadRef.resultOf(run), 2, Payload.ofTexts(outputs)),
                new Change.SetPayload(
                    PayloadRef.resultOf(ledger.ids.taskRunId()), null, Payload.ofTexts(outputs))))
        .containsExactly(Reason.LEASE_LOST, Reason.NOT_FOUND);
    ledger.accepted(end(id, AttemptState.SUCCEEDED), move(run, TaskRunState.SUCCEEDED));
    assertThat(
            reasons(new Change.SetPayload(PayloadRef.resultOf(run), 1, Payload.ofTexts(outputs))))
        .containsExactly(Reason.OUT_OF_STEP);
  }

  @Test
  @DisplayName(
      "a log grows while its attempt is live, and is deleted after its execution has ended")
  void logs() {
    AttemptId id = claimed();
    ExecutionId execution = head(id).executionId();
    byte[] bytes = {1, 2};
    assertThat(ledger.accepted(new LogChange.Append(id, 0, bytes)).effects()).hasSize(1);
    assertThat(reasons(new LogChange.Delete(execution))).containsExactly(Reason.OUT_OF_STEP);
    ledger.accepted(end(id, AttemptState.SUCCEEDED));
    assertThat(
            reasons(
                new LogChange.Append(id, 2, bytes), new LogChange.Delete(new ExecutionId(LIFE))))
        .containsExactly(Reason.LEASE_LOST, Reason.NOT_FOUND);
    ledger.ledger.load(execution, new TaskRunCounts(1, 1, 0));
    ledger.accepted(
        move(id.taskRunId(), TaskRunState.SUCCEEDED), move(execution, ExecutionState.SUCCEEDED));
    assertThat(ledger.accepted(new LogChange.Delete(execution)).effects())
        .containsExactly(new Effect.LogsDeleted(execution));
  }

  @Test
  @DisplayName("a name belongs to one life of a worker, until that has retired")
  void workers() {
    Map<String, String> info = Map.of("host", "a");
    Change keep = new Change.KeepWorker("w", LIFE, LEASE, info);
    assertThat(ledger.accepted(keep, keep).effects())
        .containsExactly(
            new Effect.WorkerKept("w", LIFE, LEASE, info, true),
            new Effect.WorkerKept("w", LIFE, LEASE, info, false));
    assertThat(reasons(new Change.KeepWorker("w", OTHER_LIFE, LEASE, info)))
        .containsExactly(Reason.ALREADY_EXISTS);
    assertThat(ledger.accepted(new Change.RetireWorker("w", LIFE)).effects())
        .containsExactly(new Effect.WorkerRetired("w"));
    ledger.accepted(new Change.KeepWorker("w", OTHER_LIFE, LEASE, info));
    assertThat(reasons(new Change.RetireWorker("w", LIFE))).containsExactly(Reason.LEASE_LOST);
    assertThat(changed(new Change.RetireWorker("nobody", LIFE))).containsExactly(false);
  }

  @Test
  @DisplayName("the limit of a pool is set, changed and removed")
  void pools() {
    assertThat(
            changed(
                new Change.SetPool("gpu", 2),
                new Change.SetPool("gpu", 2),
                new Change.SetPool("gpu", null)))
        .containsExactly(true, false, true);
    assertThat(ledger.accepted(new Change.SetPool("gpu", 3)).effects())
        .containsExactly(new Effect.PoolSet("gpu", 3));
  }

  @Test
  @DisplayName("two change sets under one commit id differ by every value in them")
  void fingerprints() {
    AttemptId id = new AttemptId(new TaskRunId(LIFE), 1);
    ExecutionId execution = new ExecutionId(LIFE);
    List<Change> all =
        List.of(
            new Change.RecordAttempt(id.taskRunId(), "w"),
            new Change.RecordAttempt(id.taskRunId(), "w", LEASE),
            new Change.LoseAttempt(id, null),
            new Change.LoseAttempt(id, "x"),
            new Change.RenewLease(id, LEASE),
            new Change.RenewLease(id, LEASE, true),
            new Change.RenewLease(id, LEASE.plusMillis(1)),
            ready(id.taskRunId()),
            new Change.ReadyTaskRun(id.taskRunId(), 1L, "default", 0, Duration.ZERO),
            new Change.ReadyTaskRun(id.taskRunId(), null, "other", 0, Duration.ZERO),
            new Change.ReadyTaskRun(id.taskRunId(), null, "default", 1, Duration.ZERO),
            settle(execution, 1, PENDING, 0),
            settle(execution, 1, PENDING, 1),
            settle(execution, 2, PENDING, 1),
            settle(execution, 2, RUNNING, 1),
            settle(execution, new Standing(2, RUNNING, 1, 1)),
            new Change.MarkDue(execution, DueReason.SETTLE, LEASE),
            new Change.MarkDue(execution, DueReason.DEADLINE, LEASE),
            new Change.ClearDue(execution, DueReason.SETTLE),
            new Change.ClearDue(execution, DueReason.DEADLINE),
            new Change.AdmitExecution(execution, FLOW, 1, ExecutionState.PENDING),
            new Change.AdmitExecution(execution, FLOW, 2, ExecutionState.PENDING),
            new Change.SetPayload(
                PayloadRef.resultOf(id.taskRunId()), null, Payload.ofTexts(Map.of())),
            new Change.SetPayload(
                PayloadRef.resultOf(id.taskRunId()), 1, Payload.ofTexts(Map.of())),
            new Change.SetPayload(
                PayloadRef.resultOf(id.taskRunId()), 1, Payload.ofTexts(Map.of("a", "b"))),
            new LogChange.Append(id, 0, new byte[] {1}),
            new LogChange.Append(id, 1, new byte[] {1}),
            new LogChange.Append(id, 0, new byte[] {2}),
            new LogChange.Delete(execution),
            new Change.KeepWorker("w", LIFE, LEASE, Map.of()),
            new Change.KeepWorker("w", OTHER_LIFE, LEASE, Map.of()),
            new Change.RetireWorker("w", LIFE),
            new Change.SetPool("gpu", 1),
            new Change.SetPool("gpu", null));
    assertThat(all)
        .extracting(
            change -> Submission.of(ledger.set(change), NOW, Limits.defaults()).fingerprint())
        .doesNotHaveDuplicates();
    Footprint footprint = new Footprint();
    all.forEach(change -> footprint.add(ledger.set(change)));
    assertThat(footprint.mustQuery()).isTrue();
    assertThat(footprint.areShared()).isTrue();
  }
}
