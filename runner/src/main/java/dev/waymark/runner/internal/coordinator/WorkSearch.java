package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.base.Interval;
import dev.waymark.runner.internal.base.RetriedCalls;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Searches for work: claims ready task runs while there is a free slot, and passes on executions
 * that are due, expired leases, and abandoned attempts. Belongs to the coordinator's thread, which
 * decides when to look. The answers of the store determine when the next look is due.
 */
final class WorkSearch {
  /**
   * A notification from the store may be lost. This is the interval of the search for leases of
   * dead workers on this machine.
   */
  private static final Duration NEIGHBOURS_INTERVAL = Duration.ofSeconds(5);

  /** This should only find work that was begun without claims. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

  private final RunnerConfig config;
  private final StateStore store;
  private final RetriedCalls retries;
  private final Requests requests;
  private final LocalAttempts attempts;
  private final ClaimStarter starter;
  private final Recovery recovery;
  private final Interval looks;
  private final BooleanSupplier draining;

  private final Interval neighbours = new Interval(NEIGHBOURS_INTERVAL);
  private final Interval sweeps = new Interval(SWEEP_INTERVAL);
  private boolean waitsForMore;

  /** The answer to a claim, and the monotonic time before that claim was sent. */
  private record Sent(long nanos, Claims answer) {}

  /**
   * Creates a search.
   *
   * @param requests what to search for: certain executions, or everything that is ready
   * @param looks the interval between looks; made shorter when the store announces work earlier
   * @param draining whether to claim nothing more; asked before each claim
   */
  WorkSearch(
      RunnerConfig config,
      Requests requests,
      LocalAttempts attempts,
      ClaimStarter starter,
      Recovery recovery,
      Interval looks,
      BooleanSupplier draining) {
    this.config = config;
    this.store = config.store();
    this.retries = config.retries();
    this.requests = requests;
    this.attempts = attempts;
    this.starter = starter;
    this.recovery = recovery;
    this.looks = looks;
    this.draining = draining;
  }

  /** Makes the next look a complete one. */
  void beThorough() {
    neighbours.dueNow();
    sweeps.dueNow();
  }

  /** Claims what is ready, and handles what is due and what was abandoned. */
  void look() {
    if (requests.isForAll()) {
      look(null);
      lookFurther();
    } else {
      requests.executions().forEach(this::look);
    }
  }

  /** Whether there is nothing to do, now or after a delay, except the work of other workers. */
  boolean queryIsIdle() {
    if (!isIdle()) {
      return false;
    }
    // The known state may be half a poll interval old, so there is one more look before the end.
    neighbours.dueNow();
    look();
    return isIdle();
  }

  private boolean isIdle() {
    return attempts.isEmpty() && !waitsForMore;
  }

  private void look(@Nullable ExecutionId only) {
    Set<Record> seen = new HashSet<>();
    boolean more = true;
    while (more) {
      more = claim(only, seen);
    }
  }

  /**
   * Claims once. Returns true when there may be more to do at once.
   *
   * @param seen what was due or expired before in this look. A part of it stays so for a while,
   *     even after it was handled: an execution whose time-out has expired is due until its last
   *     task has ended.
   */
  private boolean claim(@Nullable ExecutionId only, Set<Record> seen) {
    int places = Math.min(freePlaces(), store.limits().maxClaims());
    ClaimRequest request =
        new ClaimRequest(config.worker(), places, config.lease(), config.pools(), only);
    Sent sent = retries.call(() -> new Sent(System.nanoTime(), store.claim(request)));
    Claims claims = sent.answer();
    starter.start(claims.claimed(), sent.nanos());
    claims.due().forEach(recovery::recover);
    claims.expired().forEach(recovery::recover);
    boolean something = seen.addAll(claims.due());
    something |= seen.addAll(claims.expired());
    waitsForMore = claims.next() != null || !claims.claimed().isEmpty() || something;
    wakeAfter(claims.next());
    wakeAfter(claims.nextExpiry());
    // The changes that were settled may have made a task run ready.
    return freePlaces() > 0 && (something || (places > 0 && claims.claimed().size() == places));
  }

  /**
   * Zero for a worker that drains: it only looks for due work of the attempts that it still runs.
   */
  private int freePlaces() {
    return draining.getAsBoolean() ? 0 : Math.max(0, config.concurrency() - attempts.size());
  }

  private void wakeAfter(@Nullable Duration pause) {
    if (pause != null) {
      looks.dueWithin(pause);
    }
  }

  /** Looks for work that a claim does not return. */
  private void lookFurther() {
    boolean found = false;
    if (neighbours.isDue()) {
      neighbours.restart();
      found = recovery.takeUpAbandoned();
    }
    if (sweeps.isDue()) {
      sweeps.restart();
      found |= recovery.recoverStalled();
    }
    if (found) {
      look(null);
    }
  }
}
