package dev.waymark.trials;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread of a program that has only a {@link StateStore}: it claims, works, renews leases, ends
 * attempts with everything that follows, marks abandoned attempts as lost, and settles due
 * executions. Some of its attempts fail, outlive their lease or are abandoned, and some of its
 * settles are committed long after their decision. It follows the contract: everything that it
 * leaves undone has a due mark, a lease or a ready task run.
 */
final class Embedder {
  /** A workflow with a limit of parallel executions. */
  static final WorkflowId BOUNDED = new WorkflowId("bounded");

  static final WorkflowId FREE = new WorkflowId("free");
  static final int BOUND = 2;

  private static final int MAX_TRIES = 50;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(300);

  private final String name;
  private final StateStore store;
  private final SplittableRandom random;
  private final Duration lease;

  /** Settles that were decided and are not committed yet. */
  private final Deque<Picture> late = new ArrayDeque<>();

  Embedder(String name, StateStore store, SplittableRandom random) {
    this.name = name;
    this.store = store;
    this.random = random;
    this.lease = Duration.ofMillis(120 + random.nextInt(250));
  }

  private boolean oneIn(int chances) {
    return random.nextInt(chances) == 0;
  }

  private void pause(int maxMillis) {
    LockSupport.parkNanos(1_000_000L * random.nextInt(maxMillis + 1));
  }

  /** One search for work, and everything that it finds; false when there was nothing. */
  boolean work() {
    Claims claims =
        store.claim(
            new ClaimRequest(
                name,
                random.nextInt(4),
                lease,
                Set.of(ClaimRequest.DEFAULT_POOL, Picture.SMALL_POOL)));
    claims.claimed().forEach(this::run);
    claims.expired().forEach(this::lose);
    claims.due().forEach(due -> settle(due.executionId()));
    while (late.size() > 3 || (!late.isEmpty() && oneIn(3))) {
      commitSettle(late.remove());
    }
    return !claims.isEmpty();
  }

  /** Commits the delayed settles. */
  void finish() {
    while (!late.isEmpty()) {
      commitSettle(late.remove());
    }
  }

  // ---- attempts

  private void run(Claimed claimed) {
    AttemptId attempt = claimed.attempt().id();
    int fate = random.nextInt(100);
    if (fate < 6) {
      return; // As if the worker had died.
    }
    if (fate < 14) {
      LockSupport.parkNanos(lease.plusMillis(random.nextInt(80)).toNanos());
    } else if (fate < 22 && !keep(attempt)) {
      return;
    } else {
      pause(6);
    }
    end(claimed, fate < 30 && fate >= 22 ? AttemptState.FAILED : AttemptState.SUCCEEDED);
  }

  /** Works for longer than a lease, and renews it; false when it was lost. */
  private boolean keep(AttemptId attempt) {
    for (int beats = 2 + random.nextInt(4); beats > 0; beats--) {
      LockSupport.parkNanos(lease.toNanos() / 3);
      try {
        store.commit(ChangeSet.builder().renewLease(attempt, lease).build());
      } catch (RefusedException e) {
        return false;
      }
    }
    return true;
  }

  private void end(Claimed claimed, AttemptState end) {
    AttemptId attempt = claimed.attempt().id();
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Picture picture = picture(claimed.execution().id());
      if (!picture.isLive(attempt)) {
        return;
      }
      ChangeSet.Builder changes = ChangeSet.builder();
      picture.end(changes, attempt, end);
      hesitate();
      if (commitWithAllThatFollows(picture, changes)) {
        return;
      }
    }
    // Its lease will expire.
  }

  private void lose(Claims.Leased expired) {
    Picture picture = picture(expired.executionId());
    if (!picture.isLive(expired.attempt())) {
      return;
    }
    ChangeSet.Builder changes = ChangeSet.builder();
    picture.lose(changes, expired.attempt());
    if (oneIn(2)) {
      Picture before = picture(expired.executionId());
      changes.markDue(picture.id(), DueReason.SETTLE, Duration.ZERO);
      var unused = tryCommit(changes);
      if (oneIn(3) && !before.follow(ChangeSet.builder(), Duration.ZERO)) {
        commitSettle(before); // As of somebody who looked before that and was held up.
      }
    } else {
      var unused = commitWithAllThatFollows(picture, changes);
    }
  }

  /** False when it was refused and must be decided again. */
  private boolean commitWithAllThatFollows(Picture picture, ChangeSet.Builder changes) {
    picture.follow(changes, delay());
    if (picture.state().isTerminal() && picture.workflow().equals(BOUNDED)) {
      admitNext(changes, picture.id());
    }
    Result result = tryCommit(picture.settle(changes));
    if (result == Result.STALE) {
      settle(picture.id());
    }
    return result != Result.REFUSED;
  }

  private Duration delay() {
    return oneIn(4) ? Duration.ofMillis(random.nextInt(40)) : Duration.ZERO;
  }

  /** Lets others write between the read and the commit. */
  private void hesitate() {
    if (oneIn(3)) {
      pause(oneIn(4) ? 60 : 5);
    }
  }

  // ---- settling

  /** Makes all changes that follow from the states of an execution. */
  void settle(ExecutionId id) {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      Picture picture = picture(id);
      if (picture.state() == ExecutionState.PENDING && picture.workflow().equals(BOUNDED)) {
        if (!admit(id)) {
          return;
        }
        continue;
      }
      ChangeSet.Builder changes = ChangeSet.builder();
      boolean follows = picture.follow(changes, delay());
      if (!follows && oneIn(3)) {
        late.add(picture);
        return; // It stays due until then.
      }
      if (picture.state().isTerminal() && follows && picture.workflow().equals(BOUNDED)) {
        admitNext(changes, id);
      }
      hesitate();
      if (tryCommit(picture.settle(changes)) == Result.DONE) {
        return;
      }
    }
  }

  private void commitSettle(Picture picture) {
    if (tryCommit(picture.settle(ChangeSet.builder())) == Result.STALE) {
      settle(picture.id());
    }
  }

  /** Lets an execution of the limited workflow begin, or marks it as due later. */
  private boolean admit(ExecutionId id) {
    List<Outcome> outcomes =
        store
            .commit(
                ChangeSet.builder()
                    .admitExecution(id, BOUNDED, BOUND)
                    .clearDue(id, DueReason.SETTLE)
                    .markDue(id, DueReason.SETTLE, LOOK_AGAIN)
                    .build())
            .outcomes();
    return outcomes.get(0).changed();
  }

  /** In the change set that ends one execution, the next one begins, and is due. */
  private void admitNext(ChangeSet.Builder changes, ExecutionId ended) {
    ExecutionQuery waiting =
        ExecutionQuery.builder().workflow(BOUNDED).states(ExecutionState.PENDING).limit(1).build();
    for (Execution next : store.executions(waiting).items()) {
      if (!next.id().equals(ended)) {
        changes.admitExecution(next.id(), BOUNDED, BOUND);
        changes.markDue(next.id(), DueReason.SETTLE, Duration.ZERO);
      }
    }
  }

  // ---- control

  /** Pauses, resumes or cancels an execution, as another process would. */
  void control(ExecutionId id, boolean onlyOn) {
    Execution execution = Objects.requireNonNull(store.execution(id));
    ChangeSet.Builder changes = ChangeSet.builder();
    long version = execution.version();
    if (execution.state() == ExecutionState.PAUSED) {
      changes.updateExecution(id, ExecutionState.RUNNING, version);
      changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
    } else if (execution.state() == ExecutionState.RUNNING && !onlyOn) {
      if (oneIn(25)) {
        changes.updateExecution(id, ExecutionState.CANCELLING, version);
        changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
      } else {
        changes.updateExecution(id, ExecutionState.PAUSED, version);
      }
    }
    if (!changes.isEmpty()) {
      var unused = tryCommit(changes);
    }
  }

  // ---- the store

  private Picture picture(ExecutionId id) {
    ExecutionProgress progress = Objects.requireNonNull(store.executionProgress(id));
    return Picture.of(progress);
  }

  /** The result of a change set. */
  private enum Result {
    DONE,
    STALE,
    REFUSED
  }

  /** Only a change set that settles must check whether the store reports more changes. */
  private Result tryCommit(ChangeSet.Builder changes) {
    try {
      CommitResult result = store.commit(changes.build());
      List<Outcome> outcomes = result.outcomes();
      return outcomes.get(outcomes.size() - 1).changed() ? Result.STALE : Result.DONE;
    } catch (LeaseLostException e) {
      return Result.REFUSED;
    } catch (RefusedException e) {
      return Result.REFUSED;
    }
  }
}
