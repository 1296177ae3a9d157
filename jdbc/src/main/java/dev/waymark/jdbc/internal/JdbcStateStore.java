package dev.waymark.jdbc.internal;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.internal.read.Questions;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Committer;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import dev.waymark.jdbc.internal.commit.CallerCommits;
import dev.waymark.jdbc.internal.commit.Writer;
import dev.waymark.jdbc.internal.notify.Listeners;
import dev.waymark.jdbc.internal.read.IdPrefix;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.CallerDialect;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A state store on a SQL database: everything that does not depend on the database. A backend
 * supplies a dialect and a source of sessions.
 *
 * <p>Thread-safe. Writes go through one {@link Writer}. Each read has its own read transaction and
 * never waits for writes.
 */
public abstract class JdbcStateStore implements StateStore {
  private final SessionSource sessions;
  private final Dialect dialect;
  private final InstantSource clock;
  private final Limits limits;
  private final Duration retryTimeout;
  private final Listeners ready = new Listeners();
  private final Writer writer;
  private final CallerCommits callers;
  private final OpenCalls calls = new OpenCalls();

  /**
   * Creates a store over these sessions, which it closes. After a conflict with another process or
   * a lost connection, the store retries for at most {@code retryTimeout}. The store notifies the
   * observer of every group and every claim.
   */
  protected JdbcStateStore(
      SessionSource sessions,
      Dialect dialect,
      CallerDialect callerDialect,
      InstantSource clock,
      Limits limits,
      Duration retryTimeout,
      StoreObserver observer) {
    this.sessions = sessions;
    this.dialect = dialect;
    this.clock = clock;
    this.limits = limits;
    this.retryTimeout = retryTimeout;
    this.writer = new Writer(sessions, dialect, clock, limits, retryTimeout, ready, observer);
    this.callers = new CallerCommits(dialect, callerDialect, limits, retryTimeout);
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    Submission submission = Submission.of(changes, clock.instant(), limits);
    calls.begin();
    try {
      checkCaller("commit change set " + changes.id());
      return writer.commit(submission);
    } finally {
      calls.end();
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the stage that ends the use has no result
  public CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
    calls.begin();
    CompletableFuture<CommitResult> answer;
    try {
      Submission submission = Submission.of(changes, clock.instant(), limits);
      checkCaller("commit change set " + changes.id());
      answer = writer.commitAsync(submission);
    } catch (WaymarkException e) {
      answer = CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      calls.end();
      throw e;
    }
    // A copy, which the caller may cancel or complete without an effect on ours.
    CompletableFuture<CommitResult> copy = answer.copy();
    answer.whenComplete((result, error) -> calls.end());
    return copy;
  }

  /**
   * Commits within a transaction of the caller, as {@link
   * dev.waymark.jdbc.TransactionalStore#within} says.
   */
  public final Committer within(Connection connection) {
    calls.begin();
    try {
      callers.check(connection);
    } finally {
      calls.end();
    }
    return changes -> {
      Submission submission = Submission.of(changes, clock.instant(), limits);
      calls.begin();
      try {
        return callers.commit(connection, submission);
      } finally {
        calls.end();
      }
    };
  }

  /** The group retries errors that a retry may resolve. */
  private void checkCaller(String attempted) {
    try {
      sessions.checkCaller();
    } catch (SQLException e) {
      if (dialect.remedy(e) != Remedy.AGAIN) {
        throw dialect.explain(attempted, e, FailedCall.WRITE);
      }
    }
  }

  @Override
  public Claims claim(ClaimRequest request) {
    Questions.checkClaim(request, limits);
    calls.begin();
    try {
      checkCaller("claim task runs for worker " + request.worker());
      return writer.claim(request);
    } finally {
      calls.end();
    }
  }

  @Override
  public List<Claims.Leased> leases(int limit) {
    Questions.checkedLimit(limit, limits);
    return read("list leases", snapshot -> snapshot.leases(limit));
  }

  @Override
  public List<ExecutionId> stalled(@Nullable ExecutionId after, int limit) {
    Questions.checkedLimit(limit, limits);
    UUID least = after == null ? new UUID(0, 0) : after.value();
    int most = after == null ? limit : limit + 1;
    return read("look for stalled executions", snapshot -> snapshot.stalled(least, most)).stream()
        .filter(id -> !id.equals(after))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Pool> pools() {
    return read("list pools", Snapshot::pools);
  }

  @Override
  public List<PoolUse> poolUse() {
    return read("list the use of pools", Snapshot::poolUse);
  }

  @Override
  public @Nullable Waiting waiting(ExecutionId id) {
    return find("read why execution " + id + " waits", snapshot -> snapshot.waiting(id));
  }

  @Override
  public List<Worker> workers() {
    return read("list workers", Snapshot::workers);
  }

  @Override
  public Subscription onReady(Runnable listener) {
    calls.begin();
    try {
      return ready.add(listener);
    } finally {
      calls.end();
    }
  }

  /** The listeners that are notified when something may have become ready or due. */
  protected final Listeners ready() {
    return ready;
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id) {
    return find("read workflow " + id, snapshot -> snapshot.workflow(id));
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id, int revision) {
    return find("read workflow " + id, snapshot -> snapshot.workflow(id, revision));
  }

  @Override
  public Page<Workflow> workflows(PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read("list workflows", snapshot -> snapshot.workflows(page));
  }

  @Override
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read(
        "list the revisions of workflow " + id, snapshot -> snapshot.workflowHistory(id, page));
  }

  @Override
  public @Nullable Execution execution(ExecutionId id) {
    return find("read execution " + id, snapshot -> snapshot.execution(id));
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return find("read execution " + id, snapshot -> snapshot.executionDetails(id));
  }

  @Override
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
    return find("read the progress of execution " + id, snapshot -> snapshot.executionProgress(id));
  }

  @Override
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids) {
    return ids.isEmpty()
        ? List.of()
        : read("read the progress of task runs", snapshot -> snapshot.taskRunProgress(ids));
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    Integer asked = query.limit();
    int limit = Questions.checkedLimit(asked == null ? limits.defaultPageSize() : asked, limits);
    return read("list executions", snapshot -> snapshot.executions(query, limit));
  }

  @Override
  public @Nullable TaskRun taskRun(TaskRunId id) {
    return find("read task run " + id, snapshot -> snapshot.taskRun(id));
  }

  @Override
  public List<TaskRun> taskRuns(ExecutionId id) {
    return read("list the task runs of execution " + id, snapshot -> snapshot.taskRuns(id));
  }

  @Override
  public @Nullable Attempt attempt(AttemptId id) {
    return find("read attempt " + id, snapshot -> snapshot.attempt(id));
  }

  @Override
  public List<Attempt> attempts(TaskRunId id) {
    return read("list the attempts of task run " + id, snapshot -> snapshot.attempts(id));
  }

  @Override
  public LogPart log(AttemptId id, long position, int maxBytes) {
    Questions.checkLogPart(id, position, maxBytes);
    return read("read the log of attempt " + id, snapshot -> snapshot.log(id, position, maxBytes));
  }

  @Override
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) {
    Questions.checkedLimit(limit, limits);
    Instant bound = Times.bound(endedBefore);
    return read("list executions with logs", snapshot -> snapshot.executionsWithLogs(bound, limit));
  }

  @Override
  public Page<Transition> history(ExecutionId id, PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read("read the history of execution " + id, snapshot -> snapshot.history(id, page));
  }

  @Override
  public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
    Questions.checkPrefix(kind, prefix, limit, limits);
    return kind == RecordKind.WORKFLOW
        ? read("look up workflow ids", snapshot -> snapshot.workflowIds(prefix, limit))
        : uuidsStartingWith(kind, prefix, limit);
  }

  private List<String> uuidsStartingWith(RecordKind kind, String prefix, int limit) {
    IdPrefix range = IdPrefix.of(prefix);
    if (range == null) {
      return List.of();
    }
    return read(
        "look up ids",
        snapshot ->
            kind == RecordKind.EXECUTION
                ? snapshot.executionIds(range.least(), range.greatest(), limit)
                : snapshot.taskRunIds(range.least(), range.greatest(), limit));
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public void close() {
    if (calls.close()) {
      writer.close();
      ready.close();
      sessions.close();
    }
  }

  /** Runs a query that always has a result. */
  private <T> T read(String attempted, Question<T> question) {
    return Objects.requireNonNull(find(attempted, question));
  }

  /** Runs a query whose result may be null. */
  private <T> @Nullable T find(String attempted, Question<T> question) {
    return look(attempted, session -> inSnapshot(session, question));
  }

  private <T> @Nullable T inSnapshot(Session session, Question<T> question) throws SQLException {
    dialect.beginRead(session);
    T answer = question.ask(new Snapshot(session, dialect));
    dialect.rollback(session);
    return answer;
  }

  /** Reads from the database with a session for reading, which is in no transaction. */
  protected final <T> @Nullable T look(String attempted, Look<T> look) {
    calls.begin();
    try {
      RetryTimer left = new RetryTimer(retryTimeout);
      while (true) {
        try {
          return answer(look);
        } catch (SQLException e) {
          if (dialect.remedy(e) != Remedy.AGAIN || !left.pause()) {
            throw dialect.explain(attempted, e, FailedCall.READ);
          }
        }
      }
    } finally {
      calls.end();
    }
  }

  private <T> @Nullable T answer(Look<T> look) throws SQLException {
    Session session = sessions.reader();
    T answer;
    try {
      answer = look.at(session);
    } catch (SQLException e) {
      sessions.discard(session, e);
      throw e;
    } catch (RuntimeException | Error e) {
      sessions.discard(session, null);
      throw e;
    }
    sessions.release(session);
    return answer;
  }

  /** A read from the database; it leaves the session in no transaction. */
  protected interface Look<T> {
    /** Reads. */
    @Nullable T at(Session session) throws SQLException;
  }

  /** A query on a snapshot. */
  private interface Question<T> {
    @Nullable T ask(Snapshot snapshot) throws SQLException;
  }
}
