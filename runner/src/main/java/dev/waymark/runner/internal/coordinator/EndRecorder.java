package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.ProcessOutcome;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records how attempts of this worker ended, each together with all that follows from it, before
 * anything acts upon it. Belongs to the coordinator's thread.
 */
final class EndRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(EndRecorder.class);

  private final RunnerConfig config;
  private final Notifier notifier;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final Settler settler;

  EndRecorder(
      RunnerConfig config,
      Notifier notifier,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      Settler settler) {
    this.config = config;
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.settler = settler;
  }

  /**
   * Records the end of an attempt, which is none of this worker's any more after that. Where the
   * execution is no longer in hand, because it ended elsewhere or cannot be read, nothing is
   * recorded: the attempt is lost to this worker.
   */
  void record(LocalAttempt attempt, ProcessEnd end) {
    ExecutionPicture picture = pictures.get(attempt.execution());
    if (picture == null || attempt.isLost() || end.isLate()) {
      notifier.leaseLost(attempt, config.worker());
    }
    if (picture == null) {
      attempts.remove(attempt);
    } else if (attempt.isLost()) {
      pictures.guard(picture, () -> lose(picture, attempt));
    } else {
      pictures.guard(picture, () -> record(picture, attempt, end));
    }
  }

  /**
   * The lease may be over, and what it came to counts for nothing. Where nobody has taken the
   * attempt over by now, it is recorded as lost at once, since its process has ended: the lease in
   * the store may last longer than this worker could know, and nobody need wait for its end. A
   * handler may still run; there the lease has to end.
   */
  private void lose(ExecutionPicture picture, LocalAttempt attempt) {
    attempts.remove(attempt);
    pictures.reload(picture);
    TaskRunPicture node = picture.node(attempt.id().taskRunId());
    if (node != null && node.task().run() != null && picture.isLive(attempt.id())) {
      attempts.discard(picture, node);
      StepChanges step = settler.newStep(picture);
      step.endAttempt(node, AttemptState.LOST, null, "its lease could not be renewed in time");
      settler.follow(step, node, AttemptState.LOST);
      var unused = settler.commitAndGoOn(step);
    }
    settler.finishIfEnded(picture);
  }

  private void record(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd raw) {
    try {
      // Once, however often it is tried: what is taken is gone.
      TaskRunPicture node =
          picture.isLive(attempt.id()) ? picture.node(attempt.id().taskRunId()) : null;
      ProcessEnd full = node == null ? raw : attempts.withOutputs(picture, node, attempt.id(), raw);
      recordOrFail(picture, attempt, full);
    } finally {
      attempts.remove(attempt);
    }
    settler.finishIfEnded(picture);
  }

  /**
   * Records the end of an attempt. Where the database refuses what is to be recorded, as outputs
   * that it cannot hold, the attempt has failed for that reason, which can be recorded.
   */
  private void recordOrFail(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end) {
    try {
      recordUntilTaken(picture, attempt, end);
    } catch (StoreRejectedException e) {
      LOG.atWarn()
          .addKeyValue("execution", picture.id())
          .addKeyValue("attempt", attempt.id())
          .log("the end of attempt {} was refused: {}", attempt.id(), e.getMessage());
      // What was refused has been made in the picture already.
      pictures.reload(picture);
      recordUntilTaken(
          picture, attempt, end.failed("its end could not be recorded: " + e.getMessage()));
    }
  }

  private void recordUntilTaken(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end) {
    for (int tries = 1; tries <= Settler.MAX_TRIES; tries++) {
      if (record(picture, attempt, end, tries < Settler.MAX_TRIES)) {
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
  private boolean record(
      ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end, boolean whole) {
    TaskRunPicture node = picture.node(attempt.id().taskRunId());
    if (node == null || !picture.isLive(attempt.id())) {
      if (!end.isLate()) {
        notifier.leaseLost(attempt, config.worker());
      }
      return true;
    }
    AttemptState state = ProcessOutcome.state(picture, node, end);
    node.setHopeless(end.cause() == ProcessEnd.Cause.NEVER_STARTS);
    StepChanges step = settler.newStep(picture);
    step.endAttempt(node, state, end.exitCode(), ProcessOutcome.error(picture, node, end, state));
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
