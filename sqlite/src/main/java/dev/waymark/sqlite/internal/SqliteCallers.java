package dev.waymark.sqlite.internal;

import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.jdbc.internal.sql.CallerDialect;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConnection;

/**
 * Commits within transactions of callers on SQLite. Nothing depends on settings of the connection.
 * The write lock is taken before anything is read, as the store itself does. Thread-safe.
 */
final class SqliteCallers implements CallerDialect {
  /** Reads nothing of the file: after a read, a transaction may no longer be able to write. */
  private static final String DATABASES = "PRAGMA database_list";

  private static final int FILE = 3;

  /** A temporary table hides the table of the same name. */
  private static final String HIDDEN =
      "SELECT t.name FROM sqlite_temp_schema t JOIN main.sqlite_schema m ON t.name = m.name COLLATE"
          + " NOCASE WHERE t.type IN ('table', 'view') LIMIT 1";

  private static final String RELEASE = "RELEASE waymark_commit";

  /** Changes no row, and needs the write lock nevertheless. */
  private static final String LOCK = "UPDATE main.pools SET slots = slots WHERE 0";

  private final SqliteDialect dialect;
  private final SqliteErrors errors;
  private final Path file;

  SqliteCallers(SqliteDialect dialect, SqliteErrors errors) {
    this.dialect = dialect;
    this.errors = errors;
    this.file = errors.file();
  }

  @Override
  public void check(Connection connection) throws SQLException {
    if (connection.isClosed()) {
      throw refused("is closed", "Give an open connection");
    }
    if (!connection.isWrapperFor(SQLiteConnection.class)) {
      throw refused(
          "has the class " + connection.getClass().getName() + ", which is not of SQLite's driver",
          "Give a connection of SQLite's driver, or of a pool over it");
    }
    if (connection.getAutoCommit()) {
      throw refused(
          "is in autocommit mode, so it has no transaction",
          "Call setAutoCommit(false) before the first statement of the transaction");
    }
    if (connection.isReadOnly()) {
      throw refused("is read-only", "Give a connection that may write");
    }
    if (text(connection, "PRAGMA synchronous", 1).equals("0")) {
      throw refused(
          "has synchronous = OFF, which can damage the file when the power fails",
          "Set synchronous to FULL, or to NORMAL if the last commits may be lost then");
    }
    String found = text(connection, DATABASES, FILE); // The main database is the first.
    if (!isFile(found)) {
      throw refused(
          "has the main database " + (found.isEmpty() ? "in memory" : found),
          "Open the connection on the file of the store");
    }
  }

  private static String text(Connection connection, String query, int column) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      String text = row.next() ? row.getString(column) : null;
      return text == null ? "" : text;
    }
  }

  private boolean isFile(String found) {
    try {
      return !found.isEmpty() && Files.isSameFile(Path.of(found), file);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  private CallerTransactionException refused(String found, String remedy) {
    return new CallerTransactionException(
        "cannot commit to sqlite:"
            + file
            + " within a transaction of the caller: its connection "
            + found
            + ". Nothing was changed. "
            + remedy);
  }

  @Override
  public void begin(Session session) throws SQLException {
    checkBegun(session);
    session.execute("SAVEPOINT waymark_commit");
    session.execute(LOCK);
    String hidden = text(session.connection(), HIDDEN, 1);
    if (!hidden.isEmpty()) {
      throw refused(
          "has a temporary table " + hidden + ", which hides the table of the store",
          "Give the temporary table another name");
    }
  }

  /**
   * With autocommit off, the driver begins a transaction at once. If its BEGIN fails, because the
   * file is locked, autocommit stays off and there is no transaction: then each statement commits
   * by itself, and so would the savepoint. SQLite tells only by refusing a second BEGIN. If it does
   * not refuse, that transaction stays, so that the rollback of the caller succeeds.
   */
  private void checkBegun(Session session) throws SQLException {
    try {
      session.execute("BEGIN");
    } catch (SQLException e) {
      if (SqliteErrors.isWithinTransaction(e)) {
        return;
      }
      throw e;
    }
    throw refused(
        "has autocommit off but no transaction, because the driver could not begin one, so what was"
            + " written on it before is stored",
        "Roll back, and do the whole work again in another transaction. Leave the driver's"
            + " transaction_mode at its default: then BEGIN cannot fail");
  }

  /** Takes the write lock, too: after a read without it, the transaction may be unable to write. */
  @Override
  public void beginRead(Session session) throws SQLException {
    begin(session);
  }

  @Override
  public void endRead(Session session) throws SQLException {
    session.execute(RELEASE);
  }

  /** Every connection sees by itself that another one has committed, so nobody is notified. */
  @Override
  public boolean write(Session session, List<Rows> writes, CountChanges counts, boolean notifies)
      throws SQLException {
    for (Rows rows : writes) {
      if (!dialect.write(session, rows)) {
        return false;
      }
    }
    session.execute(RELEASE);
    return true;
  }

  @Override
  public void undo(Session session) throws SQLException {
    session.execute("ROLLBACK TO waymark_commit");
    session.execute(RELEASE);
  }

  /** Never: the write lock keeps all others out, and its own wait is over. */
  @Override
  public boolean mayRepeat(Session session, SQLException error) {
    return false;
  }

  @Override
  public WaymarkException explain(
      Session session, String attempted, SQLException cause, boolean isUsable) {
    FailedCall call = isUsable ? FailedCall.PART_OF_TRANSACTION : FailedCall.LOST_TRANSACTION;
    if (SqliteErrors.isOldSnapshot(cause)) {
      return unavailable(
          attempted,
          cause,
          "the transaction has read, and others have written since, so it cannot write any more;"
              + " nothing was stored by this call. Roll back the transaction of the caller, and"
              + " repeat all of it. To avoid this, let it begin with a write, such as this call");
    }
    if (SqliteErrors.isLocked(cause)) {
      return unavailable(
          attempted,
          cause,
          "another connection kept the file locked for longer than the busy time-out of the"
              + " caller's connection"
              + call.stored()
              + ". Try again, or raise its time-out (busy_timeout)");
    }
    return errors.explain(attempted, cause, call);
  }

  private StoreUnavailableException unavailable(
      String attempted, SQLException cause, String reason) {
    return new StoreUnavailableException(
        "cannot " + attempted + " in sqlite:" + file + ": " + reason,
        cause,
        StoreUnavailableException.Outcome.NOT_STORED);
  }
}
