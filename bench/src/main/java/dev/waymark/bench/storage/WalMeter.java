package dev.waymark.bench.storage;

import java.sql.SQLException;

/** Counts the bytes that are written to the WAL (write-ahead log) of a database. */
public interface WalMeter extends AutoCloseable {

  /** The bytes since the meter was opened. */
  long bytes() throws SQLException;

  @Override
  void close() throws SQLException;
}
