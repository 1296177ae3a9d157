package dev.waymark.sqlite.internal;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the migrations on a connection that is already there. Its own class, so that opening a file
 * that is up to date loads nothing of Flyway.
 */
final class SqliteMigrations {
  /** Where Flyway notes what it has done. */
  static final String TABLE = "waymark_schema_history";

  private SqliteMigrations() {}

  static void run(Connection connection) throws SQLException {
    try {
      Flyway.configure(SqliteMigrations.class.getClassLoader())
          .dataSource(new OneConnection(connection))
          .locations("classpath:dev/waymark/sqlite/migration")
          .table(TABLE)
          .loggers("slf4j")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw sqlException(e);
    }
  }

  /** The database's own error within Flyway's, whose result code says what to do. */
  private static SQLException sqlException(FlywayException error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof SQLException found) {
        return found;
      }
    }
    throw error;
  }

  /** Gives out one connection again and again, and does not let it be closed. */
  private record OneConnection(Connection connection) implements DataSource {
    @Override
    public Connection getConnection() {
      InvocationHandler unclosed =
          (proxy, method, arguments) ->
              method.getName().equals("close") ? null : call(method, arguments);
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, unclosed);
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments)
        throws Throwable {
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }

    @Override
    public Connection getConnection(String user, String password) {
      return getConnection();
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
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException("no logger");
    }
  }
}
