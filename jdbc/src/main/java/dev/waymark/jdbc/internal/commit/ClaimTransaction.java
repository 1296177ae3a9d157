package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.Touches;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Limits;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.read.Picked;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.Patience;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One claim, one transaction: pick what is ready, load and lock what it belongs to, let the same
 * rules decide as for every other write, write, commit.
 *
 * <p><b>Locks.</b> First the pools are locked that have a bound and something ready, in the order
 * of their names, so that of several claims each counts what those before it have taken. Picking
 * locks rows of the ready ones and passes over those that others have locked. Only then are
 * executions locked, in the order of their ids as everywhere. Nobody else waits for a row of the
 * ready ones while he holds an execution: who makes a task run ready that is so already leaves its
 * row alone, and nobody but a claim takes one away. So a claim may wait for a commit, and no commit
 * for a claim that waits.
 *
 * <p><b>What is picked leaves the ready ones</b>, unless it has no place in the claim, and also
 * where it may not start: an execution was paused or cancelled, or another program has moved the
 * task run. The execution is locked by then, so whoever makes it go on again sees what has left,
 * and makes it ready anew.
 */
final class ClaimTransaction {
  /** How much of what is due and of what has expired one claim tells. */
  private static final int TOLD = 20;

  private final SessionSource sessions;
  private final Dialect dialect;
  private final Memory memory;
  private final InstantSource clock;
  private final Limits limits;
  private final Duration patience;
  private final LedgerLoader loader;

  ClaimTransaction(
      SessionSource sessions,
      Dialect dialect,
      Memory memory,
      InstantSource clock,
      Limits limits,
      Duration patience) {
    this.sessions = sessions;
    this.dialect = dialect;
    this.memory = memory;
    this.clock = clock;
    this.limits = limits;
    this.patience = patience;
    this.loader = new LedgerLoader(dialect);
  }

  /** Claims, and tries again for at most the patience of the store. */
  Claims run(ClaimRequest request) {
    Patience left = new Patience(patience);
    while (true) {
      try {
        return attempt(request);
      } catch (SQLException e) {
        if (dialect.remedy(e) != Remedy.AGAIN || !left.pause()) {
          throw dialect.explain("claim task runs for worker " + request.worker(), e);
        }
      }
    }
  }

  private Claims attempt(ClaimRequest request) throws SQLException {
    Session session = sessions.writer();
    Claims claims;
    try {
      dialect.beginWrite(session);
      claims = claim(session, request);
    } catch (SQLException e) {
      memory.forget();
      sessions.discard(session, e);
      throw e;
    } catch (RuntimeException | Error e) {
      memory.forget();
      sessions.discard(session, null);
      throw e;
    }
    sessions.release(session);
    return claims;
  }

  private Claims claim(Session session, ClaimRequest request) throws SQLException {
    ClaimReads reads = new ClaimReads(dialect, request);
    dialect.read(session, reads.looking(TOLD));
    List<Request> further = reads.lookingFurther();
    if (!further.isEmpty()) {
      dialect.read(session, further);
    }
    List<Picked> picked = reads.picked();
    List<Claimed> claimed = List.of();
    if (picked.isEmpty()) {
      dialect.rollback(session);
    } else {
      claimed = take(session, request, picked, reads);
    }
    return new Claims(claimed, reads.due(), reads.expired(), reads.next(), reads.nextExpiry());
  }

  private List<Claimed> take(
      Session session, ClaimRequest request, List<Picked> picked, ClaimReads reads)
      throws SQLException {
    Object stamp = dialect.stamp(session);
    Touches touches = new Touches();
    picked.forEach(each -> touches.add(each.taskRun()));
    Ledger ledger = new Ledger();
    List<Request> requests = new ArrayList<>(loader.requests(touches, ledger));
    requests.addAll(reads.details(picked));
    dialect.read(session, requests);
    Instant at = Times.micros(clock.instant());
    Times.checkStorable(at);
    GroupRows rows = new GroupRows();
    List<Decider.Grant> grants = new ArrayList<>();
    for (Picked each : picked) {
      Decider.Grant grant = Decider.grant(each.taskRun(), each.pool(), request, at, ledger, limits);
      if (grant != null) {
        rows.add(grant.effects(), at);
        grants.add(grant);
      }
    }
    Rows gone = WriteStatement.DELETE_READY.rows();
    picked.forEach(each -> gone.add(each.taskRun().value()));
    List<Rows> writes = new ArrayList<>(rows.rows());
    writes.add(gone);
    if (!dialect.writeAndCommit(session, writes)) {
      throw new IllegalStateException("a record exists that a claim was to make");
    }
    memory.keep(ledger, stamp);
    return claimed(grants, ledger, reads.executions(), reads.taskRuns());
  }

  private static List<Claimed> claimed(
      List<Decider.Grant> grants,
      Ledger ledger,
      Map<ExecutionId, Execution> executions,
      Map<TaskRunId, TaskRun> taskRuns) {
    List<Claimed> claimed = new ArrayList<>(grants.size());
    for (Decider.Grant grant : grants) {
      TaskRunId id = grant.attempt().taskRunId();
      claimed.add(
          new Claimed(
              as(
                  Objects.requireNonNull(executions.get(grant.execution())),
                  Objects.requireNonNull(ledger.execution(grant.execution()))),
              as(
                  Objects.requireNonNull(taskRuns.get(id)),
                  Objects.requireNonNull(ledger.taskRun(id))),
              attempt(grant)));
    }
    return claimed;
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
