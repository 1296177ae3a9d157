package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change set, or one claim, while it is judged: what is known, what has been found so far, and
 * what the rules of more than one kind ask. Not thread-safe.
 *
 * @param isClaim whether a claim is judged, which starts only what is ready
 * @param at the time of the change set
 * @param draft the records as the changes before have left them
 * @param limits the limits of the store
 * @param effects what is to be written
 * @param outcomes what the caller is told
 * @param refusals what stands against the change set
 */
record Decision(
    boolean isClaim,
    Instant at,
    Ledger draft,
    Limits limits,
    List<Effect> effects,
    List<Outcome> outcomes,
    Refusals refusals) {

  /** Begins to judge a change set. */
  static Decision ofChanges(Instant at, Ledger draft, Limits limits) {
    return new Decision(false, at, draft, limits);
  }

  /** Begins to judge the claim of a task run that is ready. */
  static Decision ofClaim(Instant at, Ledger draft, Limits limits) {
    return new Decision(true, at, draft, limits);
  }

  private Decision(boolean isClaim, Instant at, Ledger draft, Limits limits) {
    this(isClaim, at, draft, limits, new ArrayList<>(), new ArrayList<>(), new Refusals());
  }

  void write(Effect effect) {
    effects.add(effect);
  }

  void answer(RecordRef record, long version, boolean changed) {
    outcomes.add(new Outcome(record, version, changed));
  }

  /** The family of an execution that {@link Footprint#taskRunCounts()} has named. */
  TaskRunCounts counts(ExecutionId id) {
    return Objects.requireNonNull(draft.counts(id), "the family was not loaded");
  }

  /**
   * Whether a task run may not start now because of the state of its execution. In one that is
   * CANCELLING only a claim starts anything: the move to CANCELLING has taken away all that was
   * ready, so what is ready was made so after it.
   */
  boolean isHeld(TaskRunHead taskRun) {
    ExecutionHead execution = draft.execution(taskRun.executionId());
    return execution != null
        && (execution.state() == ExecutionState.PAUSED
            || (execution.state() == ExecutionState.CANCELLING && !isClaim));
  }

  void refuseHeld(RecordRef record, String attempted, TaskRunHead head) {
    ExecutionHead execution = Objects.requireNonNull(draft.execution(head.executionId()));
    refusals.add(
        record,
        Reason.OUT_OF_STEP,
        attempted,
        "its execution " + execution.id() + " PENDING or RUNNING",
        execution.state().name());
  }

  /** An execution that is there; else null, and it is refused. */
  @Nullable ExecutionHead existing(ExecutionId id, String attempted) {
    ExecutionHead head = draft.execution(id);
    if (head == null) {
      refusals.add(RecordRef.of(id), Reason.NOT_FOUND, attempted, "an execution", "none");
    }
    return head;
  }

  /** The task run of an attempt that is its newest and not lost; else null, and it is refused. */
  @Nullable TaskRunHead newest(AttemptId id, String attempted) {
    TaskRunHead head = draft.taskRun(id.taskRunId());
    RecordRef ref = RecordRef.of(id);
    if (head == null || id.number() > head.lastAttempt() || head.lastAttemptState() == null) {
      refusals.add(
          ref,
          Reason.NOT_FOUND,
          attempted,
          "an attempt",
          head == null ? "no such task run" : head.lastAttempt() + " attempts");
    } else if (id.number() < head.lastAttempt()) {
      refusals.add(
          ref,
          Reason.LEASE_LOST,
          attempted,
          "the newest attempt",
          "attempt " + head.lastAttempt() + " is newer");
    } else if (head.lastAttemptState() == AttemptState.LOST) {
      refusals.add(ref, Reason.LEASE_LOST, attempted, "a live attempt", "LOST");
    } else {
      return head;
    }
    return null;
  }

  /** The task run of an attempt that is its newest and live; else null, and it is refused. */
  @Nullable TaskRunHead live(AttemptId id, String attempted) {
    TaskRunHead head = newest(id, attempted);
    if (head == null || head.hasLiveAttempt()) {
      return head;
    }
    refusals.add(
        RecordRef.of(id),
        Reason.LEASE_LOST,
        attempted,
        "a live attempt",
        String.valueOf(head.lastAttemptState()));
    return null;
  }
}
