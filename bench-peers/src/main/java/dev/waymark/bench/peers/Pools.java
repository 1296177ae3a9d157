package dev.waymark.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Creates connection pools. */
public final class Pools {
  /** Connections beside those of the threads that do the work: for polling and housekeeping. */
  private static final int OTHERS = 4;

  private Pools() {}

  /**
   * A pool for this number of threads. SQLite has one writer: more connections would only wait for
   * each other in the driver's busy loop.
   */
  public static HikariDataSource open(StoreLocation location, int threads) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(unpooled(location));
    config.setMaximumPoolSize(location.backend() == Backend.SQLITE ? 1 : threads + OTHERS);
    return new HikariDataSource(config);
  }

  /** A new connection for each call. */
  public static DataSource unpooled(StoreLocation location) {
    return new LocationDataSource(location);
  }

  /** The connections of a location, which have the settings of the durable stores. */
  private record LocationDataSource(StoreLocation location) implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
      return location.connect();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return location.connect();
    }

    @Override
    public PrintWriter getLogWriter() {
      return new PrintWriter(System.err, true, java.nio.charset.StandardCharsets.UTF_8);
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
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("wraps no " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
