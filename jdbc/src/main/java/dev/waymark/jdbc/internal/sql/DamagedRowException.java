package dev.waymark.jdbc.internal.sql;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row that no store has written: a state that there is not, an id that is none, text that is no
 * JSON. The message names the table, the row, the column where that is known, and what was found.
 */
public final class DamagedRowException extends SQLException {
  private static final long serialVersionUID = 1L;
  private static final int UUID_BYTES = 16;
  private static final int LONGEST_FOUND = 60;

  /** What users bring may be secret, and is no part of a message. */
  private static final Set<String> HIDDEN =
      Set.of(
          "inputs",
          "outputs",
          "content",
          "labels",
          "value",
          "error",
          "definition",
          "description",
          "info",
          "bytes",
          "transitions");

  /** Makes the error; the message says what is damaged. */
  public DamagedRowException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Makes something of a row.
   *
   * @param <T> what is made of it
   */
  @FunctionalInterface
  public interface Mapper<T> {
    /** The result set stands on the row. */
    T map(ResultSet row) throws SQLException;
  }

  /**
   * Makes something of the row on which the result set stands.
   *
   * @throws DamagedRowException when nothing can be made of it
   */
  public static <T> T map(ResultSet row, Mapper<T> mapper) throws SQLException {
    try {
      return mapper.map(row);
    } catch (RuntimeException e) {
      throw of(row, mapper, e);
    } catch (SQLException e) {
      String state = e.getSQLState();
      throw state != null && state.startsWith("22") ? of(row, mapper, e) : e;
    }
  }

  private static SQLException of(ResultSet row, Mapper<?> mapper, Exception cause)
      throws SQLException {
    if (cause instanceof DamagedRowException known) {
      return known;
    }
    ResultSetMetaData columns = row.getMetaData();
    int at = lastRead(row, mapper);
    boolean isKnown = at > 1 && (at < columns.getColumnCount() || isHidden(columns, at));
    String table = table(columns, isKnown ? at : 1);
    String where =
        "table " + table + ", row with " + columns.getColumnLabel(1) + " " + found(row, 1);
    String what = isKnown ? ", column " + columns.getColumnLabel(at) : "";
    String value = isKnown && !isHidden(columns, at) ? ": found " + found(row, at) : "";
    String why = isKnown && isHidden(columns, at) ? "" : " (" + firstLine(cause) + ")";
    return new DamagedRowException(where + what + value + why, cause);
  }

  private static boolean isHidden(ResultSetMetaData columns, int column) throws SQLException {
    return HIDDEN.contains(columns.getColumnLabel(column));
  }

  private static String firstLine(Exception cause) {
    String text = cause.getMessage();
    return text == null
        ? cause.getClass().getSimpleName()
        : text.lines().findFirst().orElse(cause.getClass().getSimpleName());
  }

  /** Which column was read last before it failed; found by doing it again. */
  private static int lastRead(ResultSet row, Mapper<?> mapper) {
    int[] last = {0};
    InvocationHandler recording =
        (proxy, method, arguments) -> {
          if (arguments != null && arguments.length > 0 && arguments[0] instanceof Integer column) {
            last[0] = column;
          }
          try {
            return method.invoke(row, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        };
    try {
      mapper.map(
          (ResultSet)
              Proxy.newProxyInstance(
                  ResultSet.class.getClassLoader(), new Class<?>[] {ResultSet.class}, recording));
    } catch (SQLException | RuntimeException e) {
      // As the first time.
    }
    return last[0];
  }

  /** The table of this column; where it is an expression, that of the first. */
  private static String table(ResultSetMetaData columns, int column) {
    try {
      String table = columns.getTableName(column);
      return table == null || table.isEmpty() ? columns.getTableName(1) : table;
    } catch (SQLException e) {
      return "unknown";
    }
  }

  private static String found(ResultSet row, int column) throws SQLException {
    Object value = row.getObject(column);
    if (value instanceof byte[] bytes) {
      return bytes.length == UUID_BYTES
          ? uuid(bytes)
          : "x'" + HexFormat.of().formatHex(bytes) + "'";
    }
    String text = String.valueOf(value);
    return value instanceof String
        ? '"' + text.substring(0, Math.min(text.length(), LONGEST_FOUND)) + '"'
        : text;
  }

  private static String uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }
}
