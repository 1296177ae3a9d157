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
 * Starts what this worker has claimed. By then the claim is durable: whatever keeps the attempt
 * from starting is recorded as its end. Belongs to the coordinator's thread.
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
   * Starts what was claimed.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  void start(List<Claimed> claimed, long sentNanos) {
    claimed.forEach(each -> attempts.expect(each.attempt().id()));
    // All of them are told of first: they began at one time, and the end of one that cannot start
    // comes after that.
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

  /** Brings the picture of its execution up to date; null where that cannot be run. */
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
      pictures.setAside(id, e);
      new UnrunnableExecutions(config).refuse(claimed, e);
      return null;
    }
    TaskRunPicture node = picture.node(claimed.taskRun().id());
    if (node != null && picture.isLive(claimed.attempt().id())) {
      notifier.claimed(picture, node);
    }
    return picture;
  }

  /**
   * Others have got on with the execution. Of an ordinary task only what it needs is read again: it
   * does not lean on the rest, of which there may be thousands. A task of a later stage receives
   * how all before it have ended.
   */
  private void catchUp(ExecutionPicture picture, Claimed claimed) {
    TaskRunPicture node = picture.node(claimed.taskRun().id());
    if (node == null || !picture.isOpen(node.task().stage())) {
      pictures.reload(picture);
    } else {
      pictures.reload(picture, node);
      picture.load(claimed.execution());
    }
  }

  private void start(Claimed claimed, long sentNanos) {
    ExecutionPicture known = pictures.get(claimed.execution().id());
    // One that was claimed before it may have led to letting go of the execution.
    ExecutionPicture picture = known == null ? prepare(claimed) : known;
    if (picture != null) {
      pictures.guard(picture, () -> start(picture, claimed, sentNanos));
    }
  }

  private void start(ExecutionPicture picture, Claimed claimed, long sentNanos) {
    TaskRunPicture node = picture.node(claimed.taskRun().id());
    // The lease may be over by now, and somebody else at it.
    if (node != null && picture.isLive(claimed.attempt().id())) {
      attempts.start(picture, node, sentNanos);
    }
  }
}
