package dev.waymark.core.internal.submit;

import dev.waymark.core.store.Change;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.SignalChange;

/**
 * Handles a change by its kind. Every class that distinguishes the kinds implements this interface,
 * so that the compiler finds each place that a new kind needs. {@link #handle} is the only chain of
 * type tests; a test runs it over all permitted kinds.
 */
public interface ChangeVisitor {
  /**
   * Calls the method for the kind of a change.
   *
   * @throws IllegalStateException if the kind has no branch here
   */
  default void handle(Change change) {
    if (!(visitedWork(change)
        || visitedRecord(change)
        || visitedSignal(change)
        || visitedDeletion(change))) {
      throw new IllegalStateException("no branch for " + change.getClass().getName());
    }
  }

  /** The records and what belongs to them. */
  private boolean visitedRecord(Change change) {
    if (change instanceof Change.SaveWorkflow it) {
      visit(it);
    } else if (change instanceof Change.CreateExecution it) {
      visit(it);
    } else if (change instanceof Change.UpdateExecution it) {
      visit(it);
    } else if (change instanceof Change.ContinueExecution it) {
      visit(it);
    } else if (change instanceof Change.CreateTaskRun it) {
      visit(it);
    } else if (change instanceof Change.UpdateTaskRun it) {
      visit(it);
    } else if (change instanceof Change.RecordAttempt it) {
      visit(it);
    } else if (change instanceof Change.UpdateAttempt it) {
      visit(it);
    } else if (change instanceof Change.SetPayload it) {
      visit(it);
    } else if (change instanceof Change.SetLabels it) {
      visit(it);
    } else if (change instanceof LogChange.Append it) {
      visit(it);
    } else if (change instanceof LogChange.Delete it) {
      visit(it);
    } else {
      return false;
    }
    return true;
  }

  /** Leases, work that is ready or due, workers and pools. */
  private boolean visitedWork(Change change) {
    if (change instanceof Change.AdmitExecution it) {
      visit(it);
    } else if (change instanceof Change.LoseAttempt it) {
      visit(it);
    } else if (change instanceof Change.RenewLease it) {
      visit(it);
    } else if (change instanceof Change.ReadyTaskRun it) {
      visit(it);
    } else if (change instanceof Change.SettleExecution it) {
      visit(it);
    } else if (change instanceof Change.MarkDue it) {
      visit(it);
    } else if (change instanceof Change.ClearDue it) {
      visit(it);
    } else if (change instanceof Change.KeepWorker it) {
      visit(it);
    } else if (change instanceof Change.RetireWorker it) {
      visit(it);
    } else if (change instanceof Change.SetPool it) {
      visit(it);
    } else {
      return false;
    }
    return true;
  }

  private boolean visitedSignal(Change change) {
    if (change instanceof SignalChange.Send it) {
      visit(it);
    } else if (change instanceof SignalChange.Await it) {
      visit(it);
    } else if (change instanceof SignalChange.AwaitChild it) {
      visit(it);
    } else {
      return false;
    }
    return true;
  }

  private boolean visitedDeletion(Change change) {
    if (change instanceof DeleteChange.DeleteExecution it) {
      visit(it);
    } else if (change instanceof DeleteChange.DeleteWorkflow it) {
      visit(it);
    } else {
      return false;
    }
    return true;
  }

  void visit(Change.SaveWorkflow change);

  void visit(Change.CreateExecution change);

  void visit(Change.UpdateExecution change);

  void visit(Change.ContinueExecution change);

  void visit(Change.AdmitExecution change);

  void visit(Change.CreateTaskRun change);

  void visit(Change.UpdateTaskRun change);

  void visit(Change.RecordAttempt change);

  void visit(Change.UpdateAttempt change);

  void visit(Change.LoseAttempt change);

  void visit(Change.RenewLease change);

  void visit(Change.ReadyTaskRun change);

  void visit(Change.SettleExecution change);

  void visit(Change.MarkDue change);

  void visit(Change.ClearDue change);

  void visit(SignalChange.Send change);

  void visit(SignalChange.Await change);

  void visit(SignalChange.AwaitChild change);

  void visit(Change.SetPayload change);

  void visit(Change.SetLabels change);

  void visit(LogChange.Append change);

  void visit(LogChange.Delete change);

  void visit(DeleteChange.DeleteExecution change);

  void visit(DeleteChange.DeleteWorkflow change);

  void visit(Change.KeepWorker change);

  void visit(Change.RetireWorker change);

  void visit(Change.SetPool change);
}
