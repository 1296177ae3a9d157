package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.WaitReason.ParallelLimit;
import dev.waymark.core.store.WaitReason.PoolFull;
import dev.waymark.core.store.WaitReason.PoolNotServed;
import dev.waymark.core.store.WaitReason.Started;
import dev.waymark.core.store.WaitReason.WaitsForChild;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.Interval;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds executions that block the executions of this runner's requests and on which no living
 * worker works. For example, a worker was killed while its execution held the last slot of a pool,
 * or counted for the limit of its workflow; the execution would hold it forever. Or a task waits
 * for a child, which the runner of its parent alone knows. This runner recovers such an execution
 * and works on it until it ends. It works on no other execution without a request. A runner that
 * works on all executions does not need this class. Belongs to the coordinator's thread.
 */
final class Blockers {
  private static final Logger LOG = LoggerFactory.getLogger(Blockers.class);
  private static final Duration LOOKS = Duration.ofSeconds(2);

  /**
   * How long the runner waits for a blocking execution that it can do nothing for, after all
   * requested executions have ended.
   */
  private static final Duration LAST_RETRY_LIMIT = Duration.ofSeconds(30);

  private final RunnerConfig config;
  private final Requests requests;
  private final LocalAttempts attempts;
  private final Recovery recovery;
  private final ExecutionPictures pictures;
  private final WaitExplainer.Of explainer;
  private final Interval looks = new Interval(LOOKS);
  private final Map<ExecutionId, Interval> idle = new HashMap<>();

  Blockers(
      RunnerConfig config,
      Requests requests,
      LocalAttempts attempts,
      Recovery recovery,
      ExecutionPictures pictures) {
    this.config = config;
    this.requests = requests;
    this.attempts = attempts;
    this.recovery = recovery;
    this.pictures = pictures;
    this.explainer = WaitExplainer.of(config.store(), config.definitions());
  }

  /** Looks for such executions at intervals, and removes those that have ended. */
  void look() {
    if (requests.isForAll()) {
      return;
    }
    dropIdle();
    if ((requests.takeAwaitedChild() || looks.isDue())
        && attempts.running() < config.concurrency()) {
      looks.restart();
      for (ExecutionId id : requests.executions()) {
        for (ExecutionId blocker : blockers(id)) {
          help(id, blocker);
        }
      }
    }
  }

  private void dropIdle() {
    for (ExecutionId id : requests.helped()) {
      Interval retries = idle.computeIfAbsent(id, key -> fromNow());
      if (!requests.onlyHelps() || attempts.hasAny(id)) {
        retries.restart();
      } else if (retries.isDue()) {
        requests.helpNoMore(id);
      }
    }
    Set<ExecutionId> helped = requests.helped();
    idle.keySet()
        .removeIf(
            id -> {
              boolean over = !helped.contains(id);
              if (over) {
                config.scope().remove(id);
              }
              return over;
            });
  }

  private static Interval fromNow() {
    Interval interval = new Interval(LAST_RETRY_LIMIT);
    interval.restart();
    return interval;
  }

  /** The executions that hold what this one waits for, or for whose end it waits. */
  private Set<ExecutionId> blockers(ExecutionId id) {
    Set<ExecutionId> holders = new LinkedHashSet<>();
    Waiting waiting = waiting(id);
    if (waiting != null) {
      waiting.reasons().forEach(reason -> addHolders(reason, holders));
      waiting.taskRuns().forEach(run -> run.reasons().forEach(r -> addHolders(r, holders)));
    }
    holders.remove(id);
    return holders;
  }

  private static void addHolders(WaitReason reason, Set<ExecutionId> holders) {
    if (reason instanceof ParallelLimit limit) {
      limit.heldBy().stream()
          .filter(each -> each.state() != ExecutionState.PAUSED)
          .map(Started::executionId)
          .forEach(holders::add);
    } else if (reason instanceof PoolFull full) {
      full.heldBy().stream()
          .filter(holder -> !holder.alive())
          .map(LeaseHolder::executionId)
          .forEach(holders::add);
    } else if (reason instanceof WaitsForChild wait) {
      holders.add(wait.child());
    }
  }

  private void help(ExecutionId waiting, ExecutionId blocker) {
    if (requests.executions().contains(blocker)
        || pictures.isExcluded(blocker)
        || !isLeft(blocker)) {
      return;
    }
    try {
      LOG.atInfo()
          .addKeyValue("execution", blocker)
          .addKeyValue("waiting", waiting)
          .addKeyValue("worker", config.worker())
          .log(
              "no living worker works on an execution that keeps another one waiting; recovering it");
      if (!recovery.adopt(blocker).state().isTerminal() && requests.help(blocker)) {
        config.scope().add(blocker);
        idle.put(blocker, fromNow());
      }
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      pictures.exclude(blocker, e);
    }
  }

  /** Whether no worker works on an execution, or none that can continue it. */
  private boolean isLeft(ExecutionId id) {
    Waiting waiting = waiting(id);
    if (waiting == null
        || waiting.state().isTerminal()
        || waiting.running().stream().anyMatch(LeaseHolder::alive)) {
      return false;
    }
    return waiting.workers().isEmpty()
        || waiting.taskRuns().stream()
            .flatMap(run -> run.reasons().stream())
            .anyMatch(r -> r instanceof PoolNotServed p && config.pools().contains(p.pool()));
  }

  private @Nullable Waiting waiting(ExecutionId id) {
    return config.retries().<@Nullable Waiting>call(() -> explainer.waiting(id));
  }
}
