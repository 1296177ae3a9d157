package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.rules.Deadlines;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts the attempts that this worker has claimed. The claim is durable at that point, so an error
 * that prevents the start is recorded as the end of the attempt. Belongs to the coordinator's
 * thread.
 */
final class ClaimStarter {
  private final RunnerConfig config;
  private final Notifier notifier;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final Deadlines deadlines;

  ClaimStarter(
      RunnerConfig config, Notifier notifier, ExecutionPictures pictures, LocalAttempts attempts) {
    this.config = config;
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.deadlines = new Deadlines(config);
  }

  /**
   * Starts the claimed attempts.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  void start(List<Claimed> claimed, long sentNanos) {
    claimed.forEach(each -> attempts.expect(each.attempt().id()));
    // The listener is first notified of all of them: they began at the same time, and the end of an
    // attempt that cannot start comes later.
    List<Claimed> prepared = new ArrayList<>();
    for (Claimed each : claimed) {
      if (prepare(each) == null) {
        attempts.expectNoMore(each.attempt().id());
      } else {
        prepared.add(each);
      }
    }
    for (Claimed each : prepared) {
      attempts.expectNoMore(each.attempt().id());
      start(each, sentNanos);
    }
  }

  /** Updates the picture of the execution; null if the execution cannot be run here. */
  private @Nullable ExecutionPicture prepare(Claimed claimed) {
    ExecutionId id = claimed.execution().id();
    ExecutionPicture picture = pictures.get(id);
    try {
      if (picture == null) {
        picture = pictures.take(pictures.progress(id));
      } else if (picture.claimed(claimed) == null) {
        catchUp(picture, claimed);
      }
      deadlines.begin(picture);
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      pictures.exclude(id, e);
      new UnrunnableExecutions(config).refuse(claimed, e);
      return null;
    }
    TaskRunPicture taskRun = picture.taskRun(claimed.taskRun().id());
    if (taskRun != null && picture.isLive(claimed.attempt().id())) {
      notifier.claimed(picture, taskRun);
    }
    return picture;
  }

  /**
   * Other workers have changed the execution. For a task of the first stage, only its needs are
   * read again: it does not depend on the other tasks, of which there may be thousands. A task of a
   * later stage receives how all earlier tasks ended.
   */
  private void catchUp(ExecutionPicture picture, Claimed claimed) {
    TaskRunPicture taskRun = picture.taskRun(claimed.taskRun().id());
    if (taskRun == null || !picture.isOpen(taskRun.task().stage())) {
      pictures.reload(picture);
    } else {
      pictures.reload(picture, taskRun);
      picture.load(claimed.execution());
    }
  }

  private void start(Claimed claimed, long sentNanos) {
    ExecutionPicture known = pictures.get(claimed.execution().id());
    // The start of an earlier claimed task may have removed the execution.
    ExecutionPicture picture = known == null ? prepare(claimed) : known;
    if (picture != null) {
      pictures.guard(picture, () -> start(picture, claimed, sentNanos));
    }
  }

  private void start(ExecutionPicture picture, Claimed claimed, long sentNanos) {
    TaskRunPicture taskRun = picture.taskRun(claimed.taskRun().id());
    // The lease may have expired, and another worker may run the attempt.
    if (taskRun != null && picture.isLive(claimed.attempt().id())) {
      attempts.start(picture, taskRun, sentNanos);
    }
  }
}
