package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.notify.Listeners;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group in one transaction: load every record that the group touches, decide each change set in
 * order, write all accepted changes, commit once, return a result to every caller.
 *
 * <p><b>The hot path.</b> What this store has written or claimed lately is in the {@link
 * HeadCache}, so most groups load nothing. Where one writer at a time sees every change ({@link
 * Dialect#stamp}), the cache is current, or the group is decided again. Elsewhere the group is
 * decided from the cache, and what it was decided on is checked by the statements that write
 * ({@link Preconditions}). So BEGIN, checks, writes and COMMIT are one round trip. Each kind of
 * write is one statement for the whole group, because starting a statement costs more than a row.
 *
 * <p>Any {@link SQLException} ends the transaction. The dialect names the remedy. After a conflict
 * with another process or a lost connection, the group is retried. Otherwise each change set is
 * committed in a separate transaction, so that only the failing one fails. In both cases, a change
 * set whose COMMIT succeeded although its reply was an error is found by its commit id and gets its
 * first result. The retry time-out of the store limits all of this.
 *
 * <p>Once COMMIT has returned, the callers get their results before anything else happens. When
 * COMMIT was sent and failed, the outcome of the change sets of the group stays {@link
 * UnknownOutcomes unknown} until a later try has a result. Errors of later tries do not change
 * that.
 */
final class GroupTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(GroupTransaction.class);

  private final Transactions transactions;
  private final Dialect dialect;
  private final Limits limits;
  private final Duration retryTimeout;
  private final LedgerLoader loader;
  private final HeadCache heads;
  private final Listeners ready;
  private final Runnable marksDue;
  private final UnknownOutcomes unknown = new UnknownOutcomes();

  /**
   * Retries a group for at most {@code retryTimeout}.
   *
   * @param marksDue called after each group that may have marked an execution as due
   */
  GroupTransaction(
      Transactions transactions,
      Dialect dialect,
      HeadCache heads,
      Limits limits,
      Duration retryTimeout,
      Listeners ready,
      Runnable marksDue) {
    this.ready = ready;
    this.marksDue = marksDue;
    this.transactions = transactions;
    this.heads = heads;
    this.dialect = dialect;
    this.limits = limits;
    this.retryTimeout = retryTimeout;
    this.loader = new LedgerLoader(dialect);
  }

  /** Commits the group and answers every ticket of it, also after an error. */
  void run(List<Ticket> group) {
    RetryTimer left = new RetryTimer(retryTimeout);
    SQLException error = tryAgain(group, left);
    if (error == null) {
      return;
    }
    boolean apart = dialect.remedy(error) == Remedy.APART;
    for (Ticket ticket : group) {
      if (apart && !left.isOver()) {
        runAlone(ticket, left);
      } else {
        fail(ticket, error);
      }
    }
  }

  private void runAlone(Ticket ticket, RetryTimer left) {
    SQLException error = tryAgain(List.of(ticket), left);
    if (error != null) {
      fail(ticket, error);
    }
  }

  /**
   * Retries until the group is answered, and then returns null. Otherwise returns the error that a
   * retry does not resolve, or not within the time-out.
   */
  private @Nullable SQLException tryAgain(List<Ticket> group, RetryTimer left) {
    while (true) {
      try {
        attempt(group);
        return null;
      } catch (SQLException e) {
        if (e instanceof UnknownOutcomeException) {
          unknown.add(group);
        }
        if (dialect.remedy(e) != Remedy.AGAIN || !left.pause()) {
          return e;
        }
      } catch (RuntimeException e) {
        failUnexpectedly(group, left, e);
        return null;
      }
    }
  }

  private void fail(Ticket ticket, SQLException cause) {
    FailedCall call = unknown.contains(ticket) ? FailedCall.UNKNOWN_COMMIT : FailedCall.WRITE;
    ticket.fail(dialect.explain("commit " + name(ticket), cause, call));
  }

  /**
   * An unexpected exception in the rules for one change set does not affect the others of the
   * group.
   */
  private void failUnexpectedly(List<Ticket> group, RetryTimer left, RuntimeException cause) {
    if (group.size() == 1) {
      failUnexpectedly(group.get(0), cause);
    } else {
      group.stream().filter(ticket -> !ticket.isAnswered()).forEach(each -> runAlone(each, left));
    }
  }

  private void failUnexpectedly(Ticket ticket, RuntimeException cause) {
    if (ticket.isAnswered()) {
      LOG.warn("an error after the commit of {}; the change set is stored", name(ticket), cause);
    } else if (unknown.contains(ticket)) {
      ticket.fail(
          FailedCall.UNKNOWN_COMMIT.unavailable(
              "cannot commit " + name(ticket) + ": " + cause, new SQLException(cause)));
    } else {
      ticket.fail(
          cause instanceof WaymarkException known
              ? known
              : new IllegalStateException(
                  "commit of " + name(ticket) + " failed unexpectedly: " + cause, cause));
    }
  }

  private void attempt(List<Ticket> group) throws SQLException {
    Footprint footprint = new Footprint();
    group.forEach(ticket -> footprint.add(ticket.submission().changes()));
    List<Verdict> verdicts =
        transactions.run(
            session -> {
              List<Verdict> decided = onShortPath(session, group, footprint);
              if (decided == null) {
                decided = onFullPath(session, group, footprint);
              }
              return decided;
            });
    if (verdicts.stream().anyMatch(Verdicts::marksDue)) {
      marksDue.run();
    }
    if (!ready.isEmpty() && verdicts.stream().anyMatch(Verdicts::notifiesWorkers)) {
      ready.committed();
    }
  }

  /**
   * The short path: cached records are not loaded, and records to create are assumed not to exist.
   * Returns null, with a transaction in which nothing was done, when anything is refused or an
   * assumption is wrong. Only after everything was loaded may a caller receive a refusal.
   */
  private @Nullable List<Verdict> onShortPath(
      Session session, List<Ticket> group, Footprint footprint) throws SQLException {
    if (footprint.mustQuery()) {
      return null; // The state of leases and workers depends on the clock of the database.
    }
    Object stamp = dialect.stamp(session);
    Ledger cached = heads.lookup(footprint, stamp);
    if (cached == null) {
      return null;
    }
    Ledger ledger = cached.draft();
    List<Verdict> verdicts =
        stamp == null
            ? onPreconditions(session, group, new Preconditions(footprint, cached), ledger)
            : onStamp(session, group, footprint, ledger);
    if (verdicts != null) {
      heads.putIfPossible(ledger, stamp);
    }
    return verdicts;
  }

  /** The cache is current, and missing records are loaded. */
  private @Nullable List<Verdict> onStamp(
      Session session, List<Ticket> group, Footprint footprint, Ledger ledger) throws SQLException {
    loader.loadUnknown(session, footprint, ledger);
    if (!footprint.endedChildren(ledger).isEmpty()) {
      return null; // Waits for children are not cached.
    }
    if (!ledger.hasTaskRunCounts(footprint.taskRunCounts())) {
      return null; // A record to create exists: it was loaded with one of its task runs.
    }
    List<Verdict> verdicts = decide(group, ledger);
    GroupRows writes = GroupRows.of(verdicts);
    if (verdicts.stream().noneMatch(Verdict.Refused.class::isInstance)
        && dialect.writeAndCommit(session, writes.rows(), writes.counts())) {
      answer(group, verdicts);
      return verdicts;
    }
    beginAgain(session);
    return null;
  }

  /** Other writers may have changed cached records; the write detects this. */
  private @Nullable List<Verdict> onPreconditions(
      Session session, List<Ticket> group, Preconditions preconditions, Ledger ledger)
      throws SQLException {
    if (!preconditions.areKnown()) {
      return null;
    }
    List<Verdict> verdicts = decide(group, ledger);
    for (int i = 0; i < verdicts.size(); i++) {
      if (!preconditions.cover(group.get(i).submission().changes(), verdicts.get(i))) {
        return null;
      }
    }
    List<Rows> rows = new ArrayList<>(preconditions.checks());
    rows.removeIf(Rows::isEmpty);
    GroupRows writes = GroupRows.of(verdicts);
    rows.addAll(writes.rows());
    try {
      if (dialect.writeAndCommit(session, rows, writes.counts())) {
        answer(group, verdicts);
        heads.recordHit();
        return verdicts;
      }
    } catch (SQLException e) {
      if (!dialect.isContradiction(e)) {
        throw e;
      }
    }
    heads.recordMiss();
    beginAgain(session);
    return null;
  }

  private void beginAgain(Session session) throws SQLException {
    dialect.rollback(session);
    dialect.beginWrite(session);
  }

  /**
   * The full path: everything is loaded. Continues a transaction that has begun. Which task runs
   * are ready is loaded only where an insert has found one that is: nearly none is made ready
   * twice.
   */
  private List<Verdict> onFullPath(Session session, List<Ticket> group, Footprint footprint)
      throws SQLException {
    List<Verdict> verdicts = null;
    if (!footprint.madeReady().isEmpty()) {
      verdicts = withoutReady(session, group, footprint);
    }
    if (verdicts == null) {
      verdicts = onFullPath(session, group, footprint, true);
    }
    if (verdicts == null) {
      throw new IllegalStateException("a record exists that was not found before");
    }
    return verdicts;
  }

  /** Null, with a transaction in which nothing was done, where something was ready before. */
  private @Nullable List<Verdict> withoutReady(
      Session session, List<Ticket> group, Footprint footprint) throws SQLException {
    try {
      List<Verdict> verdicts = onFullPath(session, group, footprint, false);
      if (verdicts != null) {
        return verdicts;
      }
    } catch (SQLException e) {
      if (!dialect.isContradiction(e)) {
        throw e;
      }
    }
    beginAgain(session);
    return null;
  }

  /** Returns null when a record exists that was assumed not to exist. */
  private @Nullable List<Verdict> onFullPath(
      Session session, List<Ticket> group, Footprint footprint, boolean withReady)
      throws SQLException {
    Object stamp = dialect.stamp(session);
    Ledger ledger = new Ledger();
    loader.load(session, footprint, ledger, withReady);
    List<Verdict> verdicts = decide(group, ledger);
    GroupRows writes = GroupRows.of(verdicts);
    List<Rows> rows = writes.rows();
    if (rows.isEmpty()) {
      dialect.rollback(session);
    } else if (!dialect.writeAndCommit(session, rows, writes.counts())) {
      return null;
    }
    answer(group, verdicts);
    heads.putIfPossible(ledger, stamp);
    return verdicts;
  }

  private List<Verdict> decide(List<Ticket> group, Ledger ledger) {
    List<Verdict> verdicts = new ArrayList<>(group.size());
    for (Ticket ticket : group) {
      verdicts.add(Decider.decide(ticket.submission(), ledger, limits));
    }
    return verdicts;
  }

  private void answer(List<Ticket> group, List<Verdict> verdicts) {
    for (int i = 0; i < group.size(); i++) {
      Ticket ticket = group.get(i);
      unknown.resolve(ticket);
      CommitResult result = Verdicts.result(verdicts.get(i));
      if (result != null) {
        ticket.succeed(result);
      } else if (verdicts.get(i) instanceof Verdict.Refused refused) {
        ticket.fail(refused.error());
      }
    }
  }

  private static String name(Ticket ticket) {
    return "change set " + ticket.submission().changes().id();
  }
}
