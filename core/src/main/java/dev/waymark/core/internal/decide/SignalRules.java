package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.submit.Submission.PreparedSignal;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.SignalChange;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of signals, who gets them and when, and of waits for children. */
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
          "state "
              + head.state().name()
              + (head.continuedAs() == null ? "" : ", continued as " + head.continuedAs()));
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
    AttemptId to = wait == null ? null : wake(wait);
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
  boolean isCurrent(SignalWait wait) {
    TaskRunHead head = draft.taskRun(wait.taskRun());
    return head != null && head.state() == TaskRunState.WAITING && head.version() == wait.version();
  }

  /** Ends a wait: the task run is PENDING and ready. Returns the attempt that starts next. */
  AttemptId wake(SignalWait wait) {
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
      decision.write(new Effect.SignalDelivered(head.executionId(), kept, wake(wait)));
    } else {
      begin(head.executionId(), wait, change.timeout());
    }
    answer(head);
  }

  void await(SignalChange.AwaitChild change) {
    String attempted = "wait for child " + change.child() + " in " + change.target();
    ExecutionHead child = decision.existing(change.child(), attempted);
    TaskRunHead head =
        taskRuns.accepted(
            new Change.UpdateTaskRun(change.id(), TaskRunState.WAITING, null, change.fence()));
    if (head == null || child == null) {
      return;
    }
    if (child.parent() == null || !child.parent().executionId().equals(head.executionId())) {
      refusals.add(
          RecordRef.of(change.child()),
          Reason.OUT_OF_STEP,
          attempted,
          "a child of its execution " + head.executionId(),
          child.parent() == null
              ? "an execution that is no child"
              : "a child of execution " + child.parent().executionId());
      return;
    }
    SignalWait wait =
        new SignalWait(
            change.id(),
            SignalWait.forChild(change.child()),
            head.version(),
            change.pool(),
            change.priority(),
            decision.at());
    if (child.state().isTerminal()) {
      AttemptId unused = wake(wait);
    } else {
      begin(head.executionId(), wait, change.timeout());
    }
    answer(head);
  }

  private void begin(ExecutionId execution, SignalWait wait, @Nullable Duration timeout) {
    draft.put(execution, draft.mailbox(execution).with(wait));
    decision.write(new Effect.SignalAwaited(execution, wait));
    if (timeout != null) {
      Duration delay = timeout.truncatedTo(ChronoUnit.MICROS);
      ReadyHead before = draft.ready(wait.taskRun());
      draft.put(new ReadyHead(wait.taskRun(), wait.pool(), wait.priority(), delay.isZero()));
      decision.write(
          new Effect.TaskRunReady(
              wait.taskRun(), wait.pool(), wait.priority(), delay, before == null));
    }
  }

  /** Answers with the version of the task run after its wait has begun, or has ended at once. */
  private void answer(TaskRunHead waiting) {
    TaskRunHead after = Objects.requireNonNull(draft.taskRun(waiting.id()));
    decision.answer(RecordRef.of(waiting.id()), after.version(), true);
  }

  /** Hands the signals that are kept to the execution that continues this one. */
  void continued(ExecutionId from, ExecutionId to) {
    Mailbox before = draft.mailbox(from);
    int next = 1;
    for (int number : before.kept()) {
      decision.write(new Effect.SignalContinued(from, number, to, next++));
    }
    draft.put(to, before.continued());
    draft.put(from, before.withoutAllKept());
  }

  /** Lets the task runs that wait for a child wait for the one that continues it. */
  void childContinued(ExecutionId child, ExecutionId next, ExecutionId parent) {
    for (SignalWait wait : draft.mailbox(parent).waits(SignalWait.forChild(child))) {
      if (isCurrent(wait)) {
        SignalWait after =
            new SignalWait(
                wait.taskRun(),
                SignalWait.forChild(next),
                wait.version(),
                wait.pool(),
                wait.priority(),
                wait.since());
        draft.put(parent, draft.mailbox(parent).with(after));
        decision.write(new Effect.SignalAwaited(parent, after));
      }
    }
  }

  /** Ends the waits for a child that has ended. */
  void childEnded(ExecutionId child, ExecutionId parent) {
    for (SignalWait wait : draft.mailbox(parent).waits(SignalWait.forChild(child))) {
      if (isCurrent(wait)) {
        draft.put(parent, draft.mailbox(parent).without(wait));
        AttemptId unused = wake(wait);
      }
    }
  }
}
