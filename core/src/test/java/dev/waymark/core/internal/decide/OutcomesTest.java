package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.create;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static dev.waymark.core.internal.decide.GroupLedger.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.DueReason;
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

@DisplayName("An outcome has the record, its version and whether the change changed it")
class OutcomesTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final UUID LIFE = new UUID(1, 1);

  private final GroupLedger ledger = new GroupLedger();

  private List<Outcome> outcomes(Change... changes) {
    return ledger.accepted(changes).result().outcomes();
  }

  private static Outcome changed(RecordRef record, long version) {
    return new Outcome(record, version, true);
  }

  private static Outcome unchanged(RecordRef record, long version) {
    return new Outcome(record, version, false);
  }

  /** The first attempt of a task run, live and with a lease. */
  private AttemptId leased() {
    TaskRunId run = ledger.taskRun(ledger.execution());
    ledger.accepted(move(run, TaskRunState.RUNNING), new Change.RecordAttempt(run, "w", LEASE));
    return new AttemptId(run, 1);
  }

  @Test
  @DisplayName("of a saved workflow: the revision, changed if its content is new")
  void workflow() {
    RecordRef flow = RecordRef.of(FLOW);
    assertThat(outcomes(save("one"), save("two"), save("two"), save("one")))
        .containsExactly(changed(flow, 1), changed(flow, 2), unchanged(flow, 2), changed(flow, 3));
  }

  @Test
  @DisplayName("of an execution: the version after each move; a second creation changes nothing")
  void execution() {
    ledger.accepted(save("x"));
    ExecutionId id = ledger.ids.executionId();
    RecordRef ref = RecordRef.of(id);
    assertThat(outcomes(create(id), create(id), move(id, ExecutionState.RUNNING), create(id)))
        .containsExactly(changed(ref, 1), unchanged(ref, 1), changed(ref, 2), unchanged(ref, 2));
  }

  @Test
  @DisplayName("of an admission: changed if the execution starts")
  void admission() {
    ExecutionId first = ledger.execution();
    ExecutionId second = ledger.execution();
    ledger.ledger.loadUnderWay(FLOW, 0);
    assertThat(
            outcomes(
                new Change.AdmitExecution(first, FLOW, 1, ExecutionState.PENDING),
                new Change.AdmitExecution(first, FLOW, 2, ExecutionState.PENDING),
                new Change.AdmitExecution(second, FLOW, 1, ExecutionState.PENDING)))
        .containsExactly(
            changed(RecordRef.of(first), 2),
            unchanged(RecordRef.of(first), 2),
            unchanged(RecordRef.of(second), 1));
  }

  @Test
  @DisplayName("of a task run: the version after each move; a second creation changes nothing")
  void taskRun() {
    ExecutionId execution = ledger.execution();
    TaskRunId id = ledger.ids.taskRunId();
    RecordRef ref = RecordRef.of(id);
    assertThat(
            outcomes(
                create(id, execution),
                create(id, execution),
                new Change.SetPayload(
                    PayloadRef.resultOf(id), null, Payload.ofTexts(Map.of("a", "b"))),
                move(id, TaskRunState.RUNNING),
                new Change.SetPayload(
                    PayloadRef.resultOf(id), null, Payload.ofTexts(Map.of("a", "b")))))
        .containsExactly(
            changed(ref, 1), unchanged(ref, 1), changed(ref, 1), changed(ref, 2), changed(ref, 2));
  }

  @Test
  @DisplayName("of an attempt: its number, for a new one and for every change of it")
  void attempt() {
    TaskRunId run = ledger.taskRun(ledger.execution());
    AttemptId first = new AttemptId(run, 1);
    AttemptId second = new AttemptId(run, 2);
    RecordRef ref = RecordRef.of(second);
    assertThat(
            outcomes(
                move(run, TaskRunState.RUNNING),
                new Change.RecordAttempt(run, "w"),
                new Change.UpdateAttempt(first, AttemptState.FAILED, 1, "no"),
                new Change.RecordAttempt(run, "w", LEASE),
                new Change.RenewLease(second, LEASE),
                new LogChange.Append(second, 0, new byte[] {1}),
                new Change.UpdateAttempt(second, AttemptState.SUCCEEDED, 0, null)))
        .containsExactly(
            changed(RecordRef.of(run), 2),
            changed(RecordRef.of(first), 1),
            changed(RecordRef.of(first), 1),
            changed(ref, 2),
            changed(ref, 2),
            changed(ref, 2),
            changed(ref, 2));
  }

  @Test
  @DisplayName("of a lost attempt: its number")
  void lost() {
    AttemptId id = leased();
    TaskRunHead head = Objects.requireNonNull(ledger.ledger.taskRun(id.taskRunId()));
    ledger.ledger.load(head.withAttempt(1, AttemptState.RUNNING, LeaseState.OVER));
    assertThat(outcomes(new Change.LoseAttempt(id, null)))
        .containsExactly(changed(RecordRef.of(id), 1));
  }

  @Test
  @DisplayName("of a task run made ready: unchanged if it is available with this pool and priority")
  void ready() {
    TaskRunId id = ledger.taskRun(ledger.execution());
    RecordRef ref = RecordRef.of(id);
    assertThat(
            outcomes(
                ready(id, "p", 0, 0),
                ready(id, "p", 0, 0),
                ready(id, "q", 0, 0),
                ready(id, "q", 1, 0),
                ready(id, "q", 1, 999),
                ready(id, "q", 1, 1_000),
                ready(id, "q", 1, 1_000),
                ready(id, "q", 1, 0)))
        .containsExactly(
            changed(ref, 1),
            unchanged(ref, 1),
            changed(ref, 1),
            changed(ref, 1),
            unchanged(ref, 1),
            changed(ref, 1),
            changed(ref, 1),
            changed(ref, 1));
  }

  private static Change ready(TaskRunId id, String pool, int priority, long delayInNanos) {
    return new Change.ReadyTaskRun(id, null, pool, priority, Duration.ofNanos(delayInNanos));
  }

  @Test
  @DisplayName("of an execution that is settled, due, or no longer due: its version")
  void due() {
    ExecutionId id = ledger.execution();
    RecordRef ref = RecordRef.of(id);
    assertThat(
            outcomes(
                move(id, ExecutionState.RUNNING),
                new Change.SettleExecution(id, new Standing(2, ExecutionState.RUNNING, 0, 0)),
                new Change.SettleExecution(id, new Standing(1, ExecutionState.RUNNING, 0, 0)),
                new Change.MarkDue(id, DueReason.DEADLINE, LEASE),
                new Change.ClearDue(id, DueReason.DEADLINE)))
        .containsExactly(
            changed(ref, 2), unchanged(ref, 2), changed(ref, 2), changed(ref, 2), changed(ref, 2));
  }

  @Test
  @DisplayName("of deleted logs: the version of the execution")
  void logs() {
    ExecutionId id = ledger.execution();
    ledger.accepted(move(id, ExecutionState.CANCELLED));
    assertThat(outcomes(new LogChange.Delete(id))).containsExactly(changed(RecordRef.of(id), 2));
  }

  @Test
  @DisplayName("of a worker: version 0; to retire one changes it only while it is alive")
  void worker() {
    RecordRef ref = RecordRef.ofWorker("w");
    Change keep = new Change.KeepWorker("w", LIFE, LEASE, Map.of());
    Change retire = new Change.RetireWorker("w", LIFE);
    assertThat(outcomes(retire, keep, keep, retire, retire))
        .containsExactly(
            unchanged(ref, 0),
            changed(ref, 0),
            changed(ref, 0),
            changed(ref, 0),
            unchanged(ref, 0));
  }

  @Test
  @DisplayName("of a pool: version 0, changed if its limit is another one")
  void pool() {
    RecordRef ref = RecordRef.ofPool("gpu");
    assertThat(
            outcomes(
                new Change.SetPool("gpu", null),
                new Change.SetPool("gpu", 2),
                new Change.SetPool("gpu", 2),
                new Change.SetPool("gpu", null)))
        .containsExactly(unchanged(ref, 0), changed(ref, 0), unchanged(ref, 0), changed(ref, 0));
  }
}
