package dev.waymark.core.internal.decide;

import dev.waymark.core.store.Change;
import dev.waymark.core.store.Refusal.Reason;

/** What may become of the logs of attempts. */
final class LogRules {
  private final Hearing hearing;
  private final Refusals refusals;

  LogRules(Hearing hearing) {
    this.hearing = hearing;
    refusals = hearing.refusals();
  }

  void append(Change.AppendLog change) {
    String attempted = "append to the log of " + change.target();
    TaskRunHead head = hearing.live(change.id(), attempted);
    if (head != null) {
      hearing.write(
          new Effect.LogAppended(
              change.id(), head.executionId(), change.position(), change.bytes()));
      hearing.answer(change.target(), change.id().number(), true);
    }
  }

  void delete(Change.DeleteLogs change) {
    String attempted = "delete the logs of " + change.target();
    ExecutionHead head = hearing.existing(change.id(), attempted);
    if (head == null) {
      return;
    }
    if (!head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "one that has ended",
          head.state().name());
    } else {
      hearing.write(new Effect.LogsDeleted(change.id()));
      hearing.answer(change.target(), head.version(), true);
    }
  }
}
