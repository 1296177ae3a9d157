package dev.waymark.postgres.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Sessions over connections of a pool: our own, or that of a data source which the caller brought
 * and which stays the caller's. A session lasts as long as one transaction; the driver keeps
 * statements prepared on the connection underneath.
 */
public final class PostgresSessions implements SessionSource {
  private final DataSource source;
  private final @Nullable HikariDataSource pool;

  private PostgresSessions(DataSource source, @Nullable HikariDataSource pool) {
    this.source = source;
    this.pool = pool;
  }

  /** Sessions over somebody else's data source, which is not closed. */
  public static PostgresSessions of(DataSource source) {
    return new PostgresSessions(source, null);
  }

  /**
   * Sessions over a pool of our own, with one connection that is opened at once, so that a server
   * that does not answer, or refuses us, is reported now.
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
      return new PostgresSessions(pool, pool);
    } catch (HikariPool.PoolInitializationException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
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
   * Waits for a connection. An interrupt does not end the wait: a change set may depend on it whose
   * caller must hear what became of it, and finds its flag set afterwards.
   */
  Connection connection() throws SQLException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return inAutocommit(source.getConnection());
        } catch (SQLException e) {
          if (!(e.getCause() instanceof InterruptedException)) {
            throw isFull() || SqlStates.of(e) != null ? e : withState(e);
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

  /** Whether every connection that there may be is in use; not known of another's pool. */
  private boolean isFull() {
    return pool == null
        || pool.getHikariPoolMXBean().getActiveConnections() >= pool.getMaximumPoolSize();
  }

  /**
   * A pool that could have more connections, but gave none in time, has not run dry: the server
   * lets none come about, although the pool may not have heard so yet.
   */
  private static SQLException withState(SQLException error) {
    return new SQLTransientConnectionException(
        "no connection came about in time", SqlStates.UNREACHED, error);
  }

  /** The dialect begins and ends transactions by hand. */
  private static Connection inAutocommit(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.setAutoCommit(true);
    }
    return connection;
  }

  @Override
  public void release(Session session) {
    session.close();
  }

  /**
   * Gives a connection back once its transaction is rolled back, where the error was one of the
   * transaction and not of the connection. A server that takes no writes has probably been
   * replaced, so every idle connection is given up: new ones look for the primary.
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
      // Of somebody else's pool all we can do is to cut the connection, which the pool will notice.
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is given up in any case.
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
