package dev.waymark.core.internal.decide;

/**
 * Handles an effect by its kind. A store that writes effects implements it, so that a new kind does
 * not compile before each store writes it.
 */
public interface EffectVisitor {
  void visit(Effect.WorkflowSaved effect);

  void visit(Effect.ExecutionCreated effect);

  void visit(Effect.ExecutionMoved effect);

  void visit(Effect.TaskRunCreated effect);

  void visit(Effect.TaskRunMoved effect);

  void visit(Effect.AttemptRecorded effect);

  void visit(Effect.AttemptMoved effect);

  void visit(Effect.LeaseTaken effect);

  void visit(Effect.LeaseRenewed effect);

  void visit(Effect.LeaseEnded effect);

  void visit(Effect.TaskRunReady effect);

  void visit(Effect.TaskRunNotReady effect);

  void visit(Effect.ExecutionNotReady effect);

  void visit(Effect.ExecutionDue effect);

  void visit(Effect.ExecutionNotDue effect);

  void visit(Effect.ChildrenDue effect);

  void visit(Effect.LogAppended effect);

  void visit(Effect.LogsDeleted effect);

  void visit(Effect.WorkerKept effect);

  void visit(Effect.WorkerRetired effect);

  void visit(Effect.PoolSet effect);

  void visit(Effect.PayloadSet effect);

  void visit(Effect.LabelsSet effect);

  void visit(Effect.SignalSent effect);

  void visit(Effect.SignalDelivered effect);

  void visit(Effect.SignalAwaited effect);

  void visit(Effect.SignalWaitEnded effect);

  void visit(Effect.SignalContinued effect);

  void visit(Effect.ExecutionDeleted effect);

  void visit(Effect.WorkflowDeleted effect);
}
