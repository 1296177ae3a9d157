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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts the attempts that this worker has claimed, when there is a free slot for them. The claim
 * is durable at that point, so an error that prevents the start is recorded as the end of the
 * attempt. Belongs to the coordinator's thread.
 *
 * <p>A worker whose tasks end fast claims some attempts ahead of its free slots ({@link Pace}).
 * They wait here in the order of the claim, and their leases are kept. When tasks suddenly take
 * long, those that still wait after a second are given back: their attempts end as CANCELLED, so
 * any worker may take their task runs.
 */
final class ClaimStarter {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final RunnerConfig config;
  private final Notifier notifier;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final SentEnds sent;
  private final Deadlines deadlines;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean starting;
  private boolean stopped;

  /** A claimed attempt, and the monotonic time at which it began to wait. */
  private record Waiting(Claimed claimed, long sinceNanos) {}

  ClaimStarter(
      RunnerConfig config,
      Notifier notifier,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      SentEnds sent) {
    this.config = config;
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.sent = sent;
    this.deadlines = new Deadlines(config);
  }

  /**
   * Starts as many of the claimed attempts as there are free slots. The others wait.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  void start(List<Claimed> claimed, long sentNanos) {
    claimed.forEach(each -> attempts.expect(each.attempt().id(), each.execution().id(), sentNanos));
    // The listener is first notified of all of them: they began at the same time, and the end of an
    // attempt that cannot start comes later.
    long now = System.nanoTime();
    for (Claimed each : claimed) {
      if (prepare(each) == null) {
        attempts.forget(each.attempt().id());
      } else {
        waiting.add(new Waiting(each, now));
      }
    }
    startWaiting();
  }

  /** Starts as many of the waiting attempts as there are free slots. */
  void startWaiting() {
    if (starting || stopped) {
      return; // While it starts, one of them could not start; the loop below goes on after it.
    }
    starting = true;
    try {
      while (!waiting.isEmpty() && attempts.running() < config.concurrency()) {
        start(waiting.remove().claimed(), attempts::start);
      }
    } finally {
      starting = false;
    }
  }

  /** How many attempts wait for a free slot. */
  int waiting() {
    return waiting.size();
  }

  /** Gives back the attempts that have waited too long. */
  void giveBackOld() {
    while (!waiting.isEmpty() && nanosLeft() <= 0) {
      start(waiting.remove().claimed(), attempts::giveBack);
    }
  }

  /** Gives back all attempts that wait, and starts none from now on. */
  void stop() {
    stopped = true;
    while (!waiting.isEmpty()) {
      start(waiting.remove().claimed(), attempts::giveBack);
    }
  }

  /** How long until an attempt has waited too long. */
  long nanosLeft() {
    Waiting first = waiting.peek();
    return first == null
        ? Long.MAX_VALUE
        : first.sinceNanos() + LONGEST_WAIT.toNanos() - System.nanoTime();
  }

  /** Updates the picture of the execution; null if the execution cannot be run here. */
  private @Nullable ExecutionPicture prepare(Claimed claimed) {
    ExecutionId id = claimed.execution().id();
    // The claim may follow from an end of this worker, of which a listener is notified first.
    sent.await(id);
    ExecutionPicture picture = pictures.get(id);
    try {
      if (picture == null) {
        picture = pictures.take(claimed);
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

  private void start(Claimed claimed, BiConsumer<ExecutionPicture, TaskRunPicture> beginning) {
    attempts.expectNoMore(claimed.attempt().id());
    ExecutionPicture known = pictures.get(claimed.execution().id());
    // The start of an earlier claimed task may have removed the execution.
    ExecutionPicture picture = known == null ? prepare(claimed) : known;
    if (picture == null) {
      attempts.forget(claimed.attempt().id());
      return;
    }
    pictures.guard(
        picture,
        () -> {
          TaskRunPicture taskRun = picture.taskRun(claimed.taskRun().id());
          // The lease may have expired, and another worker may run the attempt.
          if (taskRun != null && picture.isLive(claimed.attempt().id())) {
            beginning.accept(picture, taskRun);
          } else {
            attempts.forget(claimed.attempt().id());
          }
        });
  }
}
