package dev.waymark.postgres.internal.connect;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Detects a proxy between a client and the server that gives each transaction another session. */
public final class SessionProxies {
  private SessionProxies() {}

  /**
   * Whether there is one: it gives its clients another process id than the server's session has.
   *
   * @param pid the process id of the session, as the server says
   */
  public static boolean isBehindOne(Connection connection, int pid) throws SQLException {
    return connection.isWrapperFor(PGConnection.class)
        && connection.unwrap(PGConnection.class).getBackendPID() != pid;
  }
}
