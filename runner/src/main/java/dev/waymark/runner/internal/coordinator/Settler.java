package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.attempt.AbandonedAttempts;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.process.HandlerWait;
import dev.waymark.runner.internal.rules.ConcurrencyGate;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.Settlement;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.EndedExecutions;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.util.ArrayList;

/**
 * Settles the executions that this runner works on: it decides which changes of state follow from
 * other changes, by the rules of {@link Settlement}, and records them. Belongs to the coordinator's
 * thread.
 *
 * <p>Every effect is made durable before any action depends on it. Each change set expects the
 * versions that are known here, or carries an attempt number as fencing token. A refusal is
 * therefore not an error: another process was faster. The execution is read again, and the changes
 * are decided again. The same happens when the store answers that more task runs have ended than
 * were known here.
 */
final class Settler {
  /**
   * Each refusal means that another process made progress, so this is enough. Open changes stay
   * due.
   */
  static final int MAX_TRIES = 20;

  private final RunnerConfig config;
  private final StateStore store;
  private final RetriedCalls retries;
  private final Notifier notifier;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final AbandonedAttempts abandoned;
  private final ConcurrencyGate parallel;
  private final Requests requests;
  private final SentEnds sent;

  /**
   * Creates a settler.
   *
   * @param attempts the attempts; those that became void are ended
   * @param requests the requests; they are answered when their execution ends
   * @param sent an execution has not ended before their answers were handled
   */
  Settler(
      RunnerConfig config,
      Notifier notifier,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      AbandonedAttempts abandoned,
      Requests requests,
      SentEnds sent) {
    this.config = config;
    this.store = config.store();
    this.retries = config.retries();
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.abandoned = abandoned;
    this.parallel = new ConcurrencyGate(store, retries, config.ids());
    this.requests = requests;
    this.sent = sent;
  }

  /**
   * Makes every change that follows from the states of an execution, including changes that a
   * worker left undone between two steps.
   *
   * @param due whether the execution is marked as due; an empty step is then committed too, to
   *     record that there is nothing to do
   */
  void settle(ExecutionPicture picture, boolean due) {
    boolean must = due;
    if (picture.isWaiting()) {
      if (!parallel.admit(picture)) {
        return;
      }
      pictures.reload(picture);
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      StepChanges step = newStep(picture);
      abandoned.addTo(step);
      Settlement.addTo(step);
      if (step.isEmpty() && !must) {
        break;
      }
      Result result = commit(step);
      if (result == Result.DONE || isLeftForLater(result, picture)) {
        break;
      }
      must |= result == Result.STALE;
      pictures.reload(picture);
    }
    finishIfEnded(picture);
  }

  /** An empty step. */
  StepChanges newStep(ExecutionPicture picture) {
    return new StepChanges(
        picture, config.ids().commitId(), store.limits().maxErrorBytes(), config.clock().instant());
  }

  /** Adds to a step every change that follows from the end of a task run's attempt. */
  void follow(StepChanges step, TaskRunPicture taskRun, AttemptState end) {
    followAlone(step, taskRun, end);
    Settlement.addTo(step, taskRun);
  }

  /** Adds to a step the changes that follow for the task run itself from the end of its attempt. */
  void followAlone(StepChanges step, TaskRunPicture taskRun, AttemptState end) {
    step.follow(taskRun, Settlement.after(end, step.picture(), taskRun, config));
  }

  /** The same, for an attempt that has succeeded and asks for a wait of its task. */
  void followWaiting(StepChanges step, TaskRunPicture taskRun, HandlerWait asked) {
    TaskRunState after = Settlement.afterWaiting(step.picture(), taskRun, config);
    if (after == TaskRunState.WAITING) {
      step.await(taskRun, asked);
    } else {
      step.follow(taskRun, after);
    }
  }

  /**
   * Commits a step, and the changes that follow from changes by others. Returns false when it was
   * refused.
   */
  boolean commitAndGoOn(StepChanges step) {
    Result result = commit(step);
    if (isLeftForLater(result, step.picture())) {
      return true;
    }
    if (result != Result.DONE) {
      pictures.reload(step.picture());
    }
    if (result == Result.STALE) {
      settle(step.picture(), true);
    }
    return result != Result.REFUSED;
  }

  /** Makes the changes that follow from changes by others, after a step whose result is STALE. */
  void goOn(ExecutionPicture picture) {
    if (!isLeftForLater(Result.STALE, picture)) {
      pictures.reload(picture);
      settle(picture, true);
    }
  }

  /**
   * Whether the changes that follow from changes by others are left for later. Others may end tasks
   * all the time. To read thousands of task runs for each of them would take longer than the tasks.
   * The execution is marked as due in the store meanwhile.
   */
  private static boolean isLeftForLater(Result result, ExecutionPicture picture) {
    boolean left = result == Result.STALE && !picture.mayRead();
    if (left) {
      picture.setStale();
    }
    return left;
  }

  /** The result of committing a step. */
  enum Result {
    /** It is stored, and nothing else is to be done. */
    DONE,
    /**
     * It is stored, but others have changed the execution too: what follows must be decided again.
     */
    STALE,
    /** It was refused. */
    REFUSED
  }

  /** Commits a step. Unless the result is DONE, its execution must be read again. */
  private Result commit(StepChanges step) {
    ChangeSet changes = step.changes();
    try {
      return stored(step, retries.call(() -> store.commit(changes)));
    } catch (RefusedException e) {
      return Result.REFUSED;
    }
  }

  /** Notes that a step is stored. */
  Result stored(StepChanges step, CommitResult answer) {
    notifier.changed(step.picture(), new ArrayList<>(step.committed(answer)));
    if (step.awaitsChild()) {
      requests.noteAwaitedChild();
    }
    if (step.endsExecution()) {
      config.tracer().executionEnded(step.picture().execution());
    }
    return StepChanges.isStale(answer) ? Result.STALE : Result.DONE;
  }

  /** Ends attempts here that became void. If the execution has ended, removes it. */
  void finishIfEnded(ExecutionPicture picture) {
    for (LocalAttempt attempt : attempts.of(picture.id())) {
      if (picture.isCancelled(attempt.id()) || !picture.isLive(attempt.id())) {
        attempt.end();
      }
    }
    if (picture.state().isTerminal()
        && !sent.has(picture.id())
        && pictures.get(picture.id()) == picture) {
      finish(picture);
    }
  }

  private void finish(ExecutionPicture picture) {
    pictures.drop(picture);
    notifier.ended(picture.execution());
    parallel.letNextBegin(picture);
    requests.answer(picture.execution());
    EndedExecutions.ended(picture.id());
  }
}
