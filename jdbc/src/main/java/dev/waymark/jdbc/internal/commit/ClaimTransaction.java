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
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.read.Candidate;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One claim in one transaction: pick ready task runs with their records, decide by the same rules
 * as every other write, write, commit.
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
  private final LedgerLoader loader;

  ClaimTransaction(
      Transactions transactions,
      Dialect dialect,
      HeadCache heads,
      InstantSource clock,
      Limits limits,
      Duration retryTimeout) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.heads = heads;
    this.clock = clock;
    this.limits = limits;
    this.retryTimeout = retryTimeout;
    this.loader = new LedgerLoader(dialect);
  }

  /** Claims, and retries for at most the retry time-out of the store. */
  Claims run(ClaimRequest request) {
    RetryTimer left = new RetryTimer(retryTimeout);
    boolean looksAgain = false;
    FailedCall call = FailedCall.WRITE;
    while (true) {
      try {
        boolean looking = looksAgain;
        Optional<Claims> claims = transactions.run(session -> claim(session, request, looking));
        if (claims.isPresent()) {
          return claims.get();
        }
        looksAgain = true;
      } catch (SQLException e) {
        if (e instanceof UnknownOutcomeException) {
          call = FailedCall.UNKNOWN_CLAIM;
        }
        if (dialect.remedy(e) != Remedy.AGAIN || !left.pause()) {
          throw dialect.explain("claim task runs for worker " + request.worker(), e, call);
        }
      }
    }
  }

  /** Empty, and nothing is written, when a candidate was not as it was read. */
  private Optional<Claims> claim(Session session, ClaimRequest request, boolean looksAgain)
      throws SQLException {
    ClaimReads reads = new ClaimReads(dialect, request);
    dialect.readForClaim(session, request.pools(), reads.looking(MAX_REPORTED));
    readIfAny(session, reads.lookingFurther());
    readIfAny(session, reads.waiting());
    List<Candidate> picked = reads.picked();
    if (picked.isEmpty()) {
      dialect.rollback(session);
      return Optional.of(answer(List.of(), reads));
    }
    return take(session, request, picked, looksAgain).map(claimed -> answer(claimed, reads));
  }

  private static Claims answer(List<Claimed> claimed, ClaimReads reads) {
    return new Claims(claimed, reads.due(), reads.expired(), reads.next(), reads.nextExpiry());
  }

  private void readIfAny(Session session, List<Request> requests) throws SQLException {
    if (!requests.isEmpty()) {
      dialect.read(session, requests);
    }
  }

  private Optional<List<Claimed>> take(
      Session session, ClaimRequest request, List<Candidate> picked, boolean looksAgain)
      throws SQLException {
    Object stamp = dialect.stamp(session);
    Instant at = Times.micros(clock.instant());
    Times.checkStorable(at);
    Ledger ledger = asCandidate(picked);
    List<Grant> grants = looksAgain ? List.of() : grants(request, picked, at, ledger);
    boolean isReloaded = grants.size() < picked.size();
    if (isReloaded) {
      ledger = asLocked(session, picked);
      grants = grants(request, picked, at, ledger);
    }
    List<Claimed> claimed = claimed(grants, ledger);
    try {
      if (!dialect.writeAndCommit(session, rows(picked, grants, at))) {
        throw new IllegalStateException("a record exists that the claim was about to create");
      }
    } catch (SQLException e) {
      if (isReloaded || !dialect.isContradiction(e)) {
        throw e;
      }
      dialect.rollback(session);
      return Optional.empty();
    }
    heads.putIfPossible(ledger, stamp);
    return Optional.of(claimed);
  }

  /** The claimed task runs; created before the COMMIT, after which nothing may fail. */
  private static List<Claimed> claimed(List<Grant> grants, Ledger ledger) {
    List<Claimed> claimed = new ArrayList<>(grants.size());
    for (Grant grant : grants) {
      claimed.add(claimed(grant, ledger));
    }
    return claimed;
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

  /** What of it goes to the worker. */
  private List<Grant> grants(
      ClaimRequest request, List<Candidate> picked, Instant at, Ledger ledger) {
    List<Grant> grants = new ArrayList<>();
    for (Candidate each : picked) {
      Decider.Grant grant =
          each.isCancelled()
              ? null
              : Decider.grant(each.id(), each.pool(), request, at, ledger, limits);
      if (grant != null) {
        grants.add(new Grant(each, grant));
      }
    }
    return grants;
  }

  /** A candidate that was granted. */
  private record Grant(Candidate picked, Decider.Grant decided) {}

  private static List<Rows> rows(List<Candidate> picked, List<Grant> grants, Instant at) {
    GroupRows rows = new GroupRows();
    grants.forEach(grant -> rows.add(grant.decided().effects(), at));
    Rows gone = WriteStatement.DELETE_READY.rows();
    picked.forEach(each -> gone.add(each.id().value()));
    Rows due = WriteStatement.PUT_DUE.rows();
    picked.stream()
        .filter(Candidate::isCancelled)
        .map(each -> each.execution().id().value())
        .distinct()
        .forEach(id -> due.add(id, DueReason.SETTLE.name(), 0L));
    List<Rows> writes = new ArrayList<>(rows.rows());
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
        before.inputs(),
        before.createdAt(),
        head.startedAt(),
        head.endedAt(),
        before.error());
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
