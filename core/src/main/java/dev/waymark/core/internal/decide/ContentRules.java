package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.LogChange;

/** The rules of what belongs to records: logs, and payloads that are set after the creation. */
final class ContentRules {
  private final Decision decision;
  private final Refusals refusals;

  ContentRules(Decision decision) {
    this.decision = decision;
    refusals = decision.refusals();
  }

  void append(LogChange.Append change) {
    String attempted = "append to the log of " + change.target();
    TaskRunHead head = decision.live(change.id(), attempted);
    if (head != null) {
      decision.write(
          new Effect.LogAppended(
              change.id(), head.executionId(), change.position(), change.bytes()));
      decision.answer(change.target(), change.id().number(), true);
    }
  }

  void delete(LogChange.Delete change) {
    String attempted = "delete the logs of " + change.target();
    ExecutionHead head = decision.existing(change.id(), attempted);
    if (head == null) {
      return;
    }
    if (!head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "an execution that has ended",
          "state " + head.state().name());
    } else {
      decision.write(new Effect.LogsDeleted(change.id()));
      decision.answer(change.target(), head.version(), true);
    }
  }

  void set(Change.SetPayload change) {
    if (change.ref() instanceof PayloadRef.OfExecution ref) {
      setResult(ref.id(), change);
    } else if (change.ref() instanceof PayloadRef.OfTaskRun ref) {
      setResult(ref.id(), change);
    } else {
      setDetails((PayloadRef.OfAttempt) change.ref(), change);
    }
  }

  private void setResult(ExecutionId id, Change.SetPayload change) {
    String attempted = "set the result of " + change.target();
    ExecutionHead head = decision.existing(id, attempted);
    if (head == null) {
      return;
    }
    if (head.state().isTerminal()) {
      refuseEnded(change, attempted, "an execution that has not ended", head.state());
    } else {
      accept(change, id, head.version());
    }
  }

  private void setResult(TaskRunId id, Change.SetPayload change) {
    TaskRunHead head = decision.draft().taskRun(id);
    String attempted = "set the result of " + change.target();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (Decision.isVoid(change.fence(), head)) {
      decision.refuseVoid(change.target(), attempted, change.fence(), head);
    } else if (head.state().isTerminal()) {
      refuseEnded(change, attempted, "a task run that has not ended", head.state());
    } else {
      accept(change, head.executionId(), head.version());
    }
  }

  private void setDetails(PayloadRef.OfAttempt ref, Change.SetPayload change) {
    TaskRunHead head = decision.live(ref.id(), "set the details of " + change.target());
    if (head != null) {
      accept(change, head.executionId(), ref.id().number());
    }
  }

  private void refuseEnded(
      Change.SetPayload change, String attempted, String required, State state) {
    refusals.add(change.target(), Reason.OUT_OF_STEP, attempted, required, "state " + state.name());
  }

  private void accept(Change.SetPayload change, ExecutionId execution, long version) {
    decision.write(new Effect.PayloadSet(change.ref(), execution, change.payload()));
    decision.answer(change.target(), version, true);
  }
}
