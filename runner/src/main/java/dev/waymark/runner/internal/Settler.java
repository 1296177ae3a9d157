package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.RefusedException;
import dev.waymark.core.store.StateStore;
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

  private final Config config;
  private final StateStore store;
  private final Patience patience;
  private final Notifier notifier;
  private final Jobs jobs;
  private final LocalAttempts attempts;
  private final AbandonedAttempts abandoned;
  private final Parallel parallel;
  private final Requests requests;

  /**
   * Makes a settler.
   *
   * @param attempts those that became void are ended
   * @param requests who waits for the end of an execution hears of it
   */
  Settler(
      Config config,
      Notifier notifier,
      Jobs jobs,
      LocalAttempts attempts,
      AbandonedAttempts abandoned,
      Requests requests) {
    this.config = config;
    this.store = config.store();
    this.patience = config.patience();
    this.notifier = notifier;
    this.jobs = jobs;
    this.attempts = attempts;
    this.abandoned = abandoned;
    this.parallel = new Parallel(store, patience, config.ids());
    this.requests = requests;
  }

  /**
   * Does everything that follows from the states of a job: what a worker left undone between two
   * steps.
   *
   * @param due whether the execution is noted as due, so that the store wants to hear that there is
   *     nothing to do
   */
  void settle(Job job, boolean due) {
    boolean must = due;
    if (job.isWaiting()) {
      if (!parallel.admit(job)) {
        return;
      }
      jobs.reload(job);
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Step step = newStep(job);
      abandoned.addTo(step);
      Settlement.addTo(step);
      if (step.isEmpty() && !must) {
        break;
      }
      Result result = commit(step);
      if (result == Result.DONE || isLeftForLater(result, job)) {
        break;
      }
      must |= result == Result.STALE;
      jobs.reload(job);
    }
    finishIfEnded(job);
  }

  /** An empty step. */
  Step newStep(Job job) {
    return new Step(
        job, config.ids().commitId(), store.limits().maxErrorBytes(), config.clock().instant());
  }

  /** Adds to a step all that follows from the end of a node's attempt. */
  void follow(Step step, Node node, AttemptState end) {
    followAlone(step, node, end);
    Settlement.addTo(step, node);
  }

  /** Adds to a step what follows from the end of a node's attempt for that node alone. */
  void followAlone(Step step, Node node, AttemptState end) {
    step.follow(node, Settlement.after(end, step.job(), node, config));
  }

  /** Commits a step, and what follows from what others did; false where it was refused. */
  boolean commitAndGoOn(Step step) {
    Result result = commit(step);
    if (isLeftForLater(result, step.job())) {
      return true;
    }
    if (result != Result.DONE) {
      jobs.reload(step.job());
    }
    if (result == Result.STALE) {
      settle(step.job(), true);
    }
    return result != Result.REFUSED;
  }

  /**
   * Whether what follows from the work of others is left for later. They may end tasks all the
   * time; to read thousands of task runs for each of them would take longer than the tasks do. The
   * execution is due in the store meanwhile.
   */
  private static boolean isLeftForLater(Result result, Job job) {
    boolean left = result == Result.STALE && !job.mayRead();
    if (left) {
      job.setStale();
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
  private Result commit(Step step) {
    ChangeSet changes = step.changes();
    try {
      CommitResult result = patience.call(() -> store.commit(changes));
      notifier.changed(step.job(), new ArrayList<>(step.committed(result)));
      return Step.isStale(result) ? Result.STALE : Result.DONE;
    } catch (RefusedException e) {
      return Result.REFUSED;
    }
  }

  /** Ends attempts here that became void; where the execution has ended, lets go of it. */
  void finishIfEnded(Job job) {
    for (LocalAttempt attempt : attempts.of(job.id())) {
      if (job.isCancelled(attempt.id()) || !job.isLive(attempt.id())) {
        attempt.end();
      }
    }
    if (job.state().isTerminal() && jobs.has(job.id())) {
      finish(job);
    }
  }

  private void finish(Job job) {
    jobs.drop(job);
    Execution execution = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    if (execution != null) {
      notifier.ended(execution);
      parallel.letNextBegin(job);
    }
    requests.answer(job.id(), job.state());
  }
}
