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
 * Looks for work: claims what is ready while there is a free place, and hands on what is due, what
 * has expired and what was left behind. Belongs to the coordinator's thread, which says when to
 * look; from the answers of the store this sees when the next look is due.
 */
final class WorkSearch {
  /**
   * A call from the store may be lost; this is how often leases of dead neighbours are looked for.
   */
  private static final Duration NEIGHBOURS_INTERVAL = Duration.ofSeconds(5);

  /** Nothing should be found by it but what was begun without claims. */
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

  /** The answer to a claim, and the monotonic time before that very claim was sent. */
  private record Sent(long nanos, Claims answer) {}

  /**
   * Makes a search.
   *
   * @param requests what is looked for: certain executions, or whatever is ready
   * @param looks made due earlier where the store says that there will be something to do
   * @param draining whether nothing new is taken any more; asked before each claim
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

  /** Lets the next look be one that leaves nothing out. */
  void beThorough() {
    neighbours.dueNow();
    sweeps.dueNow();
  }

  /** Claims what is ready, and cares for what is due and what was left behind. */
  void look() {
    if (requests.isForAll()) {
      look(null);
      lookFurther();
    } else {
      requests.executions().forEach(this::look);
    }
  }

  /** Whether there is nothing to do, now or after a pause, but what other workers do. */
  boolean queryIsIdle() {
    if (!isIdle()) {
      return false;
    }
    // What is known may be half a poll interval old: one more look before going home.
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
   * Claims once; true when there may be more to do at once.
   *
   * @param seen what was due or expired before in this look. Some of it stays so for a while,
   *     whatever is done about it: an execution whose time is over is due until its last task has
   *     ended.
   */
  private boolean claim(@Nullable ExecutionId only, Set<Record> seen) {
    int places = Math.min(freePlaces(), store.limits().maxClaims());
    ClaimRequest request =
        new ClaimRequest(config.worker(), places, config.lease(), config.pools(), only);
    Sent sent = retries.call(() -> new Sent(System.nanoTime(), store.claim(request)));
    Claims claims = sent.answer();
    starter.start(claims.claimed(), sent.nanos());
    claims.due().forEach(recovery::takeUp);
    claims.expired().forEach(recovery::takeUp);
    boolean something = seen.addAll(claims.due());
    something |= seen.addAll(claims.expired());
    waitsForMore = claims.next() != null || !claims.claimed().isEmpty() || something;
    wakeAfter(claims.next());
    wakeAfter(claims.nextExpiry());
    // What was settled may have made something ready.
    return freePlaces() > 0 && (something || (places > 0 && claims.claimed().size() == places));
  }

  /** None for a worker that drains: it looks on only for what is due about what it still runs. */
  private int freePlaces() {
    return draining.getAsBoolean() ? 0 : Math.max(0, config.concurrency() - attempts.size());
  }

  private void wakeAfter(@Nullable Duration pause) {
    if (pause != null) {
      looks.dueWithin(pause);
    }
  }

  /** Looks for what a claim does not tell. */
  private void lookFurther() {
    boolean found = false;
    if (neighbours.isDue()) {
      neighbours.restart();
      found = recovery.takeUpAbandoned();
    }
    if (sweeps.isDue()) {
      sweeps.restart();
      found |= recovery.takeUpStalled();
    }
    if (found) {
      look(null);
    }
  }
}
