package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.submit.Submission.PreparedSignal;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.SignalChange;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of signals: who gets them, and when. */
final class SignalRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;
  private final TaskRunRules taskRuns;

  SignalRules(Decision decision, TaskRunRules taskRuns) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
    this.taskRuns = taskRuns;
  }

  // ---- sending

  void send(SignalChange.Send change, @Nullable PreparedSignal prepared) {
    String attempted = "send signal " + change.name() + " to " + change.target();
    ExecutionHead head = decision.existing(change.id(), attempted);
    if (head == null) {
      return;
    }
    Mailbox mailbox = draft.mailbox(change.id());
    Mailbox.Sent before = change.key() == null ? null : mailbox.sent(change.key());
    if (before != null && prepared != null) {
      answerAgain(change, attempted, before, prepared);
    } else if (head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.ENDED,
          attempted,
          "an execution that has not ended",
          "state " + head.state().name());
    } else {
      checkNumber(change.id(), mailbox);
      accept(change, prepared);
    }
  }

  private void answerAgain(
      SignalChange.Send change, String attempted, Mailbox.Sent before, PreparedSignal prepared) {
    if (before.hash().equals(prepared.hash())) {
      decision.answer(change.target(), before.number(), false);
    } else {
      refusals.add(
          change.target(),
          Reason.ALREADY_EXISTS,
          attempted + " with key " + Text.quote(String.valueOf(change.key())),
          "no signal with this key, or the same one",
          "signal " + before.number() + " with another name or payload");
    }
  }

  private void checkNumber(ExecutionId id, Mailbox mailbox) {
    if (mailbox.last() >= decision.limits().maxSignals()) {
      throw new InvalidInputException(
          "execution "
              + id
              + " has "
              + mailbox.last()
              + " signals, which is the limit maxSignals; raise the limit when opening the store");
    }
  }

  private void accept(SignalChange.Send change, @Nullable PreparedSignal prepared) {
    Mailbox mailbox = draft.mailbox(change.id());
    int number = mailbox.last() + 1;
    mailbox = mailbox.withLast(number);
    if (change.key() != null && prepared != null) {
      mailbox = mailbox.withSent(change.key(), new Mailbox.Sent(number, prepared.hash()));
    }
    SignalWait wait = oldestWait(mailbox, change.name());
    draft.put(
        change.id(),
        wait == null ? mailbox.withKept(number, change.name()) : mailbox.without(wait));
    AttemptId to = wait == null ? null : deliver(wait);
    decision.write(
        new Effect.SignalSent(
            change.id(),
            number,
            change.name(),
            change.key(),
            prepared == null ? null : prepared.hash(),
            decision.at(),
            to));
    if (change.payload() != null) {
      decision.write(
          new Effect.PayloadSet(
              PayloadRef.ofSignal(change.id(), number), change.id(), change.payload()));
    }
    decision.answer(change.target(), number, true);
  }

  private @Nullable SignalWait oldestWait(Mailbox mailbox, String name) {
    return mailbox.waits(name).stream().filter(this::isCurrent).findFirst().orElse(null);
  }

  /** Whether the task run has not moved since the wait began. */
  private boolean isCurrent(SignalWait wait) {
    TaskRunHead head = draft.taskRun(wait.taskRun());
    return head != null && head.state() == TaskRunState.WAITING && head.version() == wait.version();
  }

  /** Ends a wait: the task run is PENDING and ready. Returns the attempt that starts next. */
  private AttemptId deliver(SignalWait wait) {
    TaskRunHead waiting = Objects.requireNonNull(draft.taskRun(wait.taskRun()));
    TaskRunHead head = taskRuns.moved(waiting, TaskRunState.PENDING);
    ReadyHead before = draft.ready(wait.taskRun());
    draft.put(new ReadyHead(wait.taskRun(), wait.pool(), wait.priority(), true));
    decision.write(
        new Effect.TaskRunReady(
            wait.taskRun(), wait.pool(), wait.priority(), Duration.ZERO, before == null));
    decision.write(new Effect.SignalWaitEnded(wait.taskRun()));
    return new AttemptId(wait.taskRun(), head.lastAttempt() + 1);
  }

  // ---- waiting

  void await(SignalChange.Await change) {
    TaskRunHead head =
        taskRuns.accepted(
            new Change.UpdateTaskRun(change.id(), TaskRunState.WAITING, null, change.fence()));
    if (head == null) {
      return;
    }
    SignalWait wait =
        new SignalWait(
            change.id(),
            change.name(),
            head.version(),
            change.pool(),
            change.priority(),
            decision.at());
    Mailbox mailbox = draft.mailbox(head.executionId());
    Integer kept = mailbox.oldestKept(change.name());
    if (kept != null) {
      draft.put(head.executionId(), mailbox.withoutKept(kept));
      decision.write(new Effect.SignalDelivered(head.executionId(), kept, deliver(wait)));
    } else {
      draft.put(head.executionId(), mailbox.with(wait));
      decision.write(new Effect.SignalAwaited(head.executionId(), wait));
      startTimer(change);
    }
    TaskRunHead after = draft.taskRun(change.id());
    decision.answer(change.target(), after == null ? head.version() : after.version(), true);
  }

  private void startTimer(SignalChange.Await change) {
    if (change.timeout() != null) {
      Duration delay = change.timeout().truncatedTo(ChronoUnit.MICROS);
      ReadyHead before = draft.ready(change.id());
      draft.put(new ReadyHead(change.id(), change.pool(), change.priority(), delay.isZero()));
      decision.write(
          new Effect.TaskRunReady(
              change.id(), change.pool(), change.priority(), delay, before == null));
    }
  }
}
