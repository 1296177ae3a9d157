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
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Refusal.Reason;
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
  private final Submission submission;
  private final Ledger draft;
  private final Limits limits;
  private final List<Effect> effects = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Refusals refusals = new Refusals();

  private Decider(Submission submission, Ledger draft, Limits limits) {
    this.submission = submission;
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
      Verdict verdict = new Decider(submission, draft, limits).decideAll();
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

  private Verdict decideAll() {
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
    }
  }

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
      ExecutionHead after = head.moved(change.to(), submission.at());
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
                submission.at(),
                null,
                null)));
    outcomes.add(new Outcome(ref, 1, true));
  }

  private void update(Change.UpdateTaskRun change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (change.fence() != null && change.fence() != head.lastAttempt()) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          attempted,
          "attempt " + change.fence() + " to be the newest",
          "attempt " + head.lastAttempt());
    } else if (change.fence() != null && head.lastAttemptState() == AttemptState.LOST) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          attempted,
          "attempt " + change.fence() + " not to be lost",
          "LOST");
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
    TaskRunHead after = head.moved(change.to(), submission.at());
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
      TaskRunHead after = head.withAttempt(number, AttemptState.RUNNING);
      draft.put(after);
      AttemptId id = new AttemptId(head.id(), number);
      effects.add(
          new Effect.AttemptRecorded(
              after,
              new Attempt(
                  id, AttemptState.RUNNING, change.worker(), submission.at(), null, null, null)));
      outcomes.add(new Outcome(RecordRef.of(id), number, true));
    }
  }

  private void update(Change.UpdateAttempt change) {
    TaskRunHead head = draft.taskRun(change.id().taskRunId());
    int number = change.id().number();
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null || number > head.lastAttempt() || head.lastAttemptState() == null) {
      refusals.add(
          change.target(),
          Reason.NOT_FOUND,
          attempted,
          "an attempt",
          head == null ? "no such task run" : head.lastAttempt() + " attempts");
    } else if (number < head.lastAttempt()) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          attempted,
          "the newest attempt",
          "attempt " + head.lastAttempt() + " is newer");
    } else if (head.lastAttemptState() == AttemptState.LOST) {
      refusals.add(change.target(), Reason.LEASE_LOST, attempted, "a live attempt", "LOST");
    } else if (!head.lastAttemptState().canMoveTo(change.to())) {
      refusals.move(
          change.target(), attempted, head.lastAttemptState(), head.lastAttemptState().moves());
    } else {
      TaskRunHead after = head.withAttempt(number, change.to());
      draft.put(after);
      effects.add(
          new Effect.AttemptMoved(
              after,
              head.lastAttemptState(),
              change.to(),
              submission.at(),
              change.exitCode(),
              change.error()));
      outcomes.add(new Outcome(change.target(), number, true));
    }
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
