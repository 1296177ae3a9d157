package dev.waymark.core.internal.decide;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Submission.Prepared;
import dev.waymark.core.internal.decide.Submission.PreparedExecution;
import dev.waymark.core.internal.decide.Submission.PreparedWorkflow;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Refusal.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges one change set against a ledger: the rules of the store, written once for every backend.
 *
 * <p>Changes are tried in order on a draft of the ledger, each upon the result of those before it.
 * A change that is refused is passed over and the rest is tried all the same, so that the answer
 * names every record that stood in the way. The draft is posted only when nothing was refused.
 *
 * <p>The rules beyond the tables of moves: an execution ends only when all its task runs have
 * ended, and gains none afterwards; a task run leaves RUNNING or ends only when its newest attempt
 * has ended; nothing starts while its execution is PAUSED or CANCELLING; a new attempt needs a task
 * run that has not ended and an attempt before it that has; and only the newest attempt may write.
 */
public final class Decider {
  /**
   * How long others leave it to one who found that more has happened to look again: long enough for
   * him, and short where he has died.
   */
  private static final Duration SETTLE_GRACE = Duration.ofSeconds(1);

  private final Instant at;
  private final Ledger draft;
  private final Limits limits;
  private final List<Effect> effects = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Refusals refusals = new Refusals();

  private Decider(Instant at, Ledger draft, Limits limits) {
    this.at = at;
    this.draft = draft;
    this.limits = limits;
  }

  /**
   * Judges a change set; when it is accepted, or was committed before, the ledger shows it from now
   * on.
   */
  public static Verdict decide(Submission submission, Ledger ledger, Limits limits) {
    PastCommit past = ledger.commit(submission.changes().id());
    if (past != null) {
      return repeated(submission, past);
    }
    Ledger draft = ledger.draft();
    try {
      Verdict verdict = new Decider(submission.at(), draft, limits).decideAll(submission);
      if (verdict instanceof Verdict.Accepted) {
        draft.post();
      }
      return verdict;
    } catch (InvalidInputException e) {
      return new Verdict.Refused(e);
    }
  }

  private static Verdict repeated(Submission submission, PastCommit past) {
    if (past.isOf(submission)) {
      return new Verdict.Repeated(past.answerTo(submission.changes()));
    }
    return new Verdict.Refused(
        new InvalidInputException(
            "commit id "
                + past.id()
                + " was used at "
                + past.at()
                + " for another change set; use a new commit id for a new change set"));
  }

  private Verdict decideAll(Submission submission) {
    // Not when the change set is submitted: what was committed before has its answer at any time.
    Times.checkStorable(submission.at());
    List<Change> changes = submission.changes().changes();
    for (int i = 0; i < changes.size(); i++) {
      decide(changes.get(i), submission.prepared().get(i));
    }
    if (!refusals.isEmpty()) {
      return new Verdict.Refused(refusals.error());
    }
    CommitResult result = new CommitResult(submission.changes().id(), submission.at(), outcomes);
    PastCommit past = PastCommit.of(submission, result);
    draft.put(past);
    return new Verdict.Accepted(result, past, effects);
  }

  private void decide(Change change, @Nullable Prepared prepared) {
    if (change instanceof Change.SaveWorkflow) {
      save(((PreparedWorkflow) Objects.requireNonNull(prepared)).workflow());
    } else if (change instanceof Change.CreateExecution create) {
      create(create, (PreparedExecution) Objects.requireNonNull(prepared));
    } else if (change instanceof Change.UpdateExecution update) {
      update(update);
    } else if (change instanceof Change.CreateTaskRun create) {
      create(create.taskRun());
    } else if (change instanceof Change.UpdateTaskRun update) {
      update(update);
    } else if (change instanceof Change.RecordAttempt record) {
      record(record);
    } else if (change instanceof Change.UpdateAttempt update) {
      update(update);
    } else {
      decideOther(change);
    }
  }

  private void decideOther(Change change) {
    if (change instanceof Change.LoseAttempt lose) {
      lose(lose);
    } else if (change instanceof Change.RenewLease renew) {
      renew(renew);
    } else if (change instanceof Change.ReadyTaskRun ready) {
      ready(ready);
    } else if (change instanceof Change.SettleExecution settle) {
      settle(settle);
    } else if (change instanceof Change.MarkDue due) {
      mark(due);
    } else if (change instanceof Change.ClearDue due) {
      clear(due);
    } else if (change instanceof Change.SetOutputs set) {
      set(set);
    }
  }

  /**
   * Judges whether a task run that was ready goes to the worker that claims it; when it does, the
   * ledger shows so from now on. Its execution is put to RUNNING with it, where it was PENDING.
   *
   * @return what is to be written, or null when the task run may not start: it has started already
   *     or ended, or its execution is held or has ended
   */
  public static @Nullable Grant grant(
      TaskRunId id, ClaimRequest request, Instant at, Ledger ledger, Limits limits) {
    TaskRunHead head = ledger.taskRun(id);
    ExecutionHead execution = head == null ? null : ledger.execution(head.executionId());
    if (head == null
        || execution == null
        || !(head.state() == TaskRunState.PENDING || head.state() == TaskRunState.RETRYING)) {
      return null;
    }
    Ledger draft = ledger.draft();
    Decider decider = new Decider(at, draft, limits);
    if (execution.state() == ExecutionState.PENDING) {
      decider.update(
          new Change.UpdateExecution(execution.id(), ExecutionState.RUNNING, null, null));
    }
    decider.update(new Change.UpdateTaskRun(id, TaskRunState.RUNNING, null, null));
    boolean tooMany = head.lastAttempt() >= limits.maxAttempts();
    if (!tooMany) {
      decider.record(new Change.RecordAttempt(id, request.worker(), request.lease()));
    }
    if (tooMany || !decider.refusals.isEmpty()) {
      return null;
    }
    draft.post();
    return new Grant(new AttemptId(id, head.lastAttempt() + 1), execution.id(), decider.effects);
  }

  /**
   * A task run that goes to a worker.
   *
   * @param attempt the new attempt
   * @param execution its execution
   * @param effects what is to be written
   */
  public record Grant(AttemptId attempt, ExecutionId execution, List<Effect> effects) {}

  // ---- workflows

  private void save(Workflow content) {
    WorkflowHead head = draft.workflow(content.id());
    RecordRef ref = RecordRef.of(content.id());
    if (head != null && head.contentHash().equals(content.contentHash())) {
      outcomes.add(new Outcome(ref, head.revision(), false));
      return;
    }
    int revision = head == null ? 1 : head.revision() + 1;
    draft.put(new WorkflowHead(content.id(), revision, content.contentHash()));
    effects.add(
        new Effect.WorkflowSaved(
            new Workflow(
                content.id(),
                revision,
                content.description(),
                content.labels(),
                content.createdAt(),
                content.contentHash(),
                content.definition())));
    outcomes.add(new Outcome(ref, revision, true));
  }

  // ---- executions

  private void create(Change.CreateExecution change, PreparedExecution prepared) {
    Execution wanted = prepared.execution();
    ExecutionHead existing = draft.execution(wanted.id());
    if (existing != null) {
      if (existing.requestHash().equals(prepared.requestHash())) {
        outcomes.add(new Outcome(change.target(), existing.version(), false));
      } else {
        refusals.add(
            change.target(),
            Reason.ALREADY_EXISTS,
            "create " + change.target(),
            "no such execution, or one of the same request",
            "one of another request");
      }
      return;
    }
    WorkflowHead workflow = draft.workflow(wanted.workflowId());
    if (workflow == null || workflow.revision() < wanted.workflowRevision()) {
      refuseMissingRevision(change, wanted, workflow);
      return;
    }
    int revision = wanted.workflowRevision() == 0 ? workflow.revision() : wanted.workflowRevision();
    Execution execution =
        new Execution(
            wanted.id(),
            wanted.workflowId(),
            revision,
            wanted.state(),
            wanted.version(),
            wanted.labels(),
            wanted.inputs(),
            wanted.createdAt(),
            null,
            null,
            null);
    draft.put(
        new ExecutionHead(
            wanted.id(), wanted.state(), wanted.version(), null, null, prepared.requestHash()));
    draft.put(wanted.id(), Family.NONE);
    effects.add(new Effect.ExecutionCreated(execution, prepared.requestHash()));
    outcomes.add(new Outcome(change.target(), wanted.version(), true));
  }

  private void refuseMissingRevision(
      Change change, Execution wanted, @Nullable WorkflowHead workflow) {
    String attempted = "create " + change.target() + " of workflow " + wanted.workflowId();
    if (workflow == null) {
      refusals.add(
          RecordRef.of(wanted.workflowId()),
          Reason.NOT_FOUND,
          attempted,
          "a saved workflow",
          "none");
    } else {
      refusals.add(
          RecordRef.of(wanted.workflowId()),
          Reason.NOT_FOUND,
          attempted,
          "revision " + wanted.workflowRevision(),
          "revisions 1 to " + workflow.revision());
    }
  }

  private void update(Change.UpdateExecution change) {
    ExecutionHead head = draft.execution(change.id());
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "an execution", "none");
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (!head.state().canMoveTo(change.to())) {
      refusals.move(change.target(), attempted, head.state(), head.state().moves());
    } else if (change.to().isTerminal() && family(change.id()).live() > 0) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "all its task runs ended",
          family(change.id()).live() + " that have not");
    } else {
      ExecutionHead after = head.moved(change.to(), at);
      draft.put(after);
      effects.add(new Effect.ExecutionMoved(after, head.state(), change.error()));
      outcomes.add(new Outcome(change.target(), after.version(), true));
    }
  }

  // ---- task runs

  private void create(NewTaskRun wanted) {
    RecordRef ref = RecordRef.of(wanted.id());
    TaskRunHead existing = draft.taskRun(wanted.id());
    if (existing != null) {
      if (existing.executionId().equals(wanted.executionId())
          && existing.taskId().equals(wanted.taskId())) {
        outcomes.add(new Outcome(ref, existing.version(), false));
      } else {
        refusals.add(
            ref,
            Reason.ALREADY_EXISTS,
            "create " + ref,
            "no such task run",
            "one for task " + existing.taskId() + " of execution " + existing.executionId());
      }
      return;
    }
    ExecutionHead execution = draft.execution(wanted.executionId());
    if (execution == null) {
      refusals.add(
          RecordRef.of(wanted.executionId()),
          Reason.NOT_FOUND,
          "create " + ref + " of execution " + wanted.executionId(),
          "an execution",
          "none");
    } else if (execution.state().isTerminal()) {
      refusals.add(
          RecordRef.of(wanted.executionId()),
          Reason.OUT_OF_STEP,
          "create " + ref + " of execution " + wanted.executionId(),
          "one that has not ended",
          execution.state().name());
    } else {
      createFor(wanted, ref);
    }
  }

  private void createFor(NewTaskRun wanted, RecordRef ref) {
    TaskRunHead sameTask = draft.taskRun(new TaskKey(wanted.executionId(), wanted.taskId()));
    if (sameTask != null) {
      refusals.add(
          ref,
          Reason.ALREADY_EXISTS,
          "create "
              + ref
              + " for task "
              + wanted.taskId()
              + " of execution "
              + wanted.executionId(),
          "no task run for it yet",
          RecordRef.of(sameTask.id()).toString());
      return;
    }
    Family family = family(wanted.executionId());
    if (family.taskRuns() >= limits.maxTaskRuns()) {
      throw new InvalidInputException(
          "execution "
              + wanted.executionId()
              + " has "
              + family.taskRuns()
              + " task runs, the limit maxTaskRuns; raise it when opening the store");
    }
    draft.put(wanted.executionId(), family.plus(1, 1));
    draft.put(
        new TaskRunHead(
            wanted.id(),
            wanted.executionId(),
            wanted.taskId(),
            TaskRunState.PENDING,
            1,
            0,
            null,
            LeaseState.NONE,
            null,
            null));
    effects.add(
        new Effect.TaskRunCreated(
            new TaskRun(
                wanted.id(),
                wanted.executionId(),
                wanted.taskId(),
                TaskRunState.PENDING,
                1,
                0,
                at,
                null,
                null)));
    outcomes.add(new Outcome(ref, 1, true));
  }

  private void update(Change.UpdateTaskRun change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (isVoid(change.fence(), head)) {
      refuseVoid(change.target(), attempted, change.fence(), head);
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (!head.state().canMoveTo(change.to())) {
      refusals.move(change.target(), attempted, head.state(), head.state().moves());
    } else if (change.to() == TaskRunState.RUNNING && isHeld(head)) {
      refuseHeld(change.target(), attempted, head);
    } else if (head.hasLiveAttempt() && change.to() != TaskRunState.RUNNING) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "its attempt " + head.lastAttempt() + " ended",
          String.valueOf(head.lastAttemptState()));
    } else {
      move(change, head);
    }
  }

  private void move(Change.UpdateTaskRun change, TaskRunHead head) {
    TaskRunHead after = head.moved(change.to(), at);
    draft.put(after);
    Family family = draft.family(head.executionId());
    if (family != null && change.to().isTerminal()) {
      draft.put(head.executionId(), family.plus(0, -1));
    }
    effects.add(new Effect.TaskRunMoved(after, head.state()));
    outcomes.add(new Outcome(change.target(), after.version(), true));
  }

  // ---- attempts

  private void record(Change.RecordAttempt change) {
    TaskRunHead head = draft.taskRun(change.taskRunId());
    String attempted = "record an attempt of " + change.target();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "one that has not ended",
          head.state().name());
    } else if (head.hasLiveAttempt()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "its attempt " + head.lastAttempt() + " ended",
          "RUNNING");
    } else if (isHeld(head)) {
      refuseHeld(change.target(), attempted, head);
    } else {
      int number = head.lastAttempt() + 1;
      if (number > limits.maxAttempts()) {
        throw new InvalidInputException(
            change.target()
                + " has "
                + head.lastAttempt()
                + " attempts, the limit maxAttempts; raise it when opening the store");
      }
      Duration lease = change.lease();
      TaskRunHead after =
          head.withAttempt(
              number, AttemptState.RUNNING, lease == null ? LeaseState.NONE : LeaseState.HELD);
      draft.put(after);
      AttemptId id = new AttemptId(head.id(), number);
      effects.add(
          new Effect.AttemptRecorded(
              after, new Attempt(id, AttemptState.RUNNING, change.worker(), at, null, null, null)));
      if (lease != null) {
        effects.add(new Effect.LeaseTaken(id, change.worker(), lease));
      }
      outcomes.add(new Outcome(RecordRef.of(id), number, true));
    }
  }

  private void update(Change.UpdateAttempt change) {
    String attempted = "move " + change.target() + " to " + change.to();
    TaskRunHead head = newest(change.id(), attempted);
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

  private void lose(Change.LoseAttempt change) {
    String attempted = "move " + change.target() + " to LOST because its lease is over";
    TaskRunHead head = newest(change.id(), attempted);
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
          "a lease that is over",
          head.lease() == LeaseState.HELD ? "one that lasts" : "none");
    } else {
      end(head, AttemptState.LOST, null, change.error());
    }
  }

  private void end(
      TaskRunHead head, AttemptState to, @Nullable Integer exitCode, @Nullable String error) {
    TaskRunHead after = head.withAttempt(head.lastAttempt(), to, LeaseState.NONE);
    draft.put(after);
    effects.add(
        new Effect.AttemptMoved(
            after, Objects.requireNonNull(head.lastAttemptState()), to, at, exitCode, error));
    if (head.lease() != LeaseState.NONE) {
      effects.add(new Effect.LeaseEnded(head.newestAttempt()));
    }
    outcomes.add(new Outcome(RecordRef.of(head.newestAttempt()), head.lastAttempt(), true));
  }

  private void renew(Change.RenewLease change) {
    String attempted = "renew the lease of " + change.target();
    TaskRunHead head = newest(change.id(), attempted);
    if (head == null) {
      return;
    }
    if (!head.hasLiveAttempt()) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          attempted,
          "a live attempt",
          String.valueOf(head.lastAttemptState()));
    } else if (head.lease() == LeaseState.NONE) {
      refusals.add(
          change.target(), Reason.OUT_OF_STEP, attempted, "an attempt with a lease", "one without");
    } else {
      draft.put(head.withAttempt(head.lastAttempt(), AttemptState.RUNNING, LeaseState.HELD));
      effects.add(new Effect.LeaseRenewed(change.id(), change.lease()));
      outcomes.add(new Outcome(change.target(), head.lastAttempt(), true));
    }
  }

  /** The task run of an attempt that is its newest and not lost; else null, and it is refused. */
  private @Nullable TaskRunHead newest(AttemptId id, String attempted) {
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

  // ---- what is ready and what is due

  private void ready(Change.ReadyTaskRun change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "make " + change.target() + " ready";
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (head.hasLiveAttempt()
        || (head.state() != TaskRunState.PENDING && head.state() != TaskRunState.RETRYING)) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "one that is PENDING or RETRYING, without a live attempt",
          head.hasLiveAttempt() ? "a live attempt" : head.state().name());
    } else {
      effects.add(
          new Effect.TaskRunReady(change.id(), change.pool(), change.priority(), change.delay()));
      outcomes.add(new Outcome(change.target(), head.version(), true));
    }
  }

  private void settle(Change.SettleExecution change) {
    ExecutionHead head = existing(change.id(), "settle " + change.target());
    if (head == null) {
      return;
    }
    boolean more = family(change.id()).live() != change.unfinished();
    effects.add(
        more
            ? new Effect.ExecutionDue(change.id(), DueReason.SETTLE, SETTLE_GRACE)
            : new Effect.ExecutionNotDue(change.id(), DueReason.SETTLE));
    outcomes.add(new Outcome(change.target(), head.version(), more));
  }

  private void mark(Change.MarkDue change) {
    ExecutionHead head = existing(change.id(), "note " + change.target() + " as due");
    if (head != null) {
      effects.add(new Effect.ExecutionDue(change.id(), change.reason(), change.delay()));
      outcomes.add(new Outcome(change.target(), head.version(), true));
    }
  }

  private void clear(Change.ClearDue change) {
    ExecutionHead head = existing(change.id(), "note " + change.target() + " as not due");
    if (head != null) {
      effects.add(new Effect.ExecutionNotDue(change.id(), change.reason()));
      outcomes.add(new Outcome(change.target(), head.version(), true));
    }
  }

  private @Nullable ExecutionHead existing(ExecutionId id, String attempted) {
    ExecutionHead head = draft.execution(id);
    if (head == null) {
      refusals.add(RecordRef.of(id), Reason.NOT_FOUND, attempted, "an execution", "none");
    }
    return head;
  }

  private void set(Change.SetOutputs change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "set the outputs of " + change.target();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (isVoid(change.fence(), head)) {
      refuseVoid(change.target(), attempted, change.fence(), head);
    } else if (head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "one that has not ended",
          head.state().name());
    } else {
      effects.add(new Effect.OutputsSet(change.id(), change.outputs()));
      outcomes.add(new Outcome(change.target(), head.version(), true));
    }
  }

  /** Whether what is written on behalf of this attempt is void. */
  private static boolean isVoid(@Nullable Integer fence, TaskRunHead head) {
    return fence != null
        && (fence != head.lastAttempt() || head.lastAttemptState() == AttemptState.LOST);
  }

  private void refuseVoid(
      RecordRef record, String attempted, @Nullable Integer fence, TaskRunHead head) {
    boolean newer = fence == null || fence != head.lastAttempt();
    refusals.add(
        record,
        Reason.LEASE_LOST,
        attempted,
        "attempt " + fence + (newer ? " to be the newest" : " not to be lost"),
        newer ? "attempt " + head.lastAttempt() : "LOST");
  }

  /** The family of an execution that {@link Touches#families()} has named. */
  private Family family(ExecutionId id) {
    return Objects.requireNonNull(draft.family(id), "the family was not loaded");
  }

  /** Whether nothing may start in the execution of a task run now. */
  private boolean isHeld(TaskRunHead taskRun) {
    ExecutionHead execution = draft.execution(taskRun.executionId());
    return execution != null
        && (execution.state() == ExecutionState.PAUSED
            || execution.state() == ExecutionState.CANCELLING);
  }

  private void refuseHeld(RecordRef record, String attempted, TaskRunHead head) {
    ExecutionHead execution = Objects.requireNonNull(draft.execution(head.executionId()));
    refusals.add(
        record,
        Reason.OUT_OF_STEP,
        attempted,
        "its execution " + execution.id() + " PENDING or RUNNING",
        execution.state().name());
  }
}
