package dev.waymark.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A data source whose connections run an action once, before the first plain statement whose text
 * contains a word. So a test places the commit of another session between two statements.
 */
final class BeforeStatement extends PGSimpleDataSource {
  private static final long serialVersionUID = 1L;

  private final String word;
  private transient Runnable action;

  BeforeStatement(String url, String word, Runnable action) {
    setUrl(url);
    this.word = word;
    this.action = action;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return watched(Connection.class, super.getConnection());
  }

  private <T> T watched(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            BeforeStatement.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof String sql && sql.contains(word)) {
                runOnce();
              }
              try {
                Object result = method.invoke(real, arguments);
                return method.getName().equals("createStatement")
                    ? watched(Statement.class, (Statement) result)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private void runOnce() {
    Runnable once = action;
    action = () -> {};
    once.run();
  }
}
