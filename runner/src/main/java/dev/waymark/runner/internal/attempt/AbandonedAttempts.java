package dev.waymark.runner.internal.attempt;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.internal.process.Orphans;
import dev.waymark.runner.internal.process.ProcessGroups;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.Settlement;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.lease.Workers;

/**
 * Attempts whose workers are gone: detects them, and handles what is left of them before the next
 * attempt. Belongs to the coordinator's thread, which waits until their processes on this machine
 * have ended.
 */
public final class AbandonedAttempts {
  private final RunnerConfig config;
  private final Notifier notifier;
  private final LocalAttempts attempts;
  private final Orphans orphans;
  private final AttemptCommands commands;

  public AbandonedAttempts(
      RunnerConfig config, Notifier notifier, LocalAttempts attempts, ProcessGroups groups) {
    this.config = config;
    this.notifier = notifier;
    this.attempts = attempts;
    this.orphans = new Orphans(groups);
    this.commands = new AttemptCommands(config.logs());
  }

  /**
   * Whether the worker of a live attempt certainly does not work on it any more. An attempt under
   * this worker's own name that it does not run belongs to an earlier worker of this name, or to a
   * claim that the store has not answered yet.
   */
  public boolean contains(AttemptId id, String worker) {
    if (attempts.has(id)) {
      return false;
    }
    return worker.equals(config.worker()) ? !attempts.isClaiming() : Workers.isGone(worker);
  }

  /** Records the abandoned attempts of an execution as lost, and ends their processes. */
  public void addTo(StepChanges step) {
    ExecutionPicture picture = step.picture();
    for (TaskRunPicture taskRun : picture.running()) {
      String worker = taskRun.worker();
      if (worker != null && taskRun.hasLiveAttempt() && contains(taskRun.attemptId(), worker)) {
        endProcesses(picture, taskRun, worker);
        step.endAttempt(taskRun, AttemptState.LOST, null, "worker " + worker + " is gone");
        step.follow(taskRun, Settlement.after(AttemptState.LOST, picture, taskRun, config));
      }
    }
  }

  /**
   * Ends processes of the newest attempt of a task run that another worker may have left running.
   */
  public void endProcesses(ExecutionPicture picture, TaskRunPicture taskRun, String worker) {
    notifier.recovers(picture.id(), taskRun.attemptId(), worker);
    orphans.end(
        commands.pidFile(picture, taskRun, taskRun.attemptId()), AttemptCommands.identity(taskRun));
    commands.discard(picture, taskRun, taskRun.attempt());
  }
}
