package dev.waymark.jdbc.internal.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A read that may be run together with others: the statement, what is bound to it, and what becomes
 * of each of its rows.
 *
 * @param statement the statement
 * @param parameters binds the parameters
 * @param ids about how many ids these are
 * @param row takes a row
 */
public record Request(ReadStatement statement, Parameters parameters, int ids, Row row) {

  /** Binds the parameters of one statement among several. */
  @FunctionalInterface
  public interface Parameters {
    /** Binds from this index on; returns the index after the last. */
    int bind(PreparedStatement statement, int first) throws SQLException;
  }

  /**
   * Takes the row on which the result set stands.
   *
   * @throws DamagedRowException when it is nothing that a store has written
   */
  public void take(ResultSet result) throws SQLException {
    DamagedRowException.map(
        result,
        found -> {
          row.take(found);
          return true;
        });
  }

  /** Takes a row. */
  @FunctionalInterface
  public interface Row {
    /** The result set stands on the row. */
    void take(ResultSet row) throws SQLException;
  }
}
