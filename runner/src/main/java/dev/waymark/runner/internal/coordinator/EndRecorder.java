package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.coordinator.SentEnds.Sent;
import dev.waymark.runner.internal.process.Continuation;
import dev.waymark.runner.internal.process.FollowUp;
import dev.waymark.runner.internal.process.HandlerWait;
import dev.waymark.runner.internal.process.NextIteration;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.ProcessOutcome;
import dev.waymark.runner.internal.rules.Settlement;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the ends of attempts of this worker. Each end is recorded together with everything that
 * follows from it, before any action depends on it. Belongs to the coordinator's thread.
 *
 * <p><b>The hot path.</b> An end is decided at once and sent to the store, and nobody waits for the
 * answer ({@link SentEnds}). So the ends of a moment share one transaction, and the worker goes on
 * with other attempts meanwhile: the slot of an attempt is free when its work has ended. Several
 * ends of one execution may be on their way, each decided as if those before it were stored. The
 * store decides them in the order in which they were sent. So when one is refused, those after it
 * that depend on it are refused too, or report that they were decided on an old state. Then all of
 * them are looked at together, the execution is read again, and what was not stored is decided
 * again, one after the other, each with its answer.
 */
final class EndRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(EndRecorder.class);

  private final RunnerConfig config;
  private final Notifier notifier;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final Settler settler;
  private final SentEnds sent;

  /** The executions with ends on their way that others have changed, too. */
  private final Set<ExecutionId> stale = new HashSet<>();

  EndRecorder(
      RunnerConfig config,
      Notifier notifier,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      Settler settler,
      SentEnds sent) {
    this.config = config;
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.settler = settler;
    this.sent = sent;
    sent.handleWith(this::answered);
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
      guard(picture, List.of(attempt), () -> send(picture, attempt, end));
    }
  }

  /** Runs an action for an execution. If it fails, these attempts do not belong to this worker. */
  private void guard(ExecutionPicture picture, List<LocalAttempt> own, Runnable action) {
    pictures.guard(
        picture,
        () -> {
          boolean isDone = false;
          try {
            action.run();
            isDone = true;
          } finally {
            if (!isDone) {
              own.forEach(attempts::remove);
            }
          }
        });
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

  private void send(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd raw) {
    TaskRunPicture taskRun = liveTaskRun(picture, attempt);
    if (taskRun == null) {
      noteVoid(attempt, raw);
      attempts.remove(attempt);
      settler.finishIfEnded(picture);
      return;
    }
    // Only once, even if the recording is repeated: reading the outputs deletes their files.
    ProcessEnd end = attempts.withOutputs(picture, taskRun, attempt.id(), raw);
    if (end.followUp() instanceof Continuation) {
      recordLast(picture, attempt, end);
      return;
    }
    StepChanges step = step(picture, attempt, taskRun, end, true);
    ChangeSet changes = step.changes();
    sent.add(new Sent(picture, attempt, end, step, changes, send(changes)));
  }

  /**
   * Records the end of an attempt with which its execution is to continue as a new one. Whether the
   * other tasks have ended is decided on what the store has, after the answers to all other ends.
   */
  private void recordLast(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end) {
    sent.await(picture.id());
    if (pictures.get(picture.id()) != picture) {
      notifier.leaseLost(attempt, config.worker());
    } else {
      pictures.reload(picture);
      boolean isPaused = picture.state() == ExecutionState.PAUSED;
      recordOrFail(
          picture,
          attempt,
          isPaused
              ? end.inVain("the execution was paused before it was continued; the task runs again")
              : end);
    }
    attempts.remove(attempt);
    settler.finishIfEnded(picture);
  }

  /** An error that is thrown at once is an answer like any other. */
  private CompletableFuture<CommitResult> send(ChangeSet changes) {
    try {
      return config.store().commitAsync(changes);
    } catch (WaymarkException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answered(Sent end) {
    ExecutionPicture picture = end.picture();
    if (end.answer().isCompletedExceptionally()) {
      repeat(end);
      return;
    }
    attempts.remove(end.attempt());
    Settler.Result result = settler.stored(end.step(), end.answer().join());
    pictures.guard(picture, () -> goOn(picture, result == Settler.Result.STALE));
  }

  /**
   * Makes the changes that follow from changes by others, when the last answer about the execution
   * was handled: it is then read once for all of them.
   */
  private void goOn(ExecutionPicture picture, boolean isStale) {
    ExecutionId id = picture.id();
    if (isStale) {
      stale.add(id);
    }
    if (sent.has(id)) {
      return;
    }
    boolean wasStale = stale.remove(id);
    // The runner may have given up the execution meanwhile.
    if (pictures.get(id) == picture) {
      if (wasStale) {
        settler.goOn(picture);
      }
      settler.finishIfEnded(picture);
    }
  }

  /**
   * The store has not accepted an end. The ends of the same execution that were sent after it were
   * decided as if it were stored, so they are handled together.
   */
  private void repeat(Sent failed) {
    ExecutionPicture picture = failed.picture();
    List<Sent> ends = new ArrayList<>(List.of(failed));
    ends.addAll(sent.take(picture.id()));
    List<LocalAttempt> own = ends.stream().map(Sent::attempt).toList();
    guard(picture, own, () -> repeat(picture, ends));
  }

  private void repeat(ExecutionPicture picture, List<Sent> ends) {
    boolean isStale = false;
    List<Sent> refused = new ArrayList<>();
    for (Sent end : ends) {
      try {
        CommitResult answer = answer(end);
        attempts.remove(end.attempt());
        isStale |= settler.stored(end.step(), answer) == Settler.Result.STALE;
      } catch (RefusedException | StoreRejectedException | InvalidInputException e) {
        refused.add(end);
      }
    }
    if (pictures.get(picture.id()) == picture) {
      pictures.reload(picture);
      for (Sent end : refused) {
        recordOrFail(picture, end.attempt(), end.end());
        attempts.remove(end.attempt());
      }
    } else {
      for (Sent end : refused) {
        notifier.leaseLost(end.attempt(), config.worker());
        attempts.remove(end.attempt());
      }
    }
    goOn(picture, isStale);
  }

  /** The answer to an end. A store that did not answer is asked again, with the same commit. */
  private CommitResult answer(Sent end) {
    try {
      return end.answer().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreUnavailableException
          || e.getCause() instanceof StoreOverloadedException) {
        return config.retries().call(() -> config.store().commit(end.changes()));
      }
      if (e.getCause() instanceof WaymarkException known) {
        throw known;
      }
      throw e;
    }
  }

  /**
   * Records the end of an attempt. If the database rejects the data, for example outputs that it
   * cannot store, the attempt fails for that reason, which can be recorded. If the store rejects
   * them, for example one task run more than its limit, the task fails without a retry.
   */
  private void recordOrFail(ExecutionPicture picture, LocalAttempt attempt, ProcessEnd end) {
    try {
      recordUntilTaken(picture, attempt, end);
    } catch (StoreRejectedException | InvalidInputException e) {
      LOG.atWarn()
          .addKeyValue("execution", picture.id())
          .addKeyValue("attempt", attempt.id())
          .log("the end of attempt {} was refused: {}", attempt.id(), e.getMessage());
      // The rejected changes are already in the picture.
      pictures.reload(picture);
      String reason = "its end could not be recorded: " + e.getMessage();
      recordUntilTaken(
          picture,
          attempt,
          e instanceof StoreRejectedException ? end.failed(reason) : end.failedForGood(reason));
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
    TaskRunPicture taskRun = liveTaskRun(picture, attempt);
    if (taskRun == null) {
      noteVoid(attempt, end);
      return true;
    }
    return settler.commitAndGoOn(step(picture, attempt, taskRun, end, whole));
  }

  /** The task run of an attempt; null when the attempt is no longer live. */
  private static @Nullable TaskRunPicture liveTaskRun(
      ExecutionPicture picture, LocalAttempt attempt) {
    return picture.isLive(attempt.id()) ? picture.taskRun(attempt.id().taskRunId()) : null;
  }

  private void noteVoid(LocalAttempt attempt, ProcessEnd end) {
    if (!end.isLate()) {
      notifier.leaseLost(attempt, config.worker());
    }
  }

  private StepChanges step(
      ExecutionPicture picture,
      LocalAttempt attempt,
      TaskRunPicture taskRun,
      ProcessEnd end,
      boolean whole) {
    AttemptState state = ProcessOutcome.state(picture, taskRun, end);
    attempt.setRecorded(state, end.exitCode());
    taskRun.setHopeless(end.cause() == ProcessEnd.Cause.NEVER_STARTS);
    StepChanges step = settler.newStep(picture);
    step.endAttempt(
        taskRun, state, end.exitCode(), ProcessOutcome.error(picture, taskRun, end, state));
    if (state == AttemptState.SUCCEEDED) {
      step.setResult(taskRun, end.result());
    }
    FollowUp followUp = state == AttemptState.SUCCEEDED ? end.followUp() : null;
    TaskRunPicture moved = taskRun;
    if (followUp instanceof NextIteration again) {
      moved = step.again(taskRun, again);
    } else if (followUp instanceof HandlerWait asked) {
      settler.followWaiting(step, taskRun, asked);
    } else {
      settler.followAlone(step, taskRun, state);
    }
    if (followUp instanceof Continuation next) {
      Settlement.addLastTo(step, moved, next);
    } else if (whole) {
      Settlement.addTo(step, moved);
    } else {
      step.leaveMore();
    }
    return step;
  }
}
