package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.read.Candidate;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.read.Reported;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.PlainClaim;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One group of claims in one transaction: pick ready task runs with their records, decide by the
 * same rules as every other write, write, commit, and share them among the claims.
 *
 * <p><b>The hot path.</b> While the last claims got all that they asked for, there is plenty, and
 * what is due need not be read with every claim. Then {@link Dialect#claimAtOnce} claims in one
 * round trip, where the database can. It does so for plain claims only, and wholly or not at all.
 * It gives the task runs as they were before; the same rules then say here what has become of them,
 * for the answers and for the cache. In every other case the claim goes the general way: one round
 * trip reads, and one writes.
 *
 * <p><b>Locks.</b> First the claim locks the pools that have a limit and ready task runs, ordered
 * by name. So each of several claims counts what the claims before it have taken. Picking locks
 * ready rows together with their executions. It skips rows that are locked, or whose execution is
 * locked, by another transaction, and does not wait. Only when all ready rows are locked does it
 * wait for one execution. It then holds only the lock of the ready row, for which no transaction
 * waits. A commit that makes a task run ready, that moves a ready task run, or that removes the row
 * of an ended one holds the lock of the execution, and skips a ready row that is locked. A commit
 * that would move such a row is rolled back and repeated, so that the claim gets the execution
 * first ({@link LedgerLoader}). So claims and commits never deadlock.
 *
 * <p><b>The picked records have the state of the moment when picking began</b>, and the lock was
 * taken later. On a database with row locks, another transaction may have written in between. The
 * write compares and detects this. Then the claim is repeated, and reads everything again once it
 * holds the locks. A task run that seems unable to start is also read again before it is dropped.
 *
 * <p><b>What is due and which leases have expired</b> is read a few times a second ({@link
 * DueReads}), and by each claim that does not get all that it asks for, because its worker will
 * wait for what comes next.
 *
 * <p><b>A picked task run is no longer ready</b>, unless the claim has no place for it. This is
 * also so when it may not start: its execution was paused or cancelled, or another program has
 * moved the task run. The execution is locked at that moment. So a program that resumes it sees
 * which task runs are no longer ready, and makes them ready again.
 *
 * <p>A move to CANCELLING makes all task runs of the execution not ready, except rows that are
 * locked by a claim that waits for this execution. That claim detects that the execution was not
 * CANCELLING when the claim began. It drops the ready row and marks the execution as due, because
 * another writer may have made the task run ready again meanwhile, which did not change the dropped
 * row.
 */
final class ClaimTransaction {
  /** How many due executions and how many expired leases one claim returns. */
  private static final int MAX_REPORTED = 20;

  private final Transactions transactions;
  private final Dialect dialect;
  private final HeadCache heads;
  private final InstantSource clock;
  private final Limits limits;
  private final Duration retryTimeout;
  private final DueReads dueReads;
  private final LedgerLoader loader;

  /** Whether the last claims got all that they asked for. */
  private volatile boolean isPlenty;

  ClaimTransaction(
      Transactions transactions,
      Dialect dialect,
      HeadCache heads,
      InstantSource clock,
      Limits limits,
      Duration retryTimeout,
      DueReads dueReads) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.heads = heads;
    this.clock = clock;
    this.limits = limits;
    this.retryTimeout = retryTimeout;
    this.dueReads = dueReads;
    this.loader = new LedgerLoader(dialect);
  }

  /**
   * Claims for a group, whose claims name the same pools, and gives an answer to each or sends it
   * alone. A claim in a group of one is not sent alone. Retries for at most the retry time-out of
   * the store.
   */
  void run(List<ClaimTicket> group) {
    RetryTimer left = new RetryTimer(retryTimeout);
    boolean looksAgain = false;
    FailedCall call = FailedCall.WRITE;
    List<ClaimTicket> waiting = group;
    while (!waiting.isEmpty()) {
      try {
        looksAgain = !attempt(waiting, looksAgain);
      } catch (SQLException e) {
        if (e instanceof UnknownOutcomeException) {
          call = FailedCall.UNKNOWN_CLAIM;
        }
        if (dialect.remedy(e) != Remedy.AGAIN || !left.pause()) {
          fail(waiting, e, call);
        }
      } catch (RuntimeException e) {
        fail(waiting, e);
      }
      waiting = waiting.stream().filter(each -> !each.isReleased()).toList();
    }
  }

  /**
   * An error that may concern one task run or one claim is the answer of a claim that was alone in
   * its transaction.
   */
  private void fail(List<ClaimTicket> group, SQLException cause, FailedCall call) {
    boolean apart = call == FailedCall.WRITE && dialect.remedy(cause) == Remedy.APART;
    for (ClaimTicket each : group) {
      if (apart && group.size() > 1) {
        each.sendAlone();
      } else {
        String attempted = "claim task runs for worker " + each.request().worker();
        each.fail(dialect.explain(attempted, cause, call));
      }
    }
  }

  private static void fail(List<ClaimTicket> group, RuntimeException cause) {
    for (ClaimTicket each : group) {
      if (group.size() > 1) {
        each.sendAlone();
      } else {
        each.fail(cause);
      }
    }
  }

  /** False, and nothing is written, when a candidate was not as it was read. */
  private boolean attempt(List<ClaimTicket> group, boolean looksAgain) throws SQLException {
    ClaimShares shares = new ClaimShares(group);
    ClaimReads reads = new ClaimReads(dialect, shares.together());
    DueReads.Begin begin = dueReads.begin();
    boolean reports = !isPlenty || shares.askForDue() || dueReads.isNeeded(begin);
    // A clock that is out of range is an error only where there is something to claim.
    boolean atOnce = !reports && !looksAgain && Times.isStored(Times.micros(clock.instant()));
    boolean isDone =
        transactions.run(
            session ->
                (atOnce && claimAtOnce(session, shares))
                    || claim(session, shares, reads, reports, looksAgain));
    if (!isDone) {
      return false;
    }
    isPlenty = shares.areFull() && !reads.haveLimits();
    shares.answer(reported(shares, reads, begin));
    return true;
  }

  private Reported reported(ClaimShares shares, ClaimReads reads, DueReads.Begin begin) {
    if (!reads.haveReported()) {
      return dueReads.withoutReading();
    }
    if (shares.together().execution() == null) {
      dueReads.read(begin, reads.reported());
    }
    return reads.reported();
  }

  private boolean claim(
      Session session, ClaimShares shares, ClaimReads reads, boolean reports, boolean looksAgain)
      throws SQLException {
    read(session, shares, reads, reports);
    List<Request> waiting = reads.waiting();
    if (!waiting.isEmpty() && shares.areSeveral()) {
      shares.sendAlone();
    } else {
      readIfAny(session, waiting);
    }
    if (reads.picked().isEmpty()) {
      dialect.rollback(session);
      return true;
    }
    return take(session, shares, reads, looksAgain);
  }

  /**
   * Claims in one round trip, where the database can. Otherwise returns false, with a transaction
   * in which nothing was done.
   */
  private boolean claimAtOnce(Session session, ClaimShares shares) throws SQLException {
    ClaimRequest request = shares.together();
    ClaimReads reads = new ClaimReads(dialect, request);
    Instant at = now();
    PlainClaim claim =
        new PlainClaim(request.pools(), request.limit(), limits.maxAttempts(), at, shares.shares());
    try {
      if (!dialect.claimAtOnce(session, claim, reads::claimed)) {
        return false;
      }
    } catch (SQLException e) {
      if (!dialect.isContradiction(e)) {
        throw e;
      }
      dialect.rollback(session);
      dialect.beginWrite(session);
      return false;
    }
    List<Candidate> claimed = reads.picked();
    if (claimed.isEmpty()) {
      dialect.beginWrite(session);
      return false;
    }
    Ledger ledger = asCandidate(claimed);
    List<Grant> grants = grants(shares, claimed, at, ledger);
    if (grants.size() < claimed.size()) {
      throw new IllegalStateException("the database claimed a task run that may not start");
    }
    share(shares, grants, ledger);
    heads.putIfPossible(ledger, null);
    return true;
  }

  /** The time of the new attempts. */
  private Instant now() {
    Instant at = Times.micros(clock.instant());
    Times.checkStorable(at);
    return at;
  }

  /**
   * Selects, and reads what is reported: with the first statements if that is certain to be needed,
   * or else when the claims have not got all that they ask for.
   */
  private void read(Session session, ClaimShares shares, ClaimReads reads, boolean reports)
      throws SQLException {
    List<Request> first = reports ? reads.looking(MAX_REPORTED) : reads.picking();
    dialect.readForClaim(session, shares.together().pools(), first);
    readIfAny(session, reads.lookingFurther());
    if (!reports && reads.picked().size() < shares.together().limit()) {
      dialect.read(session, reads.reporting(MAX_REPORTED));
    }
  }

  private void readIfAny(Session session, List<Request> requests) throws SQLException {
    if (!requests.isEmpty()) {
      dialect.read(session, requests);
    }
  }

  private boolean take(Session session, ClaimShares shares, ClaimReads reads, boolean looksAgain)
      throws SQLException {
    List<Candidate> picked = reads.picked();
    Object stamp = dialect.stamp(session);
    Instant at = now();
    Ledger ledger = asCandidate(picked);
    List<Grant> grants = looksAgain ? List.of() : grants(shares, picked, at, ledger);
    boolean isReloaded = grants.size() < picked.size();
    if (isReloaded) {
      ledger = asLocked(session, picked);
      grants = grants(shares, picked, at, ledger);
    }
    if (grants.size() < picked.size() && !reads.haveReported()) {
      dialect.read(session, reads.reporting(MAX_REPORTED));
    }
    share(shares, grants, ledger);
    GroupRows granted = new GroupRows();
    grants.forEach(grant -> granted.add(grant.decided().effects(), at));
    passOver(picked, grants, granted, at, ledger);
    try {
      if (!dialect.writeAndCommit(session, rows(picked, granted), granted.counts())) {
        throw new IllegalStateException("a record exists that the claim was about to create");
      }
    } catch (SQLException e) {
      if (isReloaded || !dialect.isContradiction(e)) {
        throw e;
      }
      dialect.rollback(session);
      return false;
    }
    if (picked.stream().anyMatch(Candidate::isCancelled)) {
      dueReads.mark();
    }
    heads.putIfPossible(ledger, stamp);
    return true;
  }

  /** Created before the COMMIT, after which nothing may fail. */
  private static void share(ClaimShares shares, List<Grant> grants, Ledger ledger) {
    shares.clear();
    for (Grant grant : grants) {
      shares.add(claimed(grant, ledger));
    }
  }

  private static Ledger asCandidate(List<Candidate> picked) {
    Ledger ledger = new Ledger();
    picked.forEach(each -> each.addTo(ledger));
    return ledger;
  }

  private Ledger asLocked(Session session, List<Candidate> picked) throws SQLException {
    Ledger ledger = new Ledger();
    Footprint footprint = new Footprint();
    picked.forEach(each -> footprint.add(each.id()));
    loader.load(session, footprint, ledger, false);
    return ledger;
  }

  /** What of it goes to the workers, in order. */
  private List<Grant> grants(
      ClaimShares shares, List<Candidate> picked, Instant at, Ledger ledger) {
    List<Grant> grants = new ArrayList<>();
    for (Candidate each : picked) {
      Decider.Grant grant =
          each.isCancelled()
              ? null
              : Decider.grant(each.id(), each.pool(), shares.of(grants.size()), at, ledger, limits);
      if (grant != null) {
        grants.add(new Grant(each, grant));
      }
    }
    return grants;
  }

  /** Writes what becomes of the task runs that go to no worker. */
  private void passOver(
      List<Candidate> picked, List<Grant> grants, GroupRows rows, Instant at, Ledger ledger) {
    if (grants.size() < picked.size()) {
      Set<Candidate> left = new LinkedHashSet<>(picked);
      grants.forEach(grant -> left.remove(grant.picked()));
      left.removeIf(Candidate::isCancelled);
      left.forEach(each -> rows.add(Decider.passOver(each.id(), at, ledger, limits), at));
    }
  }

  /** A candidate that was granted. */
  private record Grant(Candidate picked, Decider.Grant decided) {}

  private static List<Rows> rows(List<Candidate> picked, GroupRows granted) {
    Rows gone = WriteStatement.DELETE_READY.rows();
    picked.forEach(each -> gone.add(each.id().value()));
    Rows due = WriteStatement.PUT_DUE.rows();
    picked.stream()
        .filter(Candidate::isCancelled)
        .map(each -> each.execution().id().value())
        .distinct()
        .forEach(id -> due.add(id, DueReason.SETTLE.name(), 0L));
    List<Rows> writes = new ArrayList<>(granted.rows());
    writes.add(gone);
    if (!due.isEmpty()) {
      writes.add(due);
    }
    return writes;
  }

  private static Claimed claimed(Grant grant, Ledger ledger) {
    Candidate picked = grant.picked();
    return new Claimed(
        as(picked.execution(), Objects.requireNonNull(ledger.execution(picked.execution().id()))),
        as(picked.taskRun(), Objects.requireNonNull(ledger.taskRun(picked.id()))),
        attempt(grant.decided()));
  }

  private static Attempt attempt(Decider.Grant grant) {
    return grant.effects().stream()
        .filter(Effect.AttemptRecorded.class::isInstance)
        .map(effect -> ((Effect.AttemptRecorded) effect).attempt())
        .findFirst()
        .orElseThrow();
  }

  /** The execution as it is after the claim. */
  private static Execution as(Execution before, ExecutionHead head) {
    return new Execution(
        before.id(),
        before.workflowId(),
        before.workflowRevision(),
        head.state(),
        head.version(),
        before.labels(),
        before.input(),
        before.createdAt(),
        head.startedAt(),
        head.endedAt(),
        before.error(),
        before.parent(),
        before.continues(),
        head.continuedAs());
  }

  /** The task run as it is after the claim. */
  private static TaskRun as(TaskRun before, TaskRunHead head) {
    return new TaskRun(
        before.id(),
        before.executionId(),
        before.taskId(),
        head.state(),
        head.version(),
        head.lastAttempt(),
        before.createdAt(),
        head.startedAt(),
        head.endedAt());
  }
}
