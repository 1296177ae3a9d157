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
 * The decision about one change set or one claim while it is in progress: its input, its results so
 * far, and the checks that several kinds of rules share. Not thread-safe.
 *
 * @param isClaim whether this is a claim, which starts only ready task runs
 * @param at the time of the change set
 * @param draft the records after the previous changes
 * @param limits the limits of the store
 * @param effects what the store must write
 * @param outcomes the outcomes for the caller
 * @param refusals the conflicts of the change set
 */
record Decision(
    boolean isClaim,
    Instant at,
    Ledger draft,
    Limits limits,
    List<Effect> effects,
    List<Outcome> outcomes,
    Refusals refusals) {

  /** Begins the decision about a change set. */
  static Decision ofChanges(Instant at, Ledger draft, Limits limits) {
    return new Decision(false, at, draft, limits);
  }

  /** Begins the decision about the claim of a ready task run. */
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

  /** The counts of an execution that is in {@link Footprint#taskRunCounts()}. */
  TaskRunCounts counts(ExecutionId id) {
    return Objects.requireNonNull(draft.counts(id), "the task run counts were not loaded");
  }

  /**
   * Whether the state of its execution prevents a task run from starting. In a CANCELLING execution
   * only a claim starts a task run: the move to CANCELLING made all task runs not ready, so a ready
   * one was made ready after it.
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
        "its execution " + execution.id() + " to be PENDING or RUNNING",
        "it " + execution.state().name());
  }

  /** Returns an existing execution. Otherwise adds a refusal and returns null. */
  @Nullable ExecutionHead existing(ExecutionId id, String attempted) {
    ExecutionHead head = draft.execution(id);
    if (head == null) {
      refusals.add(RecordRef.of(id), Reason.NOT_FOUND, attempted, "an execution", "none");
    }
    return head;
  }

  /**
   * Returns the task run of an attempt that is its newest and is not LOST. Otherwise adds a refusal
   * and returns null.
   */
  @Nullable TaskRunHead newest(AttemptId id, String attempted) {
    TaskRunHead head = draft.taskRun(id.taskRunId());
    RecordRef ref = RecordRef.of(id);
    if (head == null || id.number() > head.lastAttempt() || head.lastAttemptState() == null) {
      refusals.add(
          ref,
          Reason.NOT_FOUND,
          attempted,
          "an existing attempt",
          head == null ? "no such task run" : head.lastAttempt() + " attempts");
    } else if (id.number() < head.lastAttempt()) {
      refusals.add(
          ref,
          Reason.LEASE_LOST,
          attempted,
          "the newest attempt",
          "attempt " + head.lastAttempt() + " is newer");
    } else if (head.lastAttemptState() == AttemptState.LOST) {
      refusals.add(ref, Reason.LEASE_LOST, attempted, "a live attempt", "it LOST");
    } else {
      return head;
    }
    return null;
  }

  /**
   * Returns the task run of an attempt that is its newest and live. Otherwise adds a refusal and
   * returns null.
   */
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
        "it " + head.lastAttemptState());
    return null;
  }

  /** Whether fencing refuses a write of this attempt. */
  static boolean isVoid(@Nullable Integer fence, TaskRunHead head) {
    return fence != null
        && (fence != head.lastAttempt() || head.lastAttemptState() == AttemptState.LOST);
  }

  void refuseVoid(RecordRef record, String attempted, @Nullable Integer fence, TaskRunHead head) {
    boolean newer = fence == null || fence != head.lastAttempt();
    refusals.add(
        record,
        Reason.LEASE_LOST,
        attempted,
        "attempt " + fence + (newer ? " to be the newest" : " not to be LOST"),
        newer ? "attempt " + head.lastAttempt() : "LOST");
  }
}
