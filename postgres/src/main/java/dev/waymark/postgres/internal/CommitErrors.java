package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a failed COMMIT says about its outcome.
 *
 * <p>The server reports an ERROR for a transaction that it has rolled back, and only then. A FATAL
 * or PANIC, as when the server shuts down or cannot sync its log, and every loss of the connection,
 * may come after the commit record was written. A COMMIT that was cancelled while it waited for a
 * synchronous standby succeeds, with a warning: it is durable on this server only, and lost when
 * the standby takes over.
 */
final class CommitErrors {
  /** The function of the server that waits for standbys; its name is the same in every language. */
  private static final String WAIT_FOR_STANDBY = "SyncRepWaitForLSN";

  private CommitErrors() {}

  /** Whether the server has said that it rolled the transaction back. */
  static boolean isRolledBack(SQLException error) {
    ServerErrorMessage message =
        error instanceof PSQLException e ? e.getServerErrorMessage() : null;
    if (message == null) {
      return false;
    }
    // The severity is in the language of the server, so it is not sufficient.
    String severity = message.getSeverity();
    return !SqlStates.mayBeFatal(error.getSQLState())
        && !"FATAL".equals(severity)
        && !"PANIC".equals(severity);
  }

  /**
   * Checks that COMMIT has waited for as many standbys as the server is to wait for.
   *
   * @throws UnknownOutcomeException when it has not
   */
  static void checkReplicated(@Nullable SQLWarning first) throws UnknownOutcomeException {
    for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
      if (isNotReplicated(warning)) {
        throw new UnknownOutcomeException(
            "the server stopped waiting for its synchronous standby; the transaction is stored on"
                + " this server only",
            warning);
      }
    }
  }

  /** Whether an error comes from a COMMIT that did not wait for its standby. */
  static boolean isNotReplicated(SQLException error) {
    return error.getCause() instanceof SQLWarning warning && isNotReplicated(warning);
  }

  private static boolean isNotReplicated(SQLWarning warning) {
    ServerErrorMessage message =
        warning instanceof PSQLWarning known ? known.getServerErrorMessage() : null;
    return message != null && Objects.equals(message.getRoutine(), WAIT_FOR_STANDBY);
  }
}
