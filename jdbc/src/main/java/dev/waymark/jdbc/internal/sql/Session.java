package dev.waymark.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection with the statements prepared on it. Used by one thread at a time.
 *
 * <p>After any {@link SQLException} the state of the transaction is not known: on a full disk
 * SQLite has rolled back by itself and would run the next statement in autocommit mode. So a
 * session that has thrown one runs nothing more, and is discarded.
 */
public final class Session implements AutoCloseable {
  private final Connection connection;
  private final boolean isOwned;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private @Nullable String deferred;

  /** A session over an open connection in autocommit mode, which it will close. */
  public Session(Connection connection) {
    this(connection, true);
  }

  private Session(Connection connection, boolean isOwned) {
    this.connection = connection;
    this.isOwned = isOwned;
  }

  /**
   * A session over the connection of a transaction of the caller. Its end closes the statements,
   * and leaves the connection as it is.
   */
  public static Session ofCaller(Connection connection) {
    return new Session(connection, false);
  }

  /**
   * The prepared statement of this text, the same at every call; the caller closes its result set.
   */
  public PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      if (!isOwned) {
        statement.setFetchSize(0); // The caller may have set another default on the connection.
      }
      prepared.put(sql, statement);
    }
    return statement;
  }

  /** Runs a statement that has neither parameters nor a result. */
  @SuppressWarnings("StatementSwitchToPreparedStatement")
  public void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Delays a statement, to be run before the next one and in the same round trip; for dialects that
   * support this.
   */
  public void defer(String sql) {
    deferred = sql;
  }

  /** The delayed statement, once; null when there is none. */
  public @Nullable String takeDeferred() {
    String taken = deferred;
    deferred = null;
    return taken;
  }

  /** The connection underneath. */
  public Connection connection() {
    return connection;
  }

  /**
   * Closes the connection, or only the statements on the connection of a caller. A failure to do so
   * has no consequence and is not reported.
   */
  @Override
  public void close() {
    if (isOwned) {
      close(connection);
    } else {
      prepared.values().forEach(Session::close);
      prepared.clear();
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // The session is closed in any case, and the database commits or rolls back its work.
    }
  }
}
