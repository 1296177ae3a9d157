package dev.waymark.postgres.internal.connect;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** A server was refused because it does not continue the data on which the store has worked. */
public final class StaleServerException extends PSQLException {
  private static final long serialVersionUID = 1;
  private static final int MAX_DEPTH = 20;

  private final String reason;

  private StaleServerException(String reason) {
    super(reason, PSQLState.CONNECTION_UNABLE_TO_CONNECT);
    this.reason = reason;
  }

  static StaleServerException olderTimeline(String server, Timeline found, Timeline known) {
    return new StaleServerException(
        "the server at "
            + server
            + " is on timeline "
            + found.number()
            + ", and this store has already worked on timeline "
            + known.number()
            + " of the same cluster. It is probably an old primary that was started again after a"
            + " failover; what is committed to it would be lost. Stop it, and make it a standby of"
            + " the new primary (pg_rewind, or a new base backup). If a backup was restored on"
            + " purpose, restart this process. No server with timeline "
            + known.number()
            + " or later was found");
  }

  static StaleServerException otherSystem(String server, Timeline found, Timeline known) {
    return new StaleServerException(
        "the server at "
            + server
            + " has the system identifier "
            + found.system()
            + ", and this store has worked on a cluster with the system identifier "
            + known.system()
            + ". It is another cluster with other data. Check the hosts and ports of the URL. If"
            + " the store was moved to it on purpose, restart this process. No server of the"
            + " cluster was found");
  }

  /** This error, if it is the cause of another one; else null. */
  public static @Nullable StaleServerException in(SQLException error) {
    Throwable t = error;
    for (int depth = 0; t != null && depth < MAX_DEPTH; depth++) {
      if (t instanceof StaleServerException found) {
        return found;
      }
      t = t.getCause();
    }
    return null;
  }

  /** What was found, what was expected, and what to do. */
  public String reason() {
    return reason;
  }
}
