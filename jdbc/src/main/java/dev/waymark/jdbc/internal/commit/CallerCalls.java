package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.CallerDialect;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Commits change sets, and reads, within transactions of callers. Thread-safe.
 *
 * <p>Everything that a change set touches is loaded and locked, in the order in which groups lock
 * it, and decided with the same rules. Nothing is taken from the cache and nothing is added to it:
 * the caller may roll back. Groups that have touched the same records meanwhile notice that, as
 * with a commit of another process.
 *
 * <p>A refused change set, and one that failed in a way which the database tolerates, is undone up
 * to the savepoint of its commit, so that the caller's transaction may go on.
 */
public final class CallerCalls {
  /** After so many tries in one transaction, its locks themselves may be in the way of others. */
  private static final int MOST_TRIES = 8;

  private final Dialect dialect;
  private final CallerDialect caller;
  private final Limits limits;
  private final Duration retryTimeout;
  private final LedgerLoader loader;

  /** Repeats a commit that others were in the way of, for at most {@code retryTimeout}. */
  public CallerCalls(Dialect dialect, CallerDialect caller, Limits limits, Duration retryTimeout) {
    this.dialect = dialect;
    this.caller = caller;
    this.limits = limits;
    this.retryTimeout = retryTimeout;
    this.loader = new LedgerLoader(dialect);
  }

  /** Checks that the connection is in a transaction of the caller that can read this store. */
  public void check(Connection connection) {
    try (Session session = Session.ofCaller(connection)) {
      check(session, false);
    }
  }

  private void check(Session session, boolean writes) {
    try {
      caller.check(session.connection());
      if (writes) {
        caller.checkWritable(session.connection());
      }
    } catch (SQLException e) {
      throw caller.explain(session, "use the transaction of the caller", e, false);
    }
  }

  /** Commits a change set as part of the transaction of this connection. */
  public CommitResult commit(Connection connection, Submission submission) {
    String attempted =
        "commit change set " + submission.changes().id() + " in the transaction of the caller";
    try (Session session = Session.ofCaller(connection)) {
      check(session, true);
      Verdict verdict = decideAndWrite(session, submission, attempted);
      if (verdict instanceof Verdict.Refused refused) {
        throw refused.error();
      }
      return Objects.requireNonNull(Verdicts.result(verdict));
    }
  }

  /** A query within a transaction. */
  @FunctionalInterface
  public interface Query<T> {
    /** Runs it. */
    @Nullable T on(Snapshot snapshot) throws SQLException;
  }

  /**
   * Reads within the transaction of this connection, which sees what it has written. How many
   * moments the statements of one query see is a matter of its isolation level.
   */
  public <T> @Nullable T read(Connection connection, String attempted, Query<T> query) {
    try (Session session = Session.ofCaller(connection)) {
      check(session, false);
      try {
        caller.beginRead(session);
        T answer = query.on(new Snapshot(session, dialect));
        caller.endRead(session);
        return answer;
      } catch (SQLException e) {
        boolean isUsable = isUndone(session);
        throw caller.explain(session, attempted + " in the transaction of the caller", e, isUsable);
      } catch (RuntimeException | Error e) {
        isUndone(session);
        throw e;
      }
    }
  }

  private Verdict decideAndWrite(Session session, Submission submission, String attempted) {
    RetryTimer left = new RetryTimer(retryTimeout);
    for (int tries = 1; tries <= MOST_TRIES; tries++) {
      try {
        Verdict verdict = attempt(session, submission);
        if (verdict != null) {
          return verdict;
        }
      } catch (SQLException e) {
        boolean isUsable = isUndone(session);
        if (!isUsable || tries == MOST_TRIES || !mayRepeat(session, e) || !left.pause()) {
          throw caller.explain(session, attempted, e, isUsable);
        }
      } catch (RuntimeException | Error e) {
        isUndone(session);
        throw e;
      }
    }
    throw new IllegalStateException(
        "cannot " + attempted + ": a record exists that was not found before");
  }

  /** Null, with everything undone, when a record exists that was not found when it was loaded. */
  private @Nullable Verdict attempt(Session session, Submission submission) throws SQLException {
    Footprint footprint = new Footprint();
    footprint.add(submission.changes());
    caller.begin(session);
    Ledger ledger = new Ledger();
    loader.load(session, footprint, ledger, true);
    Verdict verdict = Decider.decide(submission, ledger, limits);
    GroupRows writes = GroupRows.of(List.of(verdict));
    List<Rows> rows = writes.rows();
    if (rows.isEmpty()) {
      caller.undo(session);
      return verdict;
    }
    boolean notifies = Verdicts.notifiesWorkers(verdict);
    if (caller.write(session, rows, writes.counts(), notifies)) {
      return verdict;
    }
    caller.undo(session);
    return null;
  }

  private boolean mayRepeat(Session session, SQLException error) {
    try {
      return caller.mayRepeat(session, error);
    } catch (SQLException e) {
      error.addSuppressed(e);
      return false;
    }
  }

  /** Undoes the commit; false when the transaction is lost. */
  private boolean isUndone(Session session) {
    try {
      caller.undo(session);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
