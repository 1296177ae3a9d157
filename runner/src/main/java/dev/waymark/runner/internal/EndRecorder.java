package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.model.AttemptState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how attempts of this worker ended, each together with all that follows from it, before
 * anything acts upon it. Belongs to the coordinator's thread.
 */
final class EndRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(EndRecorder.class);

  private final Config config;
  private final Notifier notifier;
  private final Jobs jobs;
  private final LocalAttempts attempts;
  private final Settler settler;

  EndRecorder(
      Config config, Notifier notifier, Jobs jobs, LocalAttempts attempts, Settler settler) {
    this.config = config;
    this.notifier = notifier;
    this.jobs = jobs;
    this.attempts = attempts;
    this.settler = settler;
  }

  /**
   * Records the end of an attempt, which is none of this worker's any more after that. Where the
   * execution is no longer in hand, because it ended elsewhere or cannot be read, nothing is
   * recorded: the attempt is lost to this worker.
   */
  void record(LocalAttempt attempt, ProcessEnd end) {
    Job job = jobs.get(attempt.execution());
    if (job == null || attempt.isLost() || end.isLate()) {
      notifier.leaseLost(attempt, config.worker());
    }
    if (job == null) {
      attempts.remove(attempt);
    } else if (attempt.isLost()) {
      jobs.guard(job, () -> lose(job, attempt));
    } else {
      jobs.guard(job, () -> record(job, attempt, end));
    }
  }

  /**
   * The lease may be over, and what it came to counts for nothing. Where nobody has taken the
   * attempt over by now, it is recorded as lost at once, since its process has ended: the lease in
   * the store may last longer than this worker could know, and nobody need wait for its end. A
   * handler may still run; there the lease has to end.
   */
  private void lose(Job job, LocalAttempt attempt) {
    attempts.remove(attempt);
    jobs.reload(job);
    Node node = job.node(attempt.id().taskRunId());
    if (node != null && node.task.run() != null && job.isLive(attempt.id())) {
      attempts.discard(job, node);
      Step step = settler.newStep(job);
      step.endAttempt(node, AttemptState.LOST, null, "its lease could not be renewed in time");
      settler.follow(step, node, AttemptState.LOST);
      var unused = settler.commitAndGoOn(step);
    }
    settler.finishIfEnded(job);
  }

  private void record(Job job, LocalAttempt attempt, ProcessEnd raw) {
    try {
      // Once, however often it is tried: what is taken is gone.
      Node node = job.isLive(attempt.id()) ? job.node(attempt.id().taskRunId()) : null;
      ProcessEnd full = node == null ? raw : attempts.withOutputs(job, node, attempt.id(), raw);
      recordOrFail(job, attempt, full);
    } finally {
      attempts.remove(attempt);
    }
    settler.finishIfEnded(job);
  }

  /**
   * Records the end of an attempt. Where the database refuses what is to be recorded, as outputs
   * that it cannot hold, the attempt has failed for that reason, which can be recorded.
   */
  private void recordOrFail(Job job, LocalAttempt attempt, ProcessEnd end) {
    try {
      recordUntilTaken(job, attempt, end);
    } catch (StoreRejectedException e) {
      LOG.atWarn()
          .addKeyValue("execution", job.id())
          .addKeyValue("attempt", attempt.id())
          .log("the end of attempt {} was refused: {}", attempt.id(), e.getMessage());
      // What was refused has been made in the picture already.
      jobs.reload(job);
      recordUntilTaken(
          job, attempt, end.failed("its end could not be recorded: " + e.getMessage()));
    }
  }

  private void recordUntilTaken(Job job, LocalAttempt attempt, ProcessEnd end) {
    for (int tries = 1; tries <= Settler.MAX_TRIES; tries++) {
      if (record(job, attempt, end, tries < Settler.MAX_TRIES)) {
        return;
      }
    }
  }

  /**
   * Records the end of an attempt, unless a newer one has made it void.
   *
   * @param whole with all that follows from it; else the bare end, which no change elsewhere can
   *     stand against
   * @return false when it was refused and is to be decided anew
   */
  private boolean record(Job job, LocalAttempt attempt, ProcessEnd end, boolean whole) {
    Node node = job.node(attempt.id().taskRunId());
    if (node == null || !job.isLive(attempt.id())) {
      if (!end.isLate()) {
        notifier.leaseLost(attempt, config.worker());
      }
      return true;
    }
    AttemptState state = Ends.state(job, node, end);
    node.hopeless = end.cause() == ProcessEnd.Cause.NEVER_STARTS;
    Step step = settler.newStep(job);
    step.endAttempt(node, state, end.exitCode(), Ends.error(job, node, end, state));
    if (state == AttemptState.SUCCEEDED) {
      step.setOutputs(node, end.outputs());
    }
    if (whole) {
      settler.follow(step, node, state);
    } else {
      settler.followAlone(step, node, state);
      step.leaveMore();
    }
    return settler.commitAndGoOn(step);
  }
}
