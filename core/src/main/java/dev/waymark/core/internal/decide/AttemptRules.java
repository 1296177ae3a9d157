package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of attempts and their leases. */
final class AttemptRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;

  AttemptRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void record(Change.RecordAttempt change, String pool) {
    TaskRunHead head = draft.taskRun(change.taskRunId());
    String attempted = "record an attempt of " + change.target();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "a task run that has not ended",
          "state " + head.state().name());
    } else if (head.state() == TaskRunState.WAITING) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "a task run that does not wait",
          "state WAITING");
    } else if (head.hasLiveAttempt()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "its attempt " + head.lastAttempt() + " to have ended",
          "it RUNNING");
    } else if (decision.isHeld(head)) {
      decision.refuseHeld(change.target(), attempted, head);
    } else {
      int number = head.lastAttempt() + 1;
      if (number > decision.limits().maxAttempts()) {
        throw new InvalidInputException(
            change.target()
                + " has "
                + head.lastAttempt()
                + " attempts, which is the limit maxAttempts; raise the limit when opening the"
                + " store");
      }
      Duration lease = change.lease();
      TaskRunHead after =
          head.withAttempt(
              number, AttemptState.RUNNING, lease == null ? LeaseState.NONE : LeaseState.HELD);
      draft.put(after);
      AttemptId id = new AttemptId(head.id(), number);
      decision.write(
          new Effect.AttemptRecorded(
              after,
              new Attempt(
                  id, AttemptState.RUNNING, change.worker(), decision.at(), null, null, null)));
      if (lease != null) {
        decision.write(new Effect.LeaseTaken(id, change.worker(), lease, pool));
      }
      decision.answer(RecordRef.of(id), number, true);
    }
  }

  void update(Change.UpdateAttempt change) {
    String attempted = "move " + change.target() + " to " + change.to();
    TaskRunHead head = decision.newest(change.id(), attempted);
    if (head == null) {
      return;
    }
    AttemptState state = Objects.requireNonNull(head.lastAttemptState());
    if (state.canMoveTo(change.to())) {
      end(head, change.to(), change.exitCode(), change.error());
    } else {
      refusals.move(change.target(), attempted, state, state.moves());
    }
  }

  void lose(Change.LoseAttempt change) {
    String attempted = "move " + change.target() + " to LOST";
    TaskRunHead head = decision.newest(change.id(), attempted);
    if (head == null) {
      return;
    }
    AttemptState state = Objects.requireNonNull(head.lastAttemptState());
    if (!state.canMoveTo(AttemptState.LOST)) {
      refusals.move(change.target(), attempted, state, state.moves());
    } else if (head.lease() != LeaseState.OVER) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "an expired lease",
          head.lease() == LeaseState.HELD ? "a lease that has not expired" : "no lease");
    } else {
      end(head, AttemptState.LOST, null, change.error());
    }
  }

  private void end(
      TaskRunHead head, AttemptState to, @Nullable Integer exitCode, @Nullable String error) {
    TaskRunHead after = head.withAttempt(head.lastAttempt(), to, LeaseState.NONE);
    draft.put(after);
    decision.write(
        new Effect.AttemptMoved(
            after,
            Objects.requireNonNull(head.lastAttemptState()),
            to,
            decision.at(),
            exitCode,
            error));
    if (head.lease() != LeaseState.NONE) {
      decision.write(new Effect.LeaseEnded(head.newestAttempt()));
    }
    decision.answer(RecordRef.of(head.newestAttempt()), head.lastAttempt(), true);
  }

  void renew(Change.RenewLease change) {
    if (change.ifLive() && !isRenewable(change.id())) {
      TaskRunHead head = draft.taskRun(change.id().taskRunId());
      decision.answer(change.target(), head == null ? 0 : head.lastAttempt(), false);
      return;
    }
    String attempted = "renew the lease of " + change.target();
    TaskRunHead head = decision.live(change.id(), attempted);
    if (head == null) {
      return;
    }
    if (head.lease() == LeaseState.NONE) {
      refusals.add(
          change.target(), Reason.OUT_OF_STEP, attempted, "an attempt with a lease", "no lease");
    } else {
      draft.put(head.withAttempt(head.lastAttempt(), AttemptState.RUNNING, LeaseState.HELD));
      decision.write(new Effect.LeaseRenewed(change.id(), change.lease()));
      decision.answer(change.target(), head.lastAttempt(), true);
    }
  }

  /** Whether an attempt is the newest of its task run, live, and has a lease. */
  private boolean isRenewable(AttemptId id) {
    TaskRunHead head = draft.taskRun(id.taskRunId());
    return head != null
        && head.lastAttempt() == id.number()
        && head.hasLiveAttempt()
        && head.lease() != LeaseState.NONE;
  }
}
