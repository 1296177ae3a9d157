package dev.waymark.postgres.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.Patience;
import java.sql.SQLException;

/**
 * Opens a store, and waits for a server that is there but not ready: one that starts, recovers, has
 * no connection left or breaks connections off. Another writer's being in the way is no reason to
 * give up either. A server that is not found, or that refuses the user, is reported at once.
 */
public final class PostgresOpening {
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
   * Tries for at most the retry time-out.
   *
   * @throws StoreUnavailableException when it does not come to be open
   */
  public <T> T open(Try<T> attempt) {
    Patience left = new Patience(settings.retryTimeout());
    while (true) {
      try {
        return attempt.open();
      } catch (SQLException e) {
        boolean passes = SqlStates.isNotReady(e) || SqlStates.isCollision(SqlStates.of(e));
        if (!passes || !left.pause()) {
          throw errors.ofOpening(passes).explain("open the store", e, FailedCall.OPENING);
        }
      }
    }
  }
}
