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
 * Records the ends of attempts of this worker. Each end is recorded together with everything that
 * follows from it, before any action depends on it. Belongs to the coordinator's thread.
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
   * Records the end of an attempt. After that, the attempt no longer belongs to this worker. If the
   * runner no longer works on the execution, because it ended elsewhere or cannot be read, nothing
   * is recorded: the attempt is lost to this worker.
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
   * The lease may have expired, so the result of the attempt is discarded. If no other worker has
   * taken over the attempt, it is recorded as lost at once, because its process has ended. The
   * lease in the store may last longer than this worker knows, and other workers do not have to
   * wait for its end. A handler may still run; in that case the lease has to expire.
   */
  private void lose(ExecutionPicture picture, LocalAttempt attempt) {
    attempts.remove(attempt);
    pictures.reload(picture);
    TaskRunPicture taskRun = picture.taskRun(attempt.id().taskRunId());
    if (taskRun != null && taskRun.task().run() != null && picture.isLive(attempt.id())) {
      attempts.discard(picture, taskRun);
      StepChanges step = settler.newStep(picture);
      step.endAttempt(taskRun, AttemptState.LOST, null, "its lease could not be renewed in time");
      settler.follow(step, taskRun, AttemptState.LOST);
      var unused = settler.commitAndGoOn(step);
    }
    settler.finishIfEnded(picture);
  }

  private void record(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd raw) {
    try {
      // Only once, even if the recording is repeated: reading the outputs deletes their files.
      TaskRunPicture taskRun =
          picture.isLive(attempt.id()) ? picture.taskRun(attempt.id().taskRunId()) : null;
      ProcessEnd full =
          taskRun == null ? raw : attempts.withOutputs(picture, taskRun, attempt.id(), raw);
      recordOrFail(picture, attempt, full);
    } finally {
      attempts.remove(attempt);
    }
    settler.finishIfEnded(picture);
  }

  /**
   * Records the end of an attempt. If the database rejects the data, for example outputs that it
   * cannot store, the attempt fails for that reason, which can be recorded.
   */
  private void recordOrFail(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end) {
    try {
      recordUntilTaken(picture, attempt, end);
    } catch (StoreRejectedException e) {
      LOG.atWarn()
          .addKeyValue("execution", picture.id())
          .addKeyValue("attempt", attempt.id())
          .log("the end of attempt {} was refused: {}", attempt.id(), e.getMessage());
      // The rejected changes are already in the picture.
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
   * Records the end of an attempt, unless a newer attempt has invalidated it.
   *
   * @param whole whether to record everything that follows from it; otherwise only the end itself,
   *     which conflicts with no change by others
   * @return false when the store refused it and it must be decided again
   */
  private boolean record(
      ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end, boolean whole) {
    TaskRunPicture taskRun = picture.taskRun(attempt.id().taskRunId());
    if (taskRun == null || !picture.isLive(attempt.id())) {
      if (!end.isLate()) {
        notifier.leaseLost(attempt, config.worker());
      }
      return true;
    }
    AttemptState state = ProcessOutcome.state(picture, taskRun, end);
    taskRun.setHopeless(end.cause() == ProcessEnd.Cause.NEVER_STARTS);
    StepChanges step = settler.newStep(picture);
    step.endAttempt(
        taskRun, state, end.exitCode(), ProcessOutcome.error(picture, taskRun, end, state));
    if (state == AttemptState.SUCCEEDED) {
      step.setOutputs(taskRun, end.outputs());
    }
    if (whole) {
      settler.follow(step, taskRun, state);
    } else {
      settler.followAlone(step, taskRun, state);
      step.leaveMore();
    }
    return settler.commitAndGoOn(step);
  }
}
