package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;

/**
 * Attempts that workers have left behind which are gone: how they are told from others, and what is
 * done about them before the next attempt. Belongs to the coordinator's thread, which waits until
 * the processes that were left behind on this machine have ended.
 */
final class AbandonedAttempts {
  private final Config config;
  private final Notifier notifier;
  private final LocalAttempts attempts;
  private final Orphans orphans;
  private final Commands commands;

  AbandonedAttempts(
      Config config, Notifier notifier, LocalAttempts attempts, ProcessGroups groups) {
    this.config = config;
    this.notifier = notifier;
    this.attempts = attempts;
    this.orphans = new Orphans(groups);
    this.commands = new Commands(config.logs());
  }

  /**
   * Whether the worker of a live attempt certainly does not work on it any more. An attempt under
   * this worker's own name that it does not run is of an earlier life of it.
   */
  boolean contains(AttemptId id, String worker) {
    return !attempts.has(id) && (worker.equals(config.worker()) || Workers.isGone(worker));
  }

  /** Adds that those of an execution are lost, and ends what is left of them. */
  void addTo(Step step) {
    Job job = step.job();
    for (Node node : job.running()) {
      String worker = node.worker;
      if (worker != null && node.hasLiveAttempt() && contains(node.attemptId(), worker)) {
        endProcesses(job, node, worker);
        step.endAttempt(node, AttemptState.LOST, null, "worker " + worker + " is gone");
        step.follow(node, Settlement.after(AttemptState.LOST, job, node, config));
      }
    }
  }

  /** Ends what another worker may have left running of the newest attempt of a node. */
  void endProcesses(Job job, Node node, String worker) {
    notifier.recovers(job.id(), node.attemptId(), worker);
    orphans.end(commands.pidFile(job, node, node.attemptId()), Commands.identity(node));
    commands.discard(job, node, node.attempt);
  }
}
