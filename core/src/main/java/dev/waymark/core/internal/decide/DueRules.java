package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** The rules of ready task runs and due executions. */
final class DueRules {
  /**
   * How long other workers wait for the caller of a stale settle to read the execution again. It is
   * long enough for a live caller, and short when the caller has died.
   */
  private static final Duration SETTLE_GRACE = Duration.ofSeconds(1);

  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;

  DueRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void ready(Change.ReadyTaskRun change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "make " + change.target() + " ready";
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (head.hasLiveAttempt() || !head.state().isStartable()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "state PENDING, RETRYING or WAITING and no live attempt",
          head.hasLiveAttempt() ? "a live attempt" : "state " + head.state().name());
    } else {
      decision.answer(change.target(), head.version(), makeReady(change));
    }
  }

  /**
   * Makes the task run ready, and returns whether that changes anything. A delay counts from the
   * commit, so it always changes the time. Without a delay, a task run that is already available
   * keeps its time when pool and priority are the same.
   */
  private boolean makeReady(Change.ReadyTaskRun change) {
    Duration delay = change.delay().truncatedTo(ChronoUnit.MICROS);
    ReadyHead before = draft.ready(change.id());
    ReadyHead after = new ReadyHead(change.id(), change.pool(), change.priority(), delay.isZero());
    if (after.isAvailable() && after.equals(before)) {
      return false;
    }
    draft.put(after);
    decision.write(
        new Effect.TaskRunReady(
            change.id(), change.pool(), change.priority(), delay, before == null));
    return true;
  }

  void settle(Change.SettleExecution change) {
    ExecutionHead head = decision.existing(change.id(), "settle " + change.target());
    if (head == null) {
      return;
    }
    TaskRunCounts counts = decision.counts(change.id());
    Standing now = new Standing(head.version(), head.state(), counts.live(), counts.ended());
    boolean isCurrent = now.equals(change.standing());
    // An execution that has ended needs no further decision.
    decision.write(
        isCurrent || head.state().isTerminal()
            ? new Effect.ExecutionNotDue(change.id(), DueReason.SETTLE)
            : new Effect.ExecutionDue(change.id(), DueReason.SETTLE, SETTLE_GRACE));
    decision.answer(change.target(), head.version(), !isCurrent);
  }

  void mark(Change.MarkDue change) {
    ExecutionHead head = decision.existing(change.id(), "mark " + change.target() + " as due");
    if (head != null) {
      decision.write(new Effect.ExecutionDue(change.id(), change.reason(), change.delay()));
      decision.answer(change.target(), head.version(), true);
    }
  }

  void clear(Change.ClearDue change) {
    ExecutionHead head = decision.existing(change.id(), "mark " + change.target() + " as not due");
    if (head != null) {
      decision.write(new Effect.ExecutionNotDue(change.id(), change.reason()));
      decision.answer(change.target(), head.version(), true);
    }
  }
}
