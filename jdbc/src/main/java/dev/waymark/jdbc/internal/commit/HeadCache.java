package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caches the heads of records as committed groups left them, so that later groups need not load
 * them. Thread-safe; with a stamp, only one group at a time uses it.
 *
 * <p>Where the database has a {@link dev.waymark.jdbc.internal.sql.Dialect#stamp stamp}, all
 * entries are valid while the stamp stays the same. Where it has none, another process may have
 * changed any record; the preconditions of a group detect that when the group is written. After
 * each such miss, the cache is bypassed for a number of groups, which doubles with consecutive
 * misses: when others work on the same records, loading is cheaper than failing.
 */
final class HeadCache {
  private static final Logger LOG = LoggerFactory.getLogger(HeadCache.class);

  /** Heads of each kind: together a few megabytes. */
  private static final int CAPACITY = 10_000;

  private static final int LONGEST_PAUSE = 64;

  private Ledger ledger = Ledger.keeping(CAPACITY);
  private @Nullable Object stamp;
  private int pause;
  private int pauseLeft;

  /**
   * Returns the cached heads of these records, for reading only; null when the cache is not to be
   * used now. Without a stamp it returns a copy, because other groups write to the cache
   * concurrently.
   */
  synchronized @Nullable Ledger lookup(Footprint footprint, @Nullable Object now) {
    if (now != null) {
      return now.equals(stamp) ? ledger : null;
    }
    if (pauseLeft > 0) {
      pauseLeft--;
      return null;
    }
    return ledger.excerpt(footprint);
  }

  /**
   * The ids that a change set touches: the executions, also those of its task runs, the parents of
   * those that end, the task runs that it creates, and its own. Null when they are not known, or
   * when it touches records that others may touch too: it saves a workflow, registers a worker or
   * sets a pool.
   */
  synchronized @Nullable Set<Object> touched(ChangeSet changes) {
    Footprint footprint = new Footprint();
    footprint.add(changes);
    if (footprint.areShared()) {
      return null;
    }
    for (TaskRunId id : footprint.taskRuns()) {
      TaskRunHead taskRun = ledger.taskRun(id);
      if (taskRun != null) {
        footprint.executions().add(taskRun.executionId());
      } else if (!footprint.created().contains(id)) {
        return null;
      }
    }
    Set<Object> touched = new HashSet<>(footprint.executions());
    for (ExecutionId id : footprint.ended()) {
      ExecutionHead execution = ledger.execution(id);
      if (execution != null && execution.parent() != null) {
        touched.add(execution.parent().executionId());
      } else if (execution == null && !footprint.created().contains(id)) {
        return null;
      }
    }
    touched.addAll(footprint.created());
    touched.add(changes.id());
    return touched;
  }

  /** The preconditions of a group that was decided from the cache held. */
  synchronized void recordHit() {
    pause = 0;
  }

  /** A precondition of a group that was decided from the cache did not hold. */
  synchronized void recordMiss() {
    pause = Math.min(2 * pause + 1, LONGEST_PAUSE);
    pauseLeft = pause;
  }

  /** Adds the heads that a durable group has left. */
  synchronized void put(Ledger added, @Nullable Object now) {
    if (now != null && !now.equals(stamp)) {
      invalidate();
      stamp = now;
    }
    added.addTo(ledger);
  }

  /**
   * Adds the heads that a committed transaction has left. An error here is logged and not thrown:
   * it must not make the commit look as if it had failed.
   */
  void putIfPossible(Ledger added, @Nullable Object now) {
    try {
      put(added, now);
    } catch (RuntimeException e) {
      LOG.warn("cannot remember what was committed; it is loaded when it is needed", e);
      invalidate();
    }
  }

  /** Removes all entries, because the result of an aborted transaction is unknown. */
  synchronized void invalidate() {
    stamp = null;
    ledger = Ledger.keeping(CAPACITY);
  }
}
