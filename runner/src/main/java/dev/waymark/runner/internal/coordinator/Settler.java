package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.attempt.AbandonedAttempts;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.base.RetriedCalls;
import dev.waymark.runner.internal.rules.ConcurrencyGate;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.Settlement;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Makes states follow from states in the executions in hand, and records it. What follows is up to
 * the rules of {@link Settlement}; belongs to the coordinator's thread.
 *
 * <p>Every effect is first made durable and then acted upon. Each change set expects the versions
 * that are known here, or carries an attempt's number as its fence. Being refused is therefore no
 * error: somebody else was first, the execution is read again, and what follows is decided anew. So
 * it is where the store answers that more has ended than was known.
 */
final class Settler {
  /**
   * Each refusal means that another process got on, so this is plenty; whatever is still open then
   * stays due.
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

  /**
   * Makes a settler.
   *
   * @param attempts those that became void are ended
   * @param requests who waits for the end of an execution hears of it
   */
  Settler(
      RunnerConfig config,
      Notifier notifier,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      AbandonedAttempts abandoned,
      Requests requests) {
    this.config = config;
    this.store = config.store();
    this.retries = config.retries();
    this.notifier = notifier;
    this.pictures = pictures;
    this.attempts = attempts;
    this.abandoned = abandoned;
    this.parallel = new ConcurrencyGate(store, retries, config.ids());
    this.requests = requests;
  }

  /**
   * Does everything that follows from the states of a job: what a worker left undone between two
   * steps.
   *
   * @param due whether the execution is noted as due, so that the store wants to hear that there is
   *     nothing to do
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

  /** Adds to a step all that follows from the end of a node's attempt. */
  void follow(StepChanges step, TaskRunPicture node, AttemptState end) {
    followAlone(step, node, end);
    Settlement.addTo(step, node);
  }

  /** Adds to a step what follows from the end of a node's attempt for that node alone. */
  void followAlone(StepChanges step, TaskRunPicture node, AttemptState end) {
    step.follow(node, Settlement.after(end, step.picture(), node, config));
  }

  /** Commits a step, and what follows from what others did; false where it was refused. */
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

  /**
   * Whether what follows from the work of others is left for later. They may end tasks all the
   * time; to read thousands of task runs for each of them would take longer than the tasks do. The
   * execution is due in the store meanwhile.
   */
  private static boolean isLeftForLater(Result result, ExecutionPicture picture) {
    boolean left = result == Result.STALE && !picture.mayRead();
    if (left) {
      picture.setStale();
    }
    return left;
  }

  /** What became of a step. */
  private enum Result {
    /** It is stored, and nothing else is to be done. */
    DONE,
    /** It is stored, but others have got on as well: what follows is to be decided anew. */
    STALE,
    /** It is void. */
    REFUSED
  }

  /** Commits a step; unless it is done its job must be read again. */
  private Result commit(StepChanges step) {
    ChangeSet changes = step.changes();
    try {
      CommitResult result = retries.call(() -> store.commit(changes));
      notifier.changed(step.picture(), new ArrayList<>(step.committed(result)));
      return StepChanges.isStale(result) ? Result.STALE : Result.DONE;
    } catch (RefusedException e) {
      return Result.REFUSED;
    }
  }

  /** Ends attempts here that became void; where the execution has ended, lets go of it. */
  void finishIfEnded(ExecutionPicture picture) {
    for (LocalAttempt attempt : attempts.of(picture.id())) {
      if (picture.isCancelled(attempt.id()) || !picture.isLive(attempt.id())) {
        attempt.end();
      }
    }
    if (picture.state().isTerminal() && pictures.has(picture.id())) {
      finish(picture);
    }
  }

  private void finish(ExecutionPicture picture) {
    pictures.drop(picture);
    Execution execution = retries.<@Nullable Execution>call(() -> store.execution(picture.id()));
    if (execution != null) {
      notifier.ended(execution);
      parallel.letNextBegin(picture);
    }
    requests.answer(picture.id(), picture.state());
  }
}
