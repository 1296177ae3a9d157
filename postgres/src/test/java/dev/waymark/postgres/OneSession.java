package dev.waymark.postgres;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A data source that returns one connection again and again, so that a test sees its state
 * afterwards.
 */
final class OneSession extends PGSimpleDataSource {
  private static final long serialVersionUID = 1L;

  private final transient Connection connection;

  OneSession(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() {
    return (Connection)
        Proxy.newProxyInstance(
            OneSession.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(connection, arguments));
  }
}
