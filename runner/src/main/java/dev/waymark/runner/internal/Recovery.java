package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.definition.Stage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes up what is open in executions, whoever has left it: steps that were not done, executions
 * that are due, attempts whose lease is over. Belongs to the coordinator's thread.
 */
final class Recovery {
  /** How long one that is held keeps running over its time, at most, once it is resumed. */
  private static final Duration HELD_AGAIN = Duration.ofSeconds(10);

  /**
   * How long others may take that can do what this worker cannot, at most, before it tries again.
   */
  private static final Duration UNREADABLE_AGAIN = Duration.ofSeconds(30);

  private final Config config;
  private final Jobs jobs;
  private final LocalAttempts attempts;
  private final AbandonedAttempts abandoned;
  private final Settler settler;

  Recovery(
      Config config,
      Jobs jobs,
      LocalAttempts attempts,
      AbandonedAttempts abandoned,
      Settler settler) {
    this.config = config;
    this.jobs = jobs;
    this.attempts = attempts;
    this.abandoned = abandoned;
    this.settler = settler;
  }

  /**
   * Takes an execution in hand, unless it has ended, and does what is left to be done about it.
   *
   * @return its state, from which the caller sees whether there is more to do
   * @throws WaymarkException when there is none of this id, or it cannot be run here
   */
  ExecutionState adopt(ExecutionId id) {
    Job known = jobs.get(id);
    if (known != null) {
      return known.state();
    }
    ExecutionProgress progress = jobs.progress(id);
    if (progress.execution().state().isTerminal()) {
      return progress.execution().state();
    }
    Job job = jobs.take(progress);
    try {
      settler.settle(job, false);
    } catch (WaymarkException e) {
      jobs.drop(job);
      throw e;
    }
    return job.state();
  }

  /**
   * Takes up at once what workers of this machine have left behind that are gone for sure: nobody
   * need wait for their leases.
   *
   * @return whether there was anything
   */
  boolean takeUpAbandoned() {
    int most = config.store().limits().maxPageSize();
    Set<ExecutionId> left = new LinkedHashSet<>();
    for (Claims.Leased each : config.patience().call(() -> config.store().leases(most))) {
      if (abandoned.contains(each.attempt(), each.worker())) {
        left.add(each.executionId());
      }
    }
    left.forEach(this::takeUp);
    return !left.isEmpty();
  }

  /**
   * Takes up what nobody else will: what an earlier version, or another program, has begun.
   *
   * @return whether there was anything that was not set aside
   */
  boolean takeUpStalled() {
    boolean found = false;
    List<ExecutionId> page = stalledAfter(null);
    while (!page.isEmpty()) {
      for (ExecutionId id : page) {
        found |= !jobs.isSetAside(id);
        takeUp(id);
      }
      page = stalledAfter(page.get(page.size() - 1));
    }
    return found;
  }

  private List<ExecutionId> stalledAfter(@Nullable ExecutionId last) {
    int most = config.store().limits().maxPageSize();
    return config.patience().call(() -> config.store().stalled(last, most));
  }

  private void takeUp(ExecutionId id) {
    if (jobs.isSetAside(id)) {
      return;
    }
    try {
      Job job = jobs.get(id);
      if (job == null) {
        var unused = adopt(id);
      } else {
        jobs.guard(
            job,
            () -> {
              jobs.reload(job);
              settler.settle(job, false);
            });
      }
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      jobs.setAside(id, e);
    }
  }

  /** Does what is due about an execution. */
  void takeUp(Claims.Due due) {
    ExecutionId id = due.executionId();
    try {
      Job job = jobs.get(id);
      if (job == null) {
        ExecutionProgress progress = jobs.progress(id);
        if (progress.execution().state().isTerminal()) {
          clear(due);
          return;
        }
        job = jobs.take(progress);
      } else {
        jobs.reload(job);
      }
      Job known = job;
      jobs.guard(known, () -> settle(known, due));
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      jobs.setAside(id, e);
      // Another worker may be able to do it: one with another version, or with other handlers.
      postpone(due, UNREADABLE_AGAIN);
    }
  }

  private void settle(Job job, Claims.Due due) {
    if (job.state().isTerminal()) {
      clear(due);
    }
    switch (due.reason()) {
      case SETTLE -> settler.settle(job, true);
      case DEADLINE -> {
        boolean over = isOver(job);
        if (over) {
          job.setOverdue(config.clock().instant());
        }
        settler.settle(job, false);
        if (over) {
          attempts.of(job.id()).forEach(LocalAttempt::end);
        }
        if (job.state() == ExecutionState.PAUSED) {
          postpone(due, HELD_AGAIN);
        }
      }
    }
  }

  /**
   * Whether the time of the stage that is open is over. Since the store was asked, another worker
   * may have begun the next stage, and with it a new time; so for a stage after the first it is
   * asked again, after the execution was read.
   */
  private boolean isOver(Job job) {
    Stage stage = job.stage();
    if (stage == null || stage == Stage.MAIN) {
      return stage != null;
    }
    return job.hasBegun(stage) && isStillDue(job.id());
  }

  private boolean isStillDue(ExecutionId id) {
    ClaimRequest nothing = new ClaimRequest(config.worker(), 0, config.lease(), config.pools(), id);
    Claims claims = config.patience().call(() -> config.store().claim(nothing));
    return claims.due().contains(new Claims.Due(id, DueReason.DEADLINE));
  }

  /**
   * Lets an execution about which this worker can do nothing now be due again later: it is over its
   * time and paused, or cannot be worked on here. The store returns a few that are due, and these
   * must not hide the others. The pause is random in part, so that it is not always the same worker
   * that finds it due first.
   */
  private void postpone(Claims.Due due, Duration pause) {
    Duration after = Duration.ofNanos(Backoff.endless(pause, pause).nextNanos());
    ChangeSet changes =
        ChangeSet.builder(config.ids().commitId())
            .clearDue(due.executionId(), due.reason())
            .markDue(due.executionId(), due.reason(), after)
            .build();
    var unused = config.patience().call(() -> config.store().commit(changes));
  }

  /** Nothing is due any more about an execution that has ended. */
  private void clear(Claims.Due due) {
    ChangeSet changes =
        ChangeSet.builder(config.ids().commitId())
            .clearDue(due.executionId(), due.reason())
            .build();
    var unused = config.patience().call(() -> config.store().commit(changes));
  }

  /** Takes up an attempt that another worker has left behind: its lease is over. */
  void takeUp(Claims.Leased expired) {
    try {
      Job job = jobs.current(expired.executionId());
      jobs.guard(job, () -> lose(job, expired));
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      jobs.setAside(expired.executionId(), e);
      new Unfit(config).lose(expired, e);
    }
  }

  private void lose(Job job, Claims.Leased expired) {
    Node node = job.node(expired.attempt().taskRunId());
    if (node == null || !job.isLive(expired.attempt()) || attempts.has(expired.attempt())) {
      return;
    }
    abandoned.endProcesses(job, node, expired.worker());
    Step step = settler.newStep(job);
    step.loseAttempt(node, "worker " + expired.worker() + " gave no sign of life");
    settler.follow(step, node, AttemptState.LOST);
    var unused = settler.commitAndGoOn(step);
  }
}
