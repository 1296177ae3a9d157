package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.store.Change;

/** The rules of the logs of attempts. */
final class LogRules {
  private final Decision decision;
  private final Refusals refusals;

  LogRules(Decision decision) {
    this.decision = decision;
    refusals = decision.refusals();
  }

  void append(Change.AppendLog change) {
    String attempted = "append to the log of " + change.target();
    TaskRunHead head = decision.live(change.id(), attempted);
    if (head != null) {
      decision.write(
          new Effect.LogAppended(
              change.id(), head.executionId(), change.position(), change.bytes()));
      decision.answer(change.target(), change.id().number(), true);
    }
  }

  void delete(Change.DeleteLogs change) {
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
}
