package dev.waymark.core.store;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link StateStore} that workers use, and programs that watch them: claims, leases,
 * notifications, pools, workers, and logs of attempts.
 *
 * <p>A worker claims ready task runs ({@link #claim}), renews their leases while it works on them
 * ({@link #renewLeases}), and commits their results as change sets ({@link StateStore#commit}). It
 * claims again when {@link #onReady} notifies it, and from time to time:
 *
 * <pre>{@code
 * Claims claims = store.claim(ClaimRequest.of("worker-1", 4, Duration.ofSeconds(30)));
 * for (Claims.Claimed claimed : claims.claimed()) {
 *   run(claimed);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Every method may throw the errors that {@link StateStore} names.
 *
 * @since 0.1.0
 */
public interface WorkQueue {
  /**
   * Claims ready task runs for a worker. Order: greatest priority first, and within a priority
   * those first that have been ready longest. For a pool with a limit ({@link Change.SetPool}), the
   * claim takes at most as many task runs as slots are free, also when several workers claim at the
   * same time.
   *
   * <p>Each claimed task run moves to RUNNING, and so does its execution when it is PENDING. Each
   * claimed task run gets a new attempt of this worker, with a lease. All of this is durable when
   * the call returns. The claim skips task runs that another transaction is claiming, and those
   * whose execution another transaction is writing, while there are others to claim. No task run is
   * claimed by two workers. A ready task run that may no longer start is removed from the ready
   * ones.
   *
   * <p>The claim also reports executions that are due and leases that have expired. While claims
   * get all the task runs that they ask for, a store reports them only about five times a second:
   * at the latest in the first claim that begins 200 ms after the last report. A claim that gets
   * fewer task runs than it asks for, a claim with limit 0 and a claim from one execution always
   * report them. So does the next claim after a commit of the same store that marks an execution as
   * due.
   *
   * <p>Leases and delays use the clock of the store, not the clocks of workers. The lease starts at
   * a moment after the call began.
   *
   * <p>A call that throws {@link dev.waymark.core.error.StoreUnavailableException} may still have
   * claimed task runs. Their leases then expire.
   */
  Claims claim(ClaimRequest request);

  /**
   * Renews the leases of attempts with one commit (heartbeat). Each renewed lease expires {@code
   * lease} from now, by the clock of the store. The store does not renew the lease of an attempt
   * that has ended, is LOST, has a newer attempt after it, or has no lease. Such an attempt is not
   * changed, and the other leases are still renewed. Stop the work on it and discard its result.
   *
   * @param attempts at most {@link Limits#maxChanges()} attempts; when empty, nothing is written
   * @return one outcome per attempt, in the given order; {@link Outcome#changed()} says whether its
   *     lease was renewed, and {@link Outcome#version()} says why not
   */
  List<Outcome> renewLeases(Collection<AttemptId> attempts, Duration lease);

  /**
   * Returns the live attempts that have a lease, expired or not, ordered by task run id.
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<Claims.Leased> leases(int limit);

  /**
   * Returns stalled executions, ordered by id. A stalled execution is PENDING, RUNNING or
   * CANCELLING, it is not due, and none of its task runs is ready, waits or has a lease. Executions
   * of a program that does not use claims are in this condition. For other executions it is the
   * result of an error.
   *
   * @param after the last id of the previous page, or null for the first page
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> stalled(@Nullable ExecutionId after, int limit);

  /**
   * Calls {@code listener} when a task run may have become ready, or an execution due, through a
   * commit of any process. A call may be superfluous, and a notification may be lost with a
   * connection. So a worker must also poll. The store does not notify when something becomes ready
   * or due after a delay.
   *
   * <p>The listener runs on threads of the store and must return quickly. The store logs what it
   * throws. Close the subscription to end the calls.
   */
  Subscription onReady(Runnable listener);

  /** Returns every worker whose last heartbeat is at most 7 days old, ordered by name. */
  List<Worker> workers();

  /**
   * Returns every pool that has a limit, ready task runs or leases, ordered by name, from one
   * snapshot.
   */
  List<Pool> pools();

  /**
   * Returns every pool of {@link #pools()}, ordered by name, from one snapshot. Each has the leases
   * that hold its slots, the number of task runs that wait for it and the number of workers that
   * serve it.
   */
  List<PoolUse> poolUse();

  /**
   * Returns why an execution, and those of its task runs that have not ended, are not running, from
   * one snapshot. Returns null when no execution has this id. The cost depends on the size of the
   * execution and on the number of live workers, not on the size of the store.
   *
   * <p>The pools that a worker serves, and the executions that it works on, are those that it
   * publishes under {@link Worker#POOLS_INFO} and {@link Worker#EXECUTIONS_INFO}.
   */
  @Nullable Waiting waiting(ExecutionId id);

  /**
   * Returns part of the log of an attempt. It is empty when the log has nothing after the position,
   * or when there is no such attempt.
   *
   * @param position number of bytes to skip
   * @param maxBytes maximum number of bytes to read, at least 1
   */
  LogPart log(AttemptId id, long position, int maxBytes);

  /**
   * Returns executions that ended before a time and that have logs, ordered by id. Use it to delete
   * old logs (retention).
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit);
}
