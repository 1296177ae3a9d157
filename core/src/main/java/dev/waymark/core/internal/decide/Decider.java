package dev.waymark.core.internal.decide;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.submit.ChangeVisitor;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.internal.submit.Submission.Prepared;
import dev.waymark.core.internal.submit.Submission.PreparedExecution;
import dev.waymark.core.internal.submit.Submission.PreparedSignal;
import dev.waymark.core.internal.submit.Submission.PreparedWorkflow;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.SignalChange;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides one change set against a ledger: the rules of the store, written once for every backend.
 *
 * <p>Changes are applied in order to a draft of the ledger, each to the result of those before it.
 * A refused change is skipped and the rest is still checked, so that the error names every
 * conflicting record. The draft is posted only when nothing was refused.
 *
 * <p>The rules beyond the tables of moves: an execution ends only when all its task runs have
 * ended, and gains none afterwards; a task run leaves RUNNING or ends only when its newest attempt
 * has ended; nothing starts while its execution is PAUSED; while it is CANCELLING a task run starts
 * only by a claim, and only when it was made ready after the move to CANCELLING, which makes all
 * earlier ready task runs not ready; a new attempt needs a task run that has not ended and a
 * previous attempt that has ended; and only the newest attempt may write.
 */
public final class Decider {
  private final Decision decision;
  private final WorkflowRules workflows;
  private final ExecutionRules executions;
  private final TaskRunRules taskRuns;
  private final AttemptRules attempts;
  private final DueRules dues;
  private final ContentRules contents;
  private final SignalRules signals;
  private final WorkerRules workers;
  private final PoolRules pools;

  private Decider(Decision decision) {
    this.decision = decision;
    workflows = new WorkflowRules(decision);
    taskRuns = new TaskRunRules(decision);
    signals = new SignalRules(decision, taskRuns);
    executions = new ExecutionRules(decision, signals);
    attempts = new AttemptRules(decision);
    dues = new DueRules(decision);
    contents = new ContentRules(decision);
    workers = new WorkerRules(decision);
    pools = new PoolRules(decision);
  }

  /** Decides a change set. When it is accepted, the ledger contains its changes afterwards. */
  public static Verdict decide(Submission submission, Ledger ledger, Limits limits) {
    PastCommit past = ledger.commit(submission.changes().id());
    if (past != null) {
      return repeated(submission, past);
    }
    Ledger draft = ledger.draft();
    try {
      Verdict verdict =
          new Decider(Decision.ofChanges(submission.at(), draft, limits)).decideAll(submission);
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
    // Not at submission: a repeated commit returns its first result also with a wrong clock.
    Times.checkStorable(submission.at());
    List<Change> changes = submission.changes().changes();
    for (int i = 0; i < changes.size(); i++) {
      new Rules(submission.prepared().get(i)).handle(changes.get(i));
    }
    if (!decision.refusals().isEmpty()) {
      return new Verdict.Refused(decision.refusals().error());
    }
    if (decision.outcomes().size() != changes.size()) {
      throw new IllegalStateException(
          changes.size() + " changes have " + decision.outcomes().size() + " outcomes");
    }
    CommitResult result =
        new CommitResult(submission.changes().id(), submission.at(), decision.outcomes());
    PastCommit past = PastCommit.of(submission, result);
    decision.draft().put(past);
    return new Verdict.Accepted(result, past, decision.effects());
  }

  /** Applies the rules for a change, by its kind. */
  private final class Rules implements ChangeVisitor {
    private final @Nullable Prepared prepared;

    Rules(@Nullable Prepared prepared) {
      this.prepared = prepared;
    }

    @Override
    public void visit(Change.SaveWorkflow change) {
      workflows.save(((PreparedWorkflow) Objects.requireNonNull(prepared)).workflow());
    }

    @Override
    public void visit(Change.CreateExecution change) {
      executions.create(change, (PreparedExecution) Objects.requireNonNull(prepared));
    }

    @Override
    public void visit(Change.UpdateExecution change) {
      executions.update(change);
    }

    @Override
    public void visit(Change.ContinueExecution change) {
      executions.continueAs(change, (PreparedExecution) Objects.requireNonNull(prepared));
    }

    @Override
    public void visit(Change.AdmitExecution change) {
      executions.admit(change);
    }

    @Override
    public void visit(Change.CreateTaskRun change) {
      taskRuns.create(change.taskRun());
    }

    @Override
    public void visit(Change.UpdateTaskRun change) {
      taskRuns.update(change);
    }

    @Override
    public void visit(Change.RecordAttempt change) {
      attempts.record(change, ClaimRequest.DEFAULT_POOL);
    }

    @Override
    public void visit(Change.UpdateAttempt change) {
      attempts.update(change);
    }

    @Override
    public void visit(Change.LoseAttempt change) {
      attempts.lose(change);
    }

    @Override
    public void visit(Change.RenewLease change) {
      attempts.renew(change);
    }

    @Override
    public void visit(Change.ReadyTaskRun change) {
      dues.ready(change);
    }

    @Override
    public void visit(Change.SettleExecution change) {
      dues.settle(change);
    }

    @Override
    public void visit(Change.MarkDue change) {
      dues.mark(change);
    }

    @Override
    public void visit(Change.ClearDue change) {
      dues.clear(change);
    }

    @Override
    public void visit(Change.SetLabels change) {
      executions.label(change);
    }

    @Override
    public void visit(SignalChange.Send change) {
      signals.send(change, (PreparedSignal) prepared);
    }

    @Override
    public void visit(SignalChange.Await change) {
      signals.await(change);
    }

    @Override
    public void visit(SignalChange.AwaitChild change) {
      signals.await(change);
    }

    @Override
    public void visit(Change.SetPayload change) {
      contents.set(change);
    }

    @Override
    public void visit(LogChange.Append change) {
      contents.append(change);
    }

    @Override
    public void visit(LogChange.Delete change) {
      contents.delete(change);
    }

    @Override
    public void visit(DeleteChange.DeleteExecution change) {
      executions.delete(change);
    }

    @Override
    public void visit(DeleteChange.DeleteWorkflow change) {
      workflows.delete(change);
    }

    @Override
    public void visit(Change.KeepWorker change) {
      workers.keep(change);
    }

    @Override
    public void visit(Change.RetireWorker change) {
      workers.retire(change);
    }

    @Override
    public void visit(Change.SetPool change) {
      pools.set(change);
    }
  }

  /**
   * Decides whether a worker may claim a task run that was ready. If so, the ledger contains the
   * claim afterwards. Its execution moves to RUNNING if it was PENDING.
   *
   * @param pool the pool from which it is claimed
   * @return what the store must write, or null when the task run must not start: it has already
   *     started or ended, or its execution is PAUSED or has ended
   */
  public static @Nullable Grant grant(
      TaskRunId id, String pool, ClaimRequest request, Instant at, Ledger ledger, Limits limits) {
    TaskRunHead head = ledger.taskRun(id);
    ExecutionHead execution = head == null ? null : ledger.execution(head.executionId());
    if (head == null || execution == null || !head.state().isStartable()) {
      return null;
    }
    Ledger draft = ledger.draft();
    Decision decision = Decision.ofClaim(at, draft, limits);
    Decider decider = new Decider(decision);
    if (execution.state() == ExecutionState.PENDING) {
      decider.executions.update(
          new Change.UpdateExecution(execution.id(), ExecutionState.RUNNING, null, null));
    }
    decider.taskRuns.update(new Change.UpdateTaskRun(id, TaskRunState.RUNNING, null, null));
    boolean tooMany = head.lastAttempt() >= limits.maxAttempts();
    if (!tooMany) {
      decider.attempts.record(
          new Change.RecordAttempt(id, request.worker(), request.lease()), pool);
    }
    if (tooMany || !decision.refusals().isEmpty()) {
      return null;
    }
    draft.post();
    return new Grant(new AttemptId(id, head.lastAttempt() + 1), execution.id(), decision.effects());
  }

  /**
   * Decides what becomes of a task run that was ready and that no worker may claim. If its
   * execution is PAUSED and it waits, its timer has ended, and nothing else notes that: it is
   * PENDING afterwards, so that whoever resumes the execution makes it ready again.
   *
   * @return what the store must write, empty for nothing
   */
  public static List<Effect> passOver(TaskRunId id, Instant at, Ledger ledger, Limits limits) {
    TaskRunHead head = ledger.taskRun(id);
    ExecutionHead execution = head == null ? null : ledger.execution(head.executionId());
    if (head == null
        || execution == null
        || head.state() != TaskRunState.WAITING
        || execution.state() != ExecutionState.PAUSED) {
      return List.of();
    }
    Ledger draft = ledger.draft();
    Decision decision = Decision.ofClaim(at, draft, limits);
    TaskRunHead unused = new TaskRunRules(decision).moved(head, TaskRunState.PENDING);
    draft.post();
    return decision.effects();
  }

  /**
   * A task run that a worker receives.
   *
   * @param attempt the new attempt
   * @param execution its execution
   * @param effects what the store must write
   */
  public record Grant(AttemptId attempt, ExecutionId execution, List<Effect> effects) {}
}
