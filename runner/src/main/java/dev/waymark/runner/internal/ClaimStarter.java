package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Claims.Claimed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts what this worker has claimed. By then the claim is durable: whatever keeps the attempt
 * from starting is recorded as its end. Belongs to the coordinator's thread.
 */
final class ClaimStarter {
  private final Config config;
  private final Notifier notifier;
  private final Jobs jobs;
  private final LocalAttempts attempts;
  private final Deadlines deadlines;

  ClaimStarter(Config config, Notifier notifier, Jobs jobs, LocalAttempts attempts) {
    this.config = config;
    this.notifier = notifier;
    this.jobs = jobs;
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
  private @Nullable Job prepare(Claimed claimed) {
    ExecutionId id = claimed.execution().id();
    Job job = jobs.get(id);
    try {
      if (job == null) {
        job = jobs.take(jobs.progress(id));
      } else if (job.claimed(claimed) == null) {
        catchUp(job, claimed);
      }
      deadlines.begin(job);
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      jobs.setAside(id, e);
      new Unfit(config).refuse(claimed, e);
      return null;
    }
    Node node = job.node(claimed.taskRun().id());
    if (node != null && job.isLive(claimed.attempt().id())) {
      notifier.claimed(job, node);
    }
    return job;
  }

  /**
   * Others have got on with the execution. Of an ordinary task only what it needs is read again: it
   * does not lean on the rest, of which there may be thousands. A task of a later stage receives
   * how all before it have ended.
   */
  private void catchUp(Job job, Claimed claimed) {
    Node node = job.node(claimed.taskRun().id());
    if (node == null || !job.isOpen(node.task.stage())) {
      jobs.reload(job);
    } else {
      jobs.reload(job, node);
      job.load(claimed.execution());
    }
  }

  private void start(Claimed claimed, long sentNanos) {
    Job known = jobs.get(claimed.execution().id());
    // One that was claimed before it may have led to letting go of the execution.
    Job job = known == null ? prepare(claimed) : known;
    if (job != null) {
      jobs.guard(job, () -> start(job, claimed, sentNanos));
    }
  }

  private void start(Job job, Claimed claimed, long sentNanos) {
    Node node = job.node(claimed.taskRun().id());
    // The lease may be over by now, and somebody else at it.
    if (node != null && job.isLive(claimed.attempt().id())) {
      attempts.start(job, node, sentNanos);
    }
  }
}
