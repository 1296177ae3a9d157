package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.read.Questions;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Claims and the changes around them")
class WorkChangesTest {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final UUID ID = new UUID(1, 2);
  private static final TaskRunId RUN = new TaskRunId(ID);
  private static final AttemptId ATTEMPT = new AttemptId(RUN, 1);
  private static final ExecutionId EXECUTION = new ExecutionId(ID);

  private static void invalid(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  @DisplayName("a claim requires a worker, at least one pool, a lease and a limit in range")
  void claims() {
    Set<String> pools = Set.of("default");
    invalid(() -> new ClaimRequest("", 1, LEASE, pools), "worker", "empty");
    invalid(() -> new ClaimRequest("w", -1, LEASE, pools), "-1", "0 or more");
    invalid(() -> new ClaimRequest("w", 1, Duration.ZERO, pools), "lease", "at least");
    invalid(() -> new ClaimRequest("w", 1, Duration.ofDays(4_000), pools), "at most");
    invalid(() -> new ClaimRequest("w", 1, LEASE, Set.of()), "no pool");
    invalid(() -> new ClaimRequest("w", 1, LEASE, Set.of("a b")), "\"a b\"", "letters");
    assertThat(ClaimRequest.of("w", 1, LEASE).within(EXECUTION).execution()).isEqualTo(EXECUTION);
    Limits limits = Limits.builder().maxClaims(2).maxWorkerBytes(3).build();
    invalid(
        () -> Questions.checkClaim(ClaimRequest.of("w", 3, LEASE), limits), "3", "maxClaims of 2");
    invalid(
        () -> Questions.checkClaim(ClaimRequest.of("long", 1, LEASE), limits), "maxWorkerBytes");
    Questions.checkClaim(ClaimRequest.of("w", 2, LEASE), limits);
  }

  @Test
  @DisplayName("invalid changes are refused when they are created")
  void changes() {
    invalid(() -> new Change.ReadyTaskRun(RUN, null, "p", 101, LEASE), "101", "-100 to 100");
    invalid(() -> new Change.ReadyTaskRun(RUN, null, "p", 0, LEASE.negated()), "zero or more");
    invalid(() -> new Change.RenewLease(ATTEMPT, Duration.ZERO), "lease of attempt");
    invalid(() -> new Change.RecordAttempt(RUN, "w", Duration.ZERO), "lease");
    invalid(
        () -> new Change.AdmitExecution(EXECUTION, new WorkflowId("f"), 0, ExecutionState.PENDING),
        "1 or more");
    invalid(
        () ->
            new Change.AdmitExecution(EXECUTION, new WorkflowId("f"), 1, ExecutionState.CANCELLING),
        "PENDING or PAUSED");
    invalid(() -> new LogChange.Append(ATTEMPT, -1, new byte[1]), "negative");
    invalid(() -> new LogChange.Append(ATTEMPT, 0, new byte[0]), "at least one byte");
    invalid(() -> new Change.SetPool("gpu", -1), "-1");
    invalid(() -> new Change.SetPool("a b", 1), "pool \"a b\"", "letters");
    invalid(() -> new Change.ReadyTaskRun(RUN, null, "a b", 0, LEASE), "pool \"a b\"", "letters");
    invalid(
        () ->
            new Change.SetPayload(
                PayloadRef.resultOf(RUN), null, Payload.ofTexts(Map.of("a", "\ud800"))),
        "value \"a\"");
    invalid(
        () ->
            new Change.SetPayload(
                PayloadRef.resultOf(RUN), null, Payload.ofTexts(Map.of("\ud800", "a"))),
        "a name in a payload");
    invalid(() -> new Change.KeepWorker("", ID, LEASE, Map.of()), "name of a worker", "empty");
    invalid(() -> new Change.KeepWorker("w", ID, Duration.ZERO, Map.of()), "time of worker w");
    invalid(() -> new Change.RetireWorker("a\u0000", ID), "name of a worker", "NUL");
    invalid(() -> new Change.LoseAttempt(ATTEMPT, "\u0000"), "error of attempt " + ATTEMPT);
  }

  @Test
  @DisplayName("the bounds of a number or a duration are part of its range")
  void bounds() {
    Duration longest = Duration.ofDays(3_660);
    Duration shortest = Duration.ofNanos(1_000);
    for (int priority : List.of(-100, 100)) {
      Change.ReadyTaskRun ready = new Change.ReadyTaskRun(RUN, null, "p", priority, longest);
      assertThat(ready.priority()).isEqualTo(priority);
    }
    invalid(() -> new Change.ReadyTaskRun(RUN, null, "p", -101, LEASE), "-101", "-100 to 100");
    invalid(
        () -> new Change.MarkDue(EXECUTION, DueReason.SETTLE, longest.plusNanos(1)),
        "delay of execution " + EXECUTION + " is 3660d; use at most 3660d");
    for (int slots : List.of(0, 100_000)) {
      assertThat(new Change.SetPool("gpu", slots).slots()).isEqualTo(slots);
    }
    invalid(() -> new Change.SetPool("gpu", 100_001), "100001", "0 to 100000");
    assertThat(
            new Change.AdmitExecution(EXECUTION, new WorkflowId("f"), 1, ExecutionState.PENDING)
                .most())
        .isEqualTo(1);
    assertThat(new LogChange.Append(ATTEMPT, 0, new byte[1]).position()).isZero();
    for (Duration lease : List.of(shortest, longest)) {
      assertThat(new Change.RenewLease(ATTEMPT, lease).lease()).isEqualTo(lease);
    }
    invalid(() -> new Change.RenewLease(ATTEMPT, shortest.minusNanos(1)), "at least 1 microsecond");
    assertThat(ClaimRequest.of("w", 0, LEASE).limit()).isZero();
  }

  @Test
  @DisplayName("a builder adds each change as it is given")
  void builder() {
    Map<String, String> outputs = new HashMap<>(Map.of("b", "2", "a", "1"));
    ChangeSet changes =
        ChangeSet.builder()
            .loseAttempt(ATTEMPT, "gone")
            .renewLease(ATTEMPT, LEASE)
            .renewLeaseIfLive(ATTEMPT, LEASE)
            .readyTaskRun(RUN)
            .settleExecution(EXECUTION, new Standing(2, ExecutionState.RUNNING, 3, 0))
            .markDue(EXECUTION, DueReason.SETTLE, LEASE)
            .clearDue(EXECUTION, DueReason.SETTLE)
            .admitExecution(EXECUTION, new WorkflowId("f"), 1)
            .setOutputs(new AttemptId(RUN, 1), outputs)
            .appendLog(ATTEMPT, 5, new byte[] {7})
            .deleteLogs(EXECUTION)
            .keepWorker("w", ID, LEASE, Map.of())
            .retireWorker("w", ID)
            .setPool("gpu", 4)
            .build();
    outputs.clear();
    assertThat(changes.changes())
        .containsExactly(
            new Change.LoseAttempt(ATTEMPT, "gone"),
            new Change.RenewLease(ATTEMPT, LEASE, false),
            new Change.RenewLease(ATTEMPT, LEASE, true),
            new Change.ReadyTaskRun(RUN, null, ClaimRequest.DEFAULT_POOL, 0, Duration.ZERO),
            new Change.SettleExecution(EXECUTION, new Standing(2, ExecutionState.RUNNING, 3, 0)),
            new Change.MarkDue(EXECUTION, DueReason.SETTLE, LEASE),
            new Change.ClearDue(EXECUTION, DueReason.SETTLE),
            new Change.AdmitExecution(EXECUTION, new WorkflowId("f"), 1, ExecutionState.PENDING),
            new Change.SetPayload(
                PayloadRef.resultOf(RUN), 1, Payload.ofTexts(Map.of("a", "1", "b", "2"))),
            new LogChange.Append(ATTEMPT, 5, new byte[] {7}),
            new LogChange.Delete(EXECUTION),
            new Change.KeepWorker("w", ID, LEASE, Map.of()),
            new Change.RetireWorker("w", ID),
            new Change.SetPool("gpu", 4));
    assertThat(changes.changes())
        .extracting(change -> change.target().kind())
        .contains(RecordKind.WORKER, RecordKind.POOL, RecordKind.ATTEMPT, RecordKind.EXECUTION);
  }

  @Test
  @DisplayName("log parts are compared by content and are immutable")
  void bytes() {
    byte[] bytes = {1, 2};
    LogChange.Append append = new LogChange.Append(ATTEMPT, 0, bytes);
    LogPart part = new LogPart(bytes, 0, 2);
    bytes[0] = 9;
    append.bytes()[1] = 9;
    part.bytes()[1] = 9;
    LogChange.Append same = new LogChange.Append(ATTEMPT, 0, new byte[] {1, 2});
    assertThat(append).isEqualTo(same).hasSameHashCodeAs(same);
    LogChange.Append later = new LogChange.Append(ATTEMPT, 1, new byte[] {1, 2});
    assertThat(append).isNotEqualTo(later);
    assertThat(append.hashCode()).isNotEqualTo(later.hashCode());
    LogPart samePart = new LogPart(new byte[] {1, 2}, 0, 2);
    assertThat(part).isEqualTo(samePart).hasSameHashCodeAs(samePart);
    assertThat(part).isNotEqualTo(new LogPart(new byte[] {1}, 0, 2));
    assertThat(part.toString()).contains("2 bytes");
    assertThat(append.toString()).contains(ATTEMPT.toString());
  }

  @Test
  @DisplayName("answers keep copies of their parts")
  void answers() {
    List<Claims.Due> due = new ArrayList<>(List.of(new Claims.Due(EXECUTION, DueReason.SETTLE)));
    Claims claims = new Claims(List.of(), due, List.of(), null, null);
    due.clear();
    assertThat(claims.due()).hasSize(1);
    assertThat(claims.isEmpty()).isFalse();
    assertThat(new Claims(List.of(), List.of(), List.of(), LEASE, null).isEmpty()).isTrue();
    Map<String, String> info = new HashMap<>(Map.of("host", "a"));
    Worker worker = new Worker("w", ID, Instant.EPOCH, Instant.EPOCH, true, info, 0);
    info.clear();
    assertThat(worker.info()).containsEntry("host", "a");
    assertThat(new Pool("gpu", 1, 0, 2).ready()).isEqualTo(2);
  }
}
