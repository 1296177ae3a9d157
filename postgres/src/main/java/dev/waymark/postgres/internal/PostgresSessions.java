package dev.waymark.postgres.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.postgres.internal.connect.CallerTransactions;
import dev.waymark.postgres.internal.connect.PoolExhaustedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Sessions over connections of a pool: of our own pool, or of a data source of the caller. A
 * session lasts as long as one transaction; the driver keeps statements prepared on the connection
 * below it.
 */
public final class PostgresSessions implements SessionSource {
  /** The default of the driver. */
  private static final int DEFAULT_THRESHOLD = 5;

  private static final int NEVER = 0;

  private final DataSource source;
  private final @Nullable HikariDataSource pool;
  private final @Nullable CallerTransactions callers;
  private volatile boolean isProxied;

  private PostgresSessions(
      DataSource source, @Nullable HikariDataSource pool, @Nullable CallerTransactions callers) {
    this.source = source;
    this.pool = pool;
    this.callers = callers;
  }

  /** Sessions over a data source of the caller, which is not closed. */
  public static PostgresSessions of(DataSource source, PostgresErrors errors) throws SQLException {
    return new PostgresSessions(source, null, CallerTransactions.of(source, errors.place()));
  }

  /**
   * Sessions over a pool of our own, with one connection that is opened at once, so that a server
   * that does not answer, or refuses the user, is reported now.
   */
  public static PostgresSessions pooled(PostgresConnector connector, PostgresSettings settings)
      throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setDataSource(connector);
    config.setPoolName("waymark-" + settings.schema());
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(settings.poolTimeout().toMillis());
    connector.connect();
    try {
      HikariDataSource pool = new HikariDataSource(config);
      connector.whenPromoted(() -> pool.getHikariPoolMXBean().softEvictConnections());
      return new PostgresSessions(pool, pool, null);
    } catch (HikariPool.PoolInitializationException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
    }
  }

  /**
   * From now on uses no statements that are prepared on the server: a proxy may run each
   * transaction in another session of the server, which does not know them, or knows those of
   * another client under the same name. If the caller has configured how the driver prepares
   * statements, that setting stays.
   */
  public void avoidPreparedStatements() {
    isProxied = true;
  }

  @Override
  public void checkCaller() throws SQLException {
    if (callers != null && callers.dependsOnThread()) {
      giveBack(connection());
    }
  }

  /** The work on a connection. */
  @FunctionalInterface
  interface Use<T> {
    @Nullable T run(Connection connection) throws SQLException;
  }

  /** Runs this with a connection, which is always returned. */
  <T> @Nullable T with(Use<T> use) throws SQLException {
    Connection connection = connection();
    try {
      return use.run(connection);
    } finally {
      giveBack(connection);
    }
  }

  @Override
  public Session writer() throws SQLException {
    return new Session(connection());
  }

  @Override
  public Session reader() throws SQLException {
    return new Session(connection());
  }

  /**
   * Waits for a connection. An interrupt does not end the wait: a change set may depend on it,
   * whose caller must receive its outcome. The interrupt flag is set afterwards.
   */
  private Connection connection() throws SQLException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return inAutocommit(source.getConnection());
        } catch (SQLException e) {
          if (!(e.getCause() instanceof InterruptedException)) {
            throw SqlStates.of(e) == null ? explained(e) : e;
          }
          // The pool sets the flag again: with it, the next call would not wait at all.
          interrupted = true;
          boolean unused = Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The reason why a pool gave no connection, if the server has not reported one. */
  private SQLException explained(SQLException error) {
    HikariDataSource known = pool == null ? poolOfCaller() : pool;
    if (known != null && known.getHikariPoolMXBean() != null) {
      int most = known.getMaximumPoolSize();
      if (known.getHikariPoolMXBean().getActiveConnections() < most) {
        return withState(error);
      }
      return pool == null ? new PoolExhaustedException(most, error) : error;
    }
    return new PoolExhaustedException(0, error);
  }

  private @Nullable HikariDataSource poolOfCaller() {
    try {
      return source.isWrapperFor(HikariDataSource.class)
          ? source.unwrap(HikariDataSource.class)
          : null;
    } catch (SQLException e) {
      return null;
    }
  }

  /**
   * A pool that could have more connections, but supplied none in time, is not exhausted: the
   * server accepts none, although the pool may not know the error yet.
   */
  private static SQLException withState(SQLException error) {
    return new SQLTransientConnectionException(
        "no connection was established in time", SqlStates.UNREACHED, error);
  }

  /**
   * The dialect uses explicit BEGIN and COMMIT. A connection that is refused is returned unchanged.
   */
  private Connection inAutocommit(Connection connection) throws SQLException {
    boolean accepted = false;
    try {
      if (callers != null) {
        callers.check(connection);
      }
      if (!connection.getAutoCommit()) {
        connection.setAutoCommit(true);
      }
      prepare(connection, DEFAULT_THRESHOLD, NEVER);
      accepted = true;
      return connection;
    } finally {
      if (!accepted) {
        close(connection);
      }
    }
  }

  /** Returns a connection in the mode in which it was borrowed. */
  private void giveBack(Connection connection) {
    restore(connection);
    close(connection);
  }

  /**
   * Makes the driver prepare statements after this number of uses, if it does so after that number
   * now.
   */
  private void prepare(Connection connection, int from, int to) throws SQLException {
    if (isProxied && connection.isWrapperFor(PGConnection.class)) {
      PGConnection driver = connection.unwrap(PGConnection.class);
      if (driver.getPrepareThreshold() == from) {
        driver.setPrepareThreshold(to);
      }
    }
  }

  private void restore(Connection connection) {
    try {
      prepare(connection, NEVER, DEFAULT_THRESHOLD);
    } catch (SQLException e) {
      // It was aborted; its pool will notice.
    }
    if (callers != null && !callers.autocommit()) {
      try {
        connection.setAutoCommit(false);
      } catch (SQLException e) {
        // It was aborted; its pool will notice.
      }
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is discarded in any case.
    }
  }

  @Override
  public void release(Session session) {
    restore(session.connection());
    session.close();
  }

  /**
   * Returns a connection after a rollback, if the error was one of the transaction and not of the
   * connection. A read-only server has probably been replaced, so every idle connection is
   * discarded: new ones search for the primary.
   */
  @Override
  public void discard(Session session, @Nullable SQLException cause) {
    String state = cause == null ? null : SqlStates.of(cause);
    if (!SqlStates.leavesConnectionSound(state) || !rollBack(session)) {
      evict(session.connection());
    }
    if (pool != null && SqlStates.isReadOnly(state)) {
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    restore(session.connection());
    session.close();
  }

  private static boolean rollBack(Session session) {
    try {
      session.execute("ROLLBACK");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void evict(Connection connection) {
    if (pool != null) {
      pool.evictConnection(connection);
      return;
    }
    try {
      // A connection of a foreign pool can only be aborted; the pool then detects it.
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is discarded in any case.
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
