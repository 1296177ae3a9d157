package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Claims.Claimed;
import java.util.List;

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
    for (Claimed each : claimed) {
      attempts.expectNoMore(each.attempt().id());
      start(each, sentNanos);
    }
  }

  private void start(Claimed claimed, long sentNanos) {
    ExecutionId id = claimed.execution().id();
    Job job = jobs.get(id);
    try {
      if (job == null) {
        job = jobs.take(jobs.progress(id));
      } else if (job.claimed(claimed) == null) {
        jobs.reload(job);
      }
      deadlines.begin(job);
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      jobs.setAside(id, e);
      new Unfit(config).refuse(claimed, e);
      return;
    }
    Job known = job;
    jobs.guard(known, () -> start(known, claimed, sentNanos));
  }

  private void start(Job job, Claimed claimed, long sentNanos) {
    Node node = job.node(claimed.taskRun().id());
    // The lease may be over by now, and somebody else at it.
    if (node != null && job.isLive(claimed.attempt().id())) {
      notifier.claimed(job, node);
      attempts.start(job, node, sentNanos);
    }
  }
}
