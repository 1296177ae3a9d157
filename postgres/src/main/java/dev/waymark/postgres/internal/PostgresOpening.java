package dev.waymark.postgres.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Opens a store, and waits for a server that is found but not ready: it starts, recovers, has no
 * free connection or breaks connections off. A conflict with another writer is also retried. A
 * server that is not found, or that refuses the user, is reported at once.
 */
public final class PostgresOpening {
  private static final String HAS_TABLES = "SELECT pg_catalog.to_regclass(?) IS NOT NULL";

  private final PostgresSettings settings;
  private final PostgresErrors errors;

  /** Opens with these settings, and fails with these errors. */
  public PostgresOpening(PostgresSettings settings, PostgresErrors errors) {
    this.settings = settings;
    this.errors = errors;
  }

  /**
   * One try to open a store. It leaves nothing behind when it fails.
   *
   * @param <T> the store
   */
  @FunctionalInterface
  public interface Try<T> {
    /** The open store. */
    T open() throws SQLException;
  }

  /**
   * Checks that the schema holds a store.
   *
   * @throws StoreUnavailableException when it does not
   */
  public static void requireStore(
      PostgresSessions sessions, PostgresSettings settings, PostgresErrors errors)
      throws SQLException {
    Boolean found =
        sessions.with(
            connection -> {
              try (PreparedStatement look = connection.prepareStatement(HAS_TABLES)) {
                look.setString(1, settings.schema() + ".executions");
                try (ResultSet row = look.executeQuery()) {
                  return row.next() && row.getBoolean(1);
                }
              }
            });
    if (!Boolean.TRUE.equals(found)) {
      throw new StoreUnavailableException(
          "no store at "
              + errors.place()
              + "; check database and schema. The first command that writes creates the store",
          null);
    }
  }

  /**
   * Tries for at most the retry time-out.
   *
   * @throws StoreUnavailableException when the store cannot be opened
   */
  public <T> T open(Try<T> attempt) {
    RetryTimer left = new RetryTimer(settings.retryTimeout());
    while (true) {
      try {
        return attempt.open();
      } catch (SQLException e) {
        String state = SqlStates.of(e);
        boolean passes =
            SqlStates.isNotReady(e)
                || SqlStates.isCollision(state)
                || SqlStates.LOCK_NOT_AVAILABLE.equals(state);
        if (!passes || !left.pause()) {
          throw errors.ofOpening(passes).explain("open the store", e, FailedCall.OPENING);
        }
      }
    }
  }
}
