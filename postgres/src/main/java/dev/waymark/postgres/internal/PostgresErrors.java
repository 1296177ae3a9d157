package dev.waymark.postgres.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Durations;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.postgres.internal.connect.PoolExhaustedException;
import dev.waymark.postgres.internal.connect.PostgresAddress;
import dev.waymark.postgres.internal.connect.StaleServerException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The meaning of PostgreSQL's errors for a user of this store. Messages name the server, the
 * database and the schema, and never a password.
 */
public final class PostgresErrors {
  /** The text of PgBouncer before the name. */
  private static final String REFUSED_PARAMETER = "unsupported startup parameter:";

  private final String place;
  private final PostgresRefusals refusals;
  private final PostgresSettings settings;
  private final Situation situation;

  /** When the error occurred; this decides what the message says about retries. */
  private enum Situation {
    /** When the store opens, for an error that is not retried. */
    OPENING,
    /** When the store opens, after retries. */
    OPENING_AGAIN,
    /** After the opening, where every retryable error was retried. */
    WORKING,
    /** After the opening, within a transaction of the caller, which the store cannot retry. */
    WITHIN_TRANSACTION
  }

  private PostgresErrors(
      String place, PostgresRefusals refusals, PostgresSettings settings, Situation situation) {
    this.place = place;
    this.refusals = refusals;
    this.settings = settings;
    this.situation = situation;
  }

  /** Errors that name the server and the user of this address. */
  public static PostgresErrors of(PostgresAddress.Login login, PostgresSettings settings) {
    return new PostgresErrors(
        login.address().name(),
        new PostgresRefusals(login.user(), login.search()),
        settings,
        Situation.WORKING);
  }

  /** Errors about a data source of which only the schema is known. */
  public static PostgresErrors ofDataSource(PostgresSettings settings) {
    return new PostgresErrors(
        "the PostgreSQL data source",
        new PostgresRefusals("its user", null),
        settings,
        Situation.WORKING);
  }

  /** The same errors for an opening, with or without retries. */
  PostgresErrors ofOpening(boolean triedAgain) {
    return new PostgresErrors(
        place, refusals, settings, triedAgain ? Situation.OPENING_AGAIN : Situation.OPENING);
  }

  /** The same errors for commits within transactions of callers. */
  PostgresErrors withinTransactions() {
    return new PostgresErrors(place, refusals, settings, Situation.WITHIN_TRANSACTION);
  }

  private boolean isOpening() {
    return situation == Situation.OPENING || situation == Situation.OPENING_AGAIN;
  }

  /** The store, as a message names it. */
  String place() {
    return place + " (schema " + settings.schema() + ")";
  }

  /** The error that a caller receives. */
  public WaymarkException explain(String attempted, SQLException cause, FailedCall call) {
    String state = SqlStates.of(cause);
    String message = "cannot " + attempted + " in " + place() + ": ";
    if (cause instanceof DamagedRowException) {
      return new StoreDamagedException(
          message
              + "the store is damaged: "
              + cause.getMessage()
              + "; find the program that changed the row, and correct the row or restore a backup"
              + call.stored(),
          cause);
    }
    if (CommitErrors.isNotReplicated(cause)) {
      return call.unavailable(message + cause.getMessage(), cause);
    }
    if (SqlStates.isWithoutTables(state)) {
      return new SchemaMismatchException(message + reason(state, cause), cause);
    }
    if (SqlStates.isDamaged(state)) {
      return new StoreDamagedException(message + damaged(cause) + call.stored(), cause);
    }
    if (SqlStates.isRejected(state) && call != FailedCall.OPENING && !call.isUnknown()) {
      return new StoreRejectedException(message + rejected(state, cause) + call.stored(), cause);
    }
    return call.unavailable(message + reason(state, cause), cause);
  }

  private static String damaged(SQLException cause) {
    return "the store is damaged ("
        + said(cause)
        + "); check the server log and the disk, and restore a backup";
  }

  private String rejected(@Nullable String state, SQLException cause) {
    return SqlStates.INSUFFICIENT_PRIVILEGE.equals(state)
        ? notAllowed(cause)
        : "the database rejected it ("
            + said(cause)
            + ", SQLState "
            + state
            + "); check the tables for constraints and triggers that are not Waymark's";
  }

  private String notAllowed(SQLException cause) {
    return refusals.user()
        + " lacks a privilege ("
        + said(cause)
        + "); ask the owner of the schema to grant it, or ask the owner of the database to run:"
        + " CREATE SCHEMA "
        + settings.schema()
        + " AUTHORIZATION the user; or name your own schema with schema=NAME."
        + (!isOpening()
            ? ""
            : " Only the owner can create or migrate a schema: open the store once as the owner of"
                + " the schema.")
        + " docs/postgresql.md lists the rights of an owner, a worker and a reader";
  }

  private String reason(@Nullable String state, SQLException cause) {
    if (state == null) {
      return withoutState(cause);
    }
    String refusal = refusals.explain(state, said(cause), cause);
    if (refusal != null) {
      return refusal;
    }
    if (state.startsWith("08")) {
      return lost(state, cause);
    }
    if (SqlStates.isWithoutTables(state)) {
      return "its tables are not those of this version ("
          + said(cause)
          + "); restore the schema, or name another schema with schema=NAME";
    }
    if (SqlStates.isCollision(state)) {
      return "the transaction conflicted repeatedly with other writers"
          + retried()
          + " ("
          + said(cause)
          + "); try again";
    }
    return known(state, cause);
  }

  private String known(String state, SQLException cause) {
    return switch (state) {
      case SqlStates.NO_SUCH_DATABASE ->
          said(cause) + "; create it with createdb, or name another database";
      case SqlStates.INSUFFICIENT_PRIVILEGE -> notAllowed(cause);
      case SqlStates.LOCK_NOT_AVAILABLE ->
          "another transaction kept the records locked for longer than the lock time-out of "
              + Durations.format(settings.lockTimeout())
              + (situation == Situation.OPENING_AGAIN ? retried() : "")
              + "; find that transaction in pg_stat_activity, or raise the time-out";
      case SqlStates.QUERY_CANCELED ->
          "a statement took longer than the statement time-out of "
              + Durations.format(settings.statementTimeout())
              + ", or was cancelled ("
              + said(cause)
              + "); request less data, or raise the time-out";
      case SqlStates.READ_ONLY -> noWrites();
      case SqlStates.DISK_FULL ->
          "the server's disk is full (" + said(cause) + "); free space and try again";
      case SqlStates.OUT_OF_MEMORY, SqlStates.LIMIT_EXCEEDED ->
          "the server does not have enough resources ("
              + said(cause)
              + "); check the server log and try again";
      case SqlStates.IO_ERROR ->
          "the server's disk reported an error (" + said(cause) + "); check the server log";
      case SqlStates.TOO_MANY_CONNECTIONS ->
          "the server has no free connections"
              + retried()
              + "; use smaller pools, or raise max_connections of the server";
      default ->
          SqlStates.isConnectionLost(state)
              ? "the server ended the connection or is not ready" + retried() + ended(cause)
              : said(cause) + " (SQLState " + state + ")";
    };
  }

  private String noWrites() {
    if (situation == Situation.WITHIN_TRANSACTION) {
      return "the transaction is read-only, or its server is a standby; begin a transaction that may"
          + " write, on the primary";
    }
    return "the server does not accept writes"
        + retried()
        + "; it is a standby, or default_transaction_read_only is on. Name the primary, or turn"
        + " off default_transaction_read_only";
  }

  private String lost(String state, SQLException cause) {
    // The driver reached servers, but none that is writable; it has no SQLState for that.
    if (said(cause).contains(PGProperty.TARGET_SERVER_TYPE.getName())) {
      return noWrites();
    }
    StaleServerException stale = StaleServerException.in(cause);
    if (stale != null) {
      return stale.reason() + retried();
    }
    if (said(cause).equals(PostgresConnector.SHARED)) {
      return PostgresConnector.SHARED;
    }
    if (said(cause).contains(REFUSED_PARAMETER)) {
      return "a proxy in front of the server rejected a connection parameter ("
          + said(cause)
          + "); remove it from the URL, or for PgBouncer set ignore_startup_parameters ="
          + said(cause).replaceFirst(".*" + REFUSED_PARAMETER, "")
          + " in pgbouncer.ini";
    }
    boolean neverCame = state.equals(SqlStates.UNREACHED);
    return neverCame
        ? "the server cannot be reached"
            + retried()
            + " ("
            + said(cause)
            + "); check host and port, and that the server runs and accepts connections there"
        : "the connection was lost" + retried() + ended(cause);
  }

  private String ended(SQLException cause) {
    return " ("
        + said(cause)
        + (!isOpening()
            ? ")"
            : "); check the server log, and open the store again when the server is ready");
  }

  private String withoutState(SQLException cause) {
    if (cause instanceof PoolExhaustedException exhausted) {
      return exhausted(exhausted);
    }
    return cause instanceof java.sql.SQLTransientConnectionException
        ? "none of the "
            + settings.poolSize()
            + " connections of the pool was free within "
            + Durations.format(settings.poolTimeout())
            + "; call the store from fewer threads, or raise the pool size"
        : said(cause);
  }

  /** Waiting longer does not help when all holders of a connection wait for a second one. */
  private static String exhausted(PoolExhaustedException cause) {
    return (cause.connections() == 0
            ? "the data source gave no connection, probably because its pool has no free connection"
            : "all " + cause.connections() + " connections of the data source's pool are in use")
        + " ("
        + said(cause)
        + "); nothing was stored. A caller that holds a connection while it calls the store needs a"
        + " second connection. When as many callers do so as the pool has connections, all of them"
        + " wait until the pool time-out. Call the store before you borrow a connection or after"
        + " you return it, or give the store a separate pool";
  }

  private String retried() {
    return settings.retryTimeout().isZero()
            || situation == Situation.OPENING
            || situation == Situation.WITHIN_TRANSACTION
        ? ""
        : ", also after retries for " + Durations.format(settings.retryTimeout());
  }

  /**
   * The message of the server or the driver, without the values that the server adds as detail: a
   * message may be logged where the data may not.
   */
  static String said(SQLException cause) {
    String text = null;
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof PSQLException e) {
        ServerErrorMessage server = e.getServerErrorMessage();
        text = server == null ? e.getMessage() : server.getMessage();
      } else if (text == null) {
        text = t.getMessage();
      }
    }
    return text == null ? cause.getClass().getSimpleName() : text.lines().findFirst().orElse(text);
  }
}
