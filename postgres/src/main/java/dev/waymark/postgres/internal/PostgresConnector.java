package dev.waymark.postgres.internal;

import dev.waymark.postgres.internal.connect.NewestTimeline;
import dev.waymark.postgres.internal.connect.PostgresAddress;
import dev.waymark.postgres.internal.connect.StaleServerException;
import dev.waymark.postgres.internal.connect.Timeline;
import dev.waymark.postgres.internal.connect.UtcSocketFactory;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections with the settings without which the driver would wait for ever, or write to a
 * server that cannot be written to, and tunes each session that is this connection's alone. Behind
 * a proxy that pools transactions each may run in another session; there all is set in each
 * transaction. What the first connection is, all of them must be.
 *
 * <p>A server that is behind the {@linkplain NewestTimeline newest timeline} is refused. The driver
 * takes the first server of the URL that accepts writes, so then each of them is tried alone.
 */
public final class PostgresConnector implements DataSource {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresConnector.class);

  /** The reason for which a connection is refused that differs from the first one. */
  static final String SHARED =
      "a proxy shares this connection among its clients, and the first connection was not shared;"
          + " name only servers in the URL of the store, or only proxies";

  private final String url;
  private final String name;

  /** The servers of a URL that has several. */
  private final List<PostgresAddress.Host> hosts;

  private final Properties properties;
  private final PostgresSettings settings;
  private final NewestTimeline newest = new NewestTimeline();
  private volatile boolean showsTimeline = true;
  private volatile Runnable onNewTimeline = () -> {};
  private final AtomicReference<@Nullable Boolean> isFirstTuned = new AtomicReference<>();
  private final AtomicReference<@Nullable Connection> first = new AtomicReference<>();

  /** Connections to this server; parameters of its URL are kept. */
  public PostgresConnector(PostgresAddress address, PostgresSettings settings) {
    address.setDefault(PGProperty.TARGET_SERVER_TYPE, "primary");
    // The driver remembers for this time whether a server is a primary or a standby.
    address.setDefault(PGProperty.HOST_RECHECK_SECONDS, "1");
    address.setDefault(PGProperty.TCP_KEEP_ALIVE, "true");
    address.setDefault(PGProperty.CONNECT_TIMEOUT, seconds(settings.connectTimeout()));
    address.setDefault(PGProperty.LOGIN_TIMEOUT, seconds(settings.connectTimeout()));
    address.setDefault(PGProperty.SOCKET_TIMEOUT, seconds(settings.socketTimeout()));
    address.setDefault(PGProperty.APPLICATION_NAME, "waymark");
    // The name of the application is then part of the first message.
    address.setDefault(PGProperty.ASSUME_MIN_SERVER_VERSION, "14");
    address.setDefault(PGProperty.SOCKET_FACTORY, UtcSocketFactory.class.getName());
    this.url = address.jdbcUrl();
    List<PostgresAddress.Host> all = address.hosts();
    this.name = (all.size() == 1 ? "" : "one of ") + address.server();
    this.hosts = all.size() == 1 ? List.of() : all;
    this.properties = address.driver();
    this.settings = settings;
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
  }

  /**
   * Opens the first connection, which the next caller gets. So an unreachable server is reported at
   * once and with its own error, while the pool would pause before it fails.
   */
  void connect() throws SQLException {
    first.set(open());
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection ready = first.getAndSet(null);
    return ready == null ? open() : ready;
  }

  /** Calls this whenever a connection shows that a standby has been promoted. */
  void whenPromoted(Runnable action) {
    onNewTimeline = action;
  }

  private Connection open() throws SQLException {
    try {
      return open(url, name);
    } catch (StaleServerException e) {
      return openAnother(e);
    }
  }

  /** Tries each of several servers alone, and fails with the last refusal. */
  private Connection openAnother(StaleServerException first) throws SQLException {
    StaleServerException refused = first;
    for (PostgresAddress.Host host : hosts) {
      try {
        return open(host.jdbcUrl(), host.name());
      } catch (StaleServerException e) {
        refused = e;
      } catch (SQLException e) {
        // It cannot be reached or is a standby; the refusal says more.
      }
    }
    throw refused;
  }

  private Connection open(String from, String server) throws SQLException {
    Connection connection = new Driver().connect(from, copy());
    if (connection == null) {
      throw new SQLException("the PostgreSQL driver does not accept its own URL");
    }
    try {
      boolean isTuned = tune(connection, server);
      isFirstTuned.compareAndSet(null, isTuned);
      if (!isTuned && Boolean.TRUE.equals(isFirstTuned.get())) {
        throw new PSQLException(SHARED, PSQLState.CONNECTION_UNABLE_TO_CONNECT);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Whether the session was tuned because it belongs to this connection alone. */
  private boolean tune(Connection connection, String server) throws SQLException {
    int pid = connection.unwrap(PGConnection.class).getBackendPID();
    int version = connection.getMetaData().getDatabaseMajorVersion();
    String tune = new PostgresTransactions(settings, version).tune(pid);
    if (showsTimeline) {
      try {
        return tune(connection, server, tune + ", " + Timeline.COLUMNS);
      } catch (SQLException e) {
        if (!SqlStates.isWithoutFunction(SqlStates.of(e))) {
          throw e;
        }
        showsTimeline = false;
        LOG.info("an old primary cannot be recognized: {} does not show its timeline", server, e);
      }
    }
    return tune(connection, server, tune);
  }

  private boolean tune(Connection connection, String server, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      Timeline found = showsTimeline ? Timeline.of(row, 2) : null;
      if (found != null && newest.admit(found, server)) {
        onNewTimeline.run();
      }
      return row.getObject(1) != null;
    }
  }

  private Properties copy() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is part of the settings");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("nothing to unwrap");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("no log writer");
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("no logger");
  }
}
