package dev.waymark.bench.place;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to one place. */
public interface Connector {
  /** A new connection, which the caller closes. */
  Connection connect() throws SQLException;
}
