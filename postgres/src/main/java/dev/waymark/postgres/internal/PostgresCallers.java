package dev.waymark.postgres.internal;

import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.jdbc.internal.sql.CallerDialect;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.postgres.internal.connect.DatabaseIdentity;
import dev.waymark.postgres.internal.notify.PostgresNotifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Commits within transactions of callers on PostgreSQL: one round trip that sets a savepoint, makes
 * the settings, locks and loads, and one that writes, restores the settings and releases the
 * savepoint. Thread-safe.
 *
 * <p>What would stay locked until the caller commits, and is needed by the commits of the store, is
 * avoided where that is possible: such a transaction counts executions in slots of its own ({@link
 * ExecutionCounts}).
 *
 * <p>The notification is sent by the caller's COMMIT, because nothing else of the store runs then.
 * Therefore a transaction with a commit that makes something ready cannot be prepared for a
 * two-phase commit.
 */
final class PostgresCallers implements CallerDialect {
  private final PostgresDialect dialect;
  private final PostgresErrors errors;
  private final PostgresSessions sessions;
  private final String begin;
  private final List<String> end;
  private final String count;
  private final String notification;

  /** The physical connections that are known to lead to the database of the store. */
  private final Set<PGConnection> known =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile @Nullable DatabaseIdentity own;

  PostgresCallers(
      PostgresDialect dialect,
      PostgresSettings settings,
      PostgresErrors errors,
      PostgresServer server,
      PostgresSessions sessions) {
    PostgresTransactions transactions = new PostgresTransactions(settings, server.version());
    this.dialect = dialect;
    this.errors = errors.withinTransactions();
    this.sessions = sessions;
    this.begin = transactions.beginWithin();
    this.end = transactions.endWithin();
    this.count = new PostgresSql(settings.schema()).in(ExecutionCounts.CHANGE_OF_CALLERS);
    this.notification = PostgresNotifier.whenCommitted(settings.schema());
  }

  /**
   * Learns which database the store is in. Later it may need a connection that a caller, who holds
   * one of the same pool, waits for.
   */
  void learnDatabase() throws SQLException {
    if (own == null) {
      own = sessions.with(DatabaseIdentity::of);
    }
  }

  @Override
  public void check(Connection connection) throws SQLException {
    if (connection.isClosed()) {
      throw refused("is closed", "Give an open connection");
    }
    if (!connection.isWrapperFor(PGConnection.class)) {
      throw refused(
          "has the class "
              + connection.getClass().getName()
              + ", which PostgreSQL's driver does not know",
          "Give a connection of PostgreSQL's driver, or of a pool over it");
    }
    if (connection.getAutoCommit()) {
      throw refused(
          "is in autocommit mode, so it has no transaction",
          "Call setAutoCommit(false) before the first statement of the transaction");
    }
    PGConnection physical = connection.unwrap(PGConnection.class);
    if (!known.contains(physical)) {
      checkDatabase(connection);
      known.add(physical);
    }
  }

  @Override
  public void checkWritable(Connection connection) throws SQLException {
    if (connection.isReadOnly()) {
      throw refused("is read-only", "Begin a transaction that may write");
    }
  }

  private void checkDatabase(Connection connection) throws SQLException {
    learnDatabase();
    if (!DatabaseIdentity.of(connection).mayBe(Objects.requireNonNull(own))) {
      throw refused(
          "leads to another database than the store",
          "Give a connection to the database of the store, or open a store on the other database");
    }
  }

  private CallerTransactionException refused(String found, String remedy) {
    return new CallerTransactionException(
        "cannot commit to "
            + errors.place()
            + " within a transaction of the caller: its connection "
            + found
            + ". Nothing was changed. "
            + remedy);
  }

  @Override
  public void begin(Session session) {
    session.defer(begin);
  }

  @Override
  public boolean write(Session session, List<Rows> writes, CountChanges counts, boolean notifies)
      throws SQLException {
    Batch batch = dialect.writes(session, writes, counts, count);
    dialect.addLanes(batch, writes);
    if (notifies) {
      batch.add(notification);
    }
    batch.runAndRestore(end);
    return true;
  }

  @Override
  public void beginRead(Session session) throws SQLException {
    session.execute(begin);
  }

  @Override
  public void endRead(Session session) throws SQLException {
    session.execute(String.join(";\n", end));
  }

  @Override
  public void undo(Session session) throws SQLException {
    if (session.takeDeferred() != null) {
      return; // Nothing was sent.
    }
    for (String statement : PostgresTransactions.undoWithin()) {
      session.execute(statement);
    }
  }

  /** A stricter isolation level shows the same snapshot again. */
  @Override
  public boolean mayRepeat(Session session, SQLException error) throws SQLException {
    return (dialect.isContradiction(error) || dialect.remedy(error) == Remedy.AGAIN)
        && isReadCommitted(session);
  }

  private static boolean isReadCommitted(Session session) throws SQLException {
    return session.connection().getTransactionIsolation() == Connection.TRANSACTION_READ_COMMITTED;
  }

  @Override
  public WaymarkException explain(
      Session session, String attempted, SQLException cause, boolean isUsable) {
    if (isUsable && isConflict(session, cause)) {
      return new StoreUnavailableException(
          "cannot "
              + attempted
              + " in "
              + errors.place()
              + ": another transaction changed or locked the same records ("
              + PostgresErrors.said(cause)
              + "); nothing was stored by this call. Roll back the transaction of the caller, and"
              + " repeat all of it",
          cause,
          StoreUnavailableException.Outcome.NOT_STORED);
    }
    return errors.explain(
        attempted, cause, isUsable ? FailedCall.PART_OF_TRANSACTION : FailedCall.LOST_TRANSACTION);
  }

  private boolean isConflict(Session session, SQLException cause) {
    try {
      return SqlStates.isCollision(SqlStates.of(cause))
          || (dialect.isContradiction(cause) && !isReadCommitted(session));
    } catch (SQLException e) {
      cause.addSuppressed(e);
      return false;
    }
  }
}
