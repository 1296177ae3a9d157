package dev.waymark.trials;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One thread that claims many task runs at a time, holds some of them beyond a lease, ends them
 * with commits that are in flight together, declares expired attempts lost and settles executions.
 * It abandons some attempts, as if it had died. It writes to a journal what the store answered.
 */
final class Claimer {
  static final Duration LEASE = Duration.ofSeconds(2);

  private static final int LARGEST_CLAIM = 50;
  private static final int MOST_TRIES = 50;
  private static final long IDLE_NANOS = 3_000_000;
  private static final Set<String> POOLS = Set.of(ClaimRequest.DEFAULT_POOL, Picture.SMALL_POOL);

  private final String name;
  private final StateStore store;
  private final ClaimJournal journal;
  private final SplittableRandom random;

  Claimer(String name, StateStore store, ClaimJournal journal, SplittableRandom random) {
    this.name = name;
    this.store = store;
    this.journal = journal;
    this.random = random;
  }

  private boolean oneIn(int chances) {
    return random.nextInt(chances) == 0;
  }

  /** Works until this is true, and ends everything that it has claimed by then. */
  void work(BooleanSupplier isOver) {
    while (!isOver.getAsBoolean()) {
      if (!claim()) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    }
  }

  /** One claim, and everything that follows from it; false when there was nothing. */
  private boolean claim() {
    long since = System.nanoTime();
    Claims claims;
    try {
      int limit = 1 + random.nextInt(LARGEST_CLAIM);
      claims = store.claim(new ClaimRequest(name, limit, LEASE, POOLS));
    } catch (StoreUnavailableException e) {
      journal.unanswered(name);
      return false;
    }
    journal.claimed(name, claims.claimed());
    finish(new Held(claims.claimed(), since));
    // Every claimer is shown the same ones, and one is enough for each.
    claims.expired().stream().filter(each -> oneIn(2)).forEach(this::lose);
    claims.due().stream().filter(each -> oneIn(3)).forEach(due -> settle(due.executionId()));
    return !claims.isEmpty();
  }

  // ---- attempts

  /** The attempts of one claim, and a time before which none of their leases began. */
  private static final class Held {
    private List<Claimed> attempts;
    private long since;

    Held(List<Claimed> attempts, long since) {
      this.attempts = attempts;
      this.since = since;
    }
  }

  private void finish(Held held) {
    held.attempts = held.attempts.stream().filter(each -> !oneIn(40)).toList();
    if (!held.attempts.isEmpty() && oneIn(6)) {
      keep(held);
    }
    end(held);
  }

  /** Works for longer than a lease, and renews all of them together. */
  private void keep(Held held) {
    for (int beats = 4; beats > 0; beats--) {
      LockSupport.parkNanos(LEASE.toNanos() / 3);
      long began = System.nanoTime();
      List<Outcome> outcomes = renew(held);
      List<Claimed> kept = new ArrayList<>();
      for (int i = 0; i < outcomes.size(); i++) {
        if (outcomes.get(i).changed()) {
          kept.add(held.attempts.get(i));
        } else {
          lost(held, held.attempts.get(i));
        }
      }
      held.attempts = kept;
      held.since = began;
    }
  }

  private List<Outcome> renew(Held held) {
    List<AttemptId> ids = held.attempts.stream().map(each -> each.attempt().id()).toList();
    while (true) {
      try {
        return store.renewLeases(ids, LEASE);
      } catch (StoreUnavailableException e) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    }
  }

  /** An attempt whose lease has not expired is nobody else's. */
  private void lost(Held held, Claimed claimed) {
    if (System.nanoTime() - held.since < LEASE.toNanos()) {
      journal.taken(claimed.attempt().id());
    }
  }

  /** Each attempt is ended by a commit of its own, and all of them wait for the store together. */
  private void end(Held held) {
    List<ChangeSet> ends = held.attempts.stream().map(Claimer::end).toList();
    List<CompletableFuture<CommitResult>> answers = ends.stream().map(store::commitAsync).toList();
    for (int i = 0; i < ends.size(); i++) {
      Claimed claimed = held.attempts.get(i);
      try {
        var unused = answer(ends.get(i), answers.get(i));
        journal.ended(claimed.attempt().id());
      } catch (RefusedException e) {
        lost(held, claimed);
      }
    }
  }

  private static ChangeSet end(Claimed claimed) {
    AttemptId attempt = claimed.attempt().id();
    return ChangeSet.builder()
        .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
        .updateTaskRun(attempt, TaskRunState.SUCCEEDED)
        .markDue(claimed.execution().id(), DueReason.SETTLE, Duration.ZERO)
        .build();
  }

  private CommitResult answer(ChangeSet changes, CompletableFuture<CommitResult> first) {
    try {
      return first.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StoreUnavailableException) {
        return commit(changes);
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** Repeats a commit until it is answered: its id shows whether it was stored. */
  private CommitResult commit(ChangeSet changes) {
    while (true) {
      try {
        return store.commit(changes);
      } catch (StoreUnavailableException e) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    }
  }

  private void lose(Claims.Leased expired) {
    Picture picture = picture(expired.executionId());
    if (!picture.isLive(expired.attempt())) {
      return;
    }
    ChangeSet.Builder changes = ChangeSet.builder();
    picture.lose(changes, expired.attempt());
    picture.follow(changes, Duration.ZERO);
    var unused = isDone(picture.settle(changes));
  }

  private void settle(ExecutionId id) {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Picture picture = picture(id);
      ChangeSet.Builder changes = ChangeSet.builder();
      picture.follow(changes, Duration.ZERO);
      if (isDone(picture.settle(changes))) {
        return;
      }
    }
  }

  private Picture picture(ExecutionId id) {
    while (true) {
      try {
        return Picture.of(Objects.requireNonNull(store.executionProgress(id)));
      } catch (StoreUnavailableException e) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    }
  }

  /** Whether the change set was stored, and nobody had changed the execution meanwhile. */
  private boolean isDone(ChangeSet.Builder changes) {
    try {
      List<Outcome> outcomes = commit(changes.build()).outcomes();
      return !outcomes.get(outcomes.size() - 1).changed();
    } catch (RefusedException e) {
      return false;
    }
  }
}
