package dev.waymark.jdbc.internal;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.read.Questions;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.core.store.Subscription;
import dev.waymark.jdbc.internal.commit.CallerCalls;
import dev.waymark.jdbc.internal.commit.Writer;
import dev.waymark.jdbc.internal.notify.Listeners;
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
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A state store on a SQL database: everything that does not depend on the database. A backend
 * supplies a dialect and a source of sessions.
 *
 * <p>Thread-safe. Writes go through one {@link Writer}. Each read has its own read transaction and
 * never waits for writes.
 */
public abstract class JdbcStateStore extends JdbcReads {
  private final SessionSource sessions;
  private final Dialect dialect;
  private final InstantSource clock;
  private final Duration retryTimeout;
  private final Listeners ready = new Listeners();
  private final Writer writer;
  private final CallerCalls callers;
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
    super(limits);
    this.sessions = sessions;
    this.dialect = dialect;
    this.clock = clock;
    this.retryTimeout = retryTimeout;
    this.writer = new Writer(sessions, dialect, clock, limits, retryTimeout, ready, observer);
    this.callers = new CallerCalls(dialect, callerDialect, limits, retryTimeout);
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    Submission submission = Submission.of(changes, clock.instant(), limits());
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
      Submission submission = Submission.of(changes, clock.instant(), limits());
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
   * The store within a transaction of the caller, as {@link
   * dev.waymark.jdbc.TransactionalStore#within} says.
   */
  public final StateStore within(Connection connection) {
    calls.begin();
    try {
      callers.check(connection);
    } finally {
      calls.end();
    }
    return new CallerStore(connection, callers, calls, clock, limits());
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
    Questions.checkClaim(request, limits());
    calls.begin();
    try {
      checkCaller("claim task runs for worker " + request.worker());
      return writer.claim(request);
    } finally {
      calls.end();
    }
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
  public void close() {
    if (calls.close()) {
      writer.close();
      ready.close();
      sessions.close();
    }
  }

  @Override
  protected <T> @Nullable T find(String attempted, Question<T> question) {
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
}
