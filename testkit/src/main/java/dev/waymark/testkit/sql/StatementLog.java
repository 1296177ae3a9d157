package dev.waymark.testkit.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Records every call that makes a driver run statements, and forwards it. Calls on result sets and
 * on the connection itself are not recorded. For one thread at a time.
 *
 * @since 0.1.0
 */
public final class StatementLog {
  private final List<Run> runs = new ArrayList<>();

  /** Creates an empty log. */
  public StatementLog() {}

  /**
   * One call that ran a statement.
   *
   * @param text the text of the statement, or of several
   * @param rows the number of parameter sets with which it ran
   * @param parameters the last set of parameters, by position
   */
  public record Run(String text, int rows, Map<Integer, Parameter> parameters) {

    /** Binds the same parameters to another statement. */
    public void bind(PreparedStatement statement) throws SQLException {
      for (Parameter parameter : parameters.values()) {
        call(statement, parameter.setter(), parameter.arguments().toArray());
      }
    }
  }

  /** The setter and the arguments of a parameter. */
  public record Parameter(Method setter, List<@Nullable Object> arguments) {}

  /** The calls since the log was created or cleared. */
  public List<Run> runs() {
    return List.copyOf(runs);
  }

  /** Removes all recorded calls. */
  public void clear() {
    runs.clear();
  }

  /** Wraps the connection, so that all statements that it creates are recorded. */
  public Connection watch(Connection connection) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          Object made = call(connection, method, arguments);
          if (made instanceof PreparedStatement statement) {
            return watch(statement, (String) arguments[0]);
          }
          return made instanceof Statement statement ? watch(statement) : made;
        });
  }

  private Statement watch(Statement statement) {
    return proxy(
        Statement.class,
        (self, method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            runs.add(new Run((String) arguments[0], 1, Map.of()));
          }
          return call(statement, method, arguments);
        });
  }

  private PreparedStatement watch(PreparedStatement statement, String text) {
    Map<Integer, Parameter> parameters = new TreeMap<>();
    List<Object> batch = new ArrayList<>();
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) -> {
          String name = method.getName();
          if (name.startsWith("set") && arguments.length > 1) {
            parameters.put((Integer) arguments[0], new Parameter(method, list(arguments)));
          } else if (name.equals("addBatch")) {
            batch.add(self);
          } else if (name.startsWith("execute")) {
            int rows = name.equals("executeBatch") ? batch.size() : 1;
            runs.add(new Run(text, rows, new TreeMap<>(parameters)));
            batch.clear();
          }
          return call(statement, method, arguments);
        });
  }

  private static List<@Nullable Object> list(@Nullable Object[] arguments) {
    List<@Nullable Object> list = new ArrayList<>();
    for (@Nullable Object argument : arguments) {
      list.add(argument);
    }
    return list;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            StatementLog.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
