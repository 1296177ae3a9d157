package dev.waymark.bench.storage;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections to one location. */
public interface Connector {
  /** A new connection, which the caller closes. */
  Connection connect() throws SQLException;
}
