package dev.waymark.postgres.internal.connect;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** A pool of the caller gave no connection in time, and no error of the server is the reason. */
public final class PoolExhaustedException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  private final int connections;

  /**
   * Creates the error with the number of connections in the pool, all in use; 0 if it is not known.
   */
  public PoolExhaustedException(int connections, SQLException cause) {
    super(cause.getMessage(), null, cause);
    this.connections = connections;
  }

  /** The number of connections in the pool, all in use; 0 if it is not known. */
  public int connections() {
    return connections;
  }
}
