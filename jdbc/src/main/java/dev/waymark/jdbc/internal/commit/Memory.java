package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.Touches;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the groups before have come to, so that it need not be loaded again. Thread-safe; where
 * there is a stamp, one group at a time uses it.
 *
 * <p>Where the database has a {@link dev.waymark.jdbc.internal.sql.Dialect#stamp stamp}, what is
 * remembered is right as long as that stays the same. Where it has none, each record may have been
 * changed by others, which shows when a group is written; after each time that it was so, memory is
 * left alone for a while, longer the more often it was wrong in a row: where others work on the
 * same records, looking first is cheaper than finding out.
 */
final class Memory {
  private static final Logger LOG = LoggerFactory.getLogger(Memory.class);

  /** Heads of each kind: together a few megabytes. */
  private static final int CAPACITY = 10_000;

  private static final int LONGEST_PAUSE = 64;

  private Ledger ledger = Ledger.keeping(CAPACITY);
  private @Nullable Object stamp;
  private int pause;
  private int pauseLeft;

  /**
   * What is remembered of these records, or null when that is not to be used now; to be read, and
   * not to be changed. Without a stamp it is an excerpt, since others add to memory at the same
   * time.
   */
  synchronized @Nullable Ledger recall(Touches touches, @Nullable Object now) {
    if (now != null) {
      return now.equals(stamp) ? ledger : null;
    }
    if (pauseLeft > 0) {
      pauseLeft--;
      return null;
    }
    return ledger.excerpt(touches);
  }

  /**
   * The executions that a change set touches, also by their task runs; null when that is not known,
   * or when it touches what others may touch too, as one does that saves a workflow, notes a worker
   * or sets a pool.
   */
  synchronized @Nullable Set<ExecutionId> executions(ChangeSet changes) {
    Touches touches = new Touches();
    touches.add(changes);
    if (touches.areShared()) {
      return null;
    }
    for (TaskRunId id : touches.taskRuns()) {
      TaskRunHead taskRun = ledger.taskRun(id);
      if (taskRun != null) {
        touches.executions().add(taskRun.executionId());
      } else if (!touches.created().contains(id)) {
        return null;
      }
    }
    return touches.executions();
  }

  /** What was remembered and has been used was right. */
  synchronized void proveRight() {
    pause = 0;
  }

  /** What was remembered and has been used was wrong. */
  synchronized void proveWrong() {
    pause = Math.min(2 * pause + 1, LONGEST_PAUSE);
    pauseLeft = pause;
  }

  /** Adds what a group came to, which is durable, and which nobody else had written by then. */
  synchronized void keep(Ledger added, @Nullable Object now) {
    if (now != null && !now.equals(stamp)) {
      forget();
      stamp = now;
    }
    added.addTo(ledger);
  }

  /**
   * Adds what a transaction came to that has been committed: nothing that goes wrong here may make
   * it look as if it had failed.
   */
  void keepIfPossible(Ledger added, @Nullable Object now) {
    try {
      keep(added, now);
    } catch (RuntimeException e) {
      LOG.warn("cannot remember what was committed; it is loaded when it is needed", e);
      forget();
    }
  }

  /** Forgets everything: nobody knows what a transaction that broke off has left. */
  synchronized void forget() {
    stamp = null;
    ledger = Ledger.keeping(CAPACITY);
  }
}
