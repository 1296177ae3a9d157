package dev.waymark.postgres.internal;

import java.io.EOFException;
import java.net.SocketException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of PostgreSQL's SQLSTATEs for the next step (its documentation, appendix A). An error
 * without one, such as a pool without a free connection, is of none of these kinds.
 */
final class SqlStates {
  static final String UNIQUE_VIOLATION = "23505";
  private static final String DIVISION_BY_ZERO = "22012";
  static final String INSUFFICIENT_PRIVILEGE = "42501";
  static final String LOCK_NOT_AVAILABLE = "55P03";
  static final String QUERY_CANCELED = "57014";
  static final String READ_ONLY = "25006";
  static final String IDLE_IN_TRANSACTION = "25P03";
  private static final String TRANSACTION_TIMEOUT = "25P04";
  static final String NO_SUCH_DATABASE = "3D000";
  private static final String NO_SUCH_FUNCTION = "42883";
  private static final String NOT_SUPPORTED = "0A000";
  static final String TOO_MANY_CONNECTIONS = "53300";
  static final String DISK_FULL = "53100";
  static final String OUT_OF_MEMORY = "53200";
  static final String LIMIT_EXCEEDED = "53400";
  static final String IO_ERROR = "58030";
  private static final String DATA_CORRUPTED = "XX001";
  private static final String INDEX_CORRUPTED = "XX002";
  static final String UNREACHED = "08001";
  private static final String NO_CONNECTION = "08003";

  private static final Set<String> COLLISIONS = Set.of("40001", "40P01", UNIQUE_VIOLATION);
  private static final Set<String> SERVER_GOES_OR_COMES =
      Set.of("57P01", "57P02", "57P03", "57P05", IDLE_IN_TRANSACTION, TRANSACTION_TIMEOUT);

  /** A prepared statement that does not exist any more or is outdated. */
  private static final Set<String> STALE_STATEMENTS = Set.of(NOT_SUPPORTED, "26000", "42P05");

  /** Classes of the documentation's appendix A. */
  private static final Set<String> REJECTED_CLASSES =
      Set.of("0A", "21", "22", "23", "2B", "2F", "38", "39", "42", "44", "54", "P0");

  private static final Set<String> NO_FUNCTION =
      Set.of(INSUFFICIENT_PRIVILEGE, NOT_SUPPORTED, NO_SUCH_FUNCTION);

  private static final Set<String> NO_TABLES = Set.of("42P01", "3F000", "42703");

  private SqlStates() {}

  /** The SQLState of the innermost error that has one, or null. */
  static @Nullable String of(SQLException error) {
    String found = null;
    int depth = 0;
    for (Throwable t = error; t != null && depth < 20; t = t.getCause(), depth++) {
      if (t instanceof SQLException e && e.getSQLState() != null) {
        found = e.getSQLState();
      }
    }
    return found;
  }

  /** A conflict with another transaction; a retry after it succeeds. */
  static boolean isCollision(@Nullable String state) {
    return state != null && COLLISIONS.contains(state);
  }

  /**
   * A record differs from what was expected: a statement found other rows than it should have, or a
   * key, reference or rule of the tables rejects the write.
   */
  static boolean isContradiction(@Nullable String state) {
    return state != null && (state.equals(DIVISION_BY_ZERO) || state.startsWith("23"));
  }

  /** The connection was lost, or could not be opened; a new one may succeed. */
  static boolean isConnectionLost(@Nullable String state) {
    return state != null
        && (state.startsWith("08")
            || SERVER_GOES_OR_COMES.contains(state)
            || state.equals(TOO_MANY_CONNECTIONS));
  }

  /**
   * The server was found but is not ready: it starts, stops or recovers, has no free connection, or
   * closed the connection. A server that was not found does not count, because its name may be
   * wrong.
   */
  static boolean isNotReady(SQLException error) {
    String state = of(error);
    return state != null
        && isConnectionLost(state)
        && (!state.startsWith("08") || state.equals(NO_CONNECTION) || isBrokenOff(error));
  }

  /** The connection had been opened, and was then closed by the other side. */
  private static boolean isBrokenOff(SQLException error) {
    Throwable innermost = error;
    for (int depth = 0; innermost.getCause() != null && depth < 20; depth++) {
      innermost = innermost.getCause();
    }
    // Its subclasses mean that no connection was opened.
    return innermost instanceof EOFException || innermost.getClass() == SocketException.class;
  }

  /** The server is read-only: a primary that has become a standby, or is configured so. */
  static boolean isReadOnly(@Nullable String state) {
    return READ_ONLY.equals(state);
  }

  static boolean isStaleStatement(@Nullable String state) {
    return state != null && STALE_STATEMENTS.contains(state);
  }

  /** The user, the password or the server's list of clients. */
  static boolean isRefusedUser(@Nullable String state) {
    return state != null && state.startsWith("28");
  }

  /** A function of the server that the role may not call, or that this server does not have. */
  static boolean isWithoutFunction(@Nullable String state) {
    return state != null && NO_FUNCTION.contains(state);
  }

  static boolean isWithoutTables(@Nullable String state) {
    return state != null && NO_TABLES.contains(state);
  }

  /**
   * The server may have ended the connection or itself with this, which says nothing about the
   * transaction: shutdown, system error, internal error, or a lost connection.
   */
  static boolean mayBeFatal(@Nullable String state) {
    return state == null
        || state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("58")
        || state.startsWith("XX");
  }

  /** Data that differs from what the server wrote. */
  static boolean isDamaged(@Nullable String state) {
    return DATA_CORRUPTED.equals(state) || INDEX_CORRUPTED.equals(state);
  }

  /**
   * The server refuses the request and would refuse it again: data, constraints, triggers,
   * privileges, missing features. A conflict with a row, a key or a lock of another transaction is
   * none of these, and neither is a shortage of resources.
   */
  static boolean isRejected(@Nullable String state) {
    return state != null
        && state.length() == 5
        && REJECTED_CLASSES.contains(state.substring(0, 2))
        && !isCollision(state)
        && !isWithoutTables(state);
  }

  /** The connection can be used again after a rollback. */
  static boolean leavesConnectionSound(@Nullable String state) {
    return isCollision(state)
        || LOCK_NOT_AVAILABLE.equals(state)
        || QUERY_CANCELED.equals(state)
        || isRejected(state);
  }
}
