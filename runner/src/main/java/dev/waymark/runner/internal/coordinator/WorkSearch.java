package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.DaemonThreads;
import dev.waymark.worker.internal.base.Interval;
import dev.waymark.worker.internal.claim.OpenWork;
import dev.waymark.worker.internal.claim.SentClaim;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Searches for work: claims ready task runs while there is a free slot, and passes on executions
 * that are due, expired leases, and abandoned attempts. Belongs to the coordinator's thread, which
 * decides when to look. The answers of the store determine when the next look is due.
 */
final class WorkSearch {
  private static final Duration IDLE_THREAD = Duration.ofSeconds(10);

  /** While so many ends are to be recorded, the store is slower than the tasks. */
  private static final int MOST_ENDED = 2_000;

  private final RunnerConfig config;
  private final StateStore store;
  private final Requests requests;
  private final LocalAttempts attempts;
  private final ClaimStarter starter;
  private final Recovery recovery;
  private final Interval looks;
  private final BooleanSupplier draining;
  private final Executor inbox;

  private final Pace pace = new Pace();
  private final OpenWork openWork;
  private boolean waitsForMore;

  /** The thread that waits for the answers to claims. */
  private final ThreadPoolExecutor claims =
      new ThreadPoolExecutor(
          0,
          1,
          IDLE_THREAD.toNanos(),
          TimeUnit.NANOSECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("waymark-claims"));

  /** Whether to look once more after the current look. */
  private boolean again;

  /** Whether the current look shows whether there is nothing to do. */
  private boolean checking;

  /** What was due or expired in the current look. */
  private final Set<Record> seen = new HashSet<>();

  /**
   * Creates a search.
   *
   * @param requests what to search for: certain executions, or everything that is ready
   * @param looks the interval between looks; made shorter when the store announces work earlier
   * @param draining whether to claim nothing more; asked before each claim
   * @param inbox runs tasks on the coordinator's thread
   */
  WorkSearch(
      RunnerConfig config,
      Requests requests,
      LocalAttempts attempts,
      ClaimStarter starter,
      Recovery recovery,
      Interval looks,
      BooleanSupplier draining,
      Executor inbox) {
    this.config = config;
    this.store = config.store();
    this.openWork = new OpenWork(store, config.retries());
    this.requests = requests;
    this.attempts = attempts;
    this.starter = starter;
    this.recovery = recovery;
    this.looks = looks;
    this.draining = draining;
    this.inbox = inbox;
  }

  /** Whether enough slots are free, or will soon be, for a claim of its own. */
  boolean mayClaimMore() {
    int places = freePlaces();
    return places > 0 && (starter.waiting() == 0 || places * 2 >= pace.ahead());
  }

  /** Notes that an attempt has ended by itself, which tells how fast attempts end. */
  void noteEnd() {
    pace.end();
  }

  /** Makes the next look a complete one. */
  void beThorough() {
    openWork.lookAtLeasesNow();
    openWork.lookForStalledNow();
  }

  /** Claims what is ready, and handles what is due and what was abandoned. */
  void look() {
    if (requests.isForAll()) {
      lookForAll();
    } else {
      requests.executions().forEach(this::look);
    }
  }

  /** Whether there is nothing to do, now or after a delay, except the work of other workers. */
  boolean queryIsIdle() {
    if (!isIdle()) {
      checking = false;
      return false;
    }
    if (checking) {
      checking = false;
      return true;
    }
    // The known state may be half a poll interval old, so there is one more look before the end.
    checking = true;
    openWork.lookAtLeasesNow();
    look();
    return false;
  }

  private boolean isIdle() {
    return attempts.isEmpty() && starter.waiting() == 0 && !attempts.isClaiming() && !waitsForMore;
  }

  /**
   * Looks for work in all executions: claims, and claims again while there may be more. A claim
   * does not hold up the coordinator, which records ends and starts other attempts meanwhile. There
   * is one claim at a time.
   */
  private void lookForAll() {
    if (attempts.isClaiming()) {
      again = true;
    } else {
      seen.clear();
      again = false;
      send();
    }
  }

  private void send() {
    ClaimRequest request = request(null);
    attempts.setClaiming(true);
    claims.execute(
        () -> {
          try {
            SentClaim sent = claim(request);
            inbox.execute(() -> answered(request, sent));
          } catch (RuntimeException | Error e) {
            inbox.execute(() -> fail(e));
          }
        });
  }

  private void fail(Throwable cause) {
    attempts.setClaiming(false);
    if (cause instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) cause;
  }

  private void answered(ClaimRequest request, SentClaim sent) {
    attempts.setClaiming(false);
    if (handle(request, sent, seen)) {
      send();
    } else if (lookFurther() || again) {
      lookForAll();
    }
  }

  private void look(@Nullable ExecutionId only) {
    Set<Record> seenHere = new HashSet<>();
    boolean more = true;
    while (more) {
      ClaimRequest request = request(only);
      more = handle(request, claim(request), seenHere);
    }
  }

  private ClaimRequest request(@Nullable ExecutionId only) {
    int places = Math.min(freePlaces(), store.limits().maxClaims());
    return new ClaimRequest(config.worker(), places, config.lease(), config.pools(), only);
  }

  private SentClaim claim(ClaimRequest request) {
    return SentClaim.of(request, store, config.retries());
  }

  /**
   * Handles the answer to a claim. Returns true when there may be more to do at once.
   *
   * @param known what was due or expired before in this look. A part of it stays so for a while,
   *     even after it was handled: an execution whose time-out has expired is due until its last
   *     task has ended.
   */
  private boolean handle(ClaimRequest request, SentClaim sent, Set<Record> known) {
    Claims answer = sent.answer();
    starter.start(answer.claimed(), sent.sentNanos());
    answer.due().forEach(recovery::recover);
    answer.expired().forEach(recovery::recover);
    boolean something = known.addAll(answer.due());
    something |= known.addAll(answer.expired());
    waitsForMore = answer.next() != null || !answer.claimed().isEmpty() || something;
    wakeAfter(answer.next());
    wakeAfter(answer.nextExpiry());
    boolean isFull = request.limit() > 0 && answer.claimed().size() == request.limit();
    if (request.limit() > 0) {
      pace.claimed(isFull, sent.tookNanos());
    }
    // The changes that were settled may have made a task run ready.
    return freePlaces() > 0 && (something || (isFull && mayClaimMore()));
  }

  /**
   * How many attempts to claim: for the free slots, and some ahead of those that will soon be free.
   * A worker that claims nothing ahead waits until an end is recorded, because what follows from it
   * may have a higher priority than anything that is ready now. Zero while too many ends are to be
   * recorded, and for a worker that drains: it only looks for due work of the attempts that it
   * still runs.
   */
  private int freePlaces() {
    if (draining.getAsBoolean() || attempts.ended() >= MOST_ENDED) {
      return 0;
    }
    int ahead = pace.ahead();
    int taken = attempts.running() + starter.waiting() + (ahead == 0 ? attempts.ended() : 0);
    return Math.max(0, config.concurrency() + ahead - taken);
  }

  private void wakeAfter(@Nullable Duration pause) {
    if (pause != null) {
      looks.dueWithin(pause);
    }
  }

  /**
   * Looks for work that a claim does not return. No claim waits for its answer then, so an attempt
   * under the name of this worker that it does not know is certainly that of an earlier worker.
   *
   * @return whether there was any
   */
  private boolean lookFurther() {
    boolean found = false;
    if (openWork.areLeasesDue()) {
      found = recovery.recoverAbandoned(openWork);
    }
    if (openWork.isStalledDue()) {
      found |= recovery.recoverStalled(openWork);
    }
    return found;
  }

  /** Ends the thread of claims. */
  void close() {
    claims.shutdown();
  }
}
