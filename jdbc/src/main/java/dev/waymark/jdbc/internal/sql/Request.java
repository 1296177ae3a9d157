package dev.waymark.jdbc.internal.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A read that may be run together with others: the statement, its parameters, and what happens with
 * each of its rows.
 *
 * @param statement the statement
 * @param parameters binds the parameters
 * @param ids about how many ids these are
 * @param row reads a row
 */
public record Request(ReadStatement statement, Parameters parameters, int ids, Row row) {

  /** Binds the parameters of one statement among several. */
  @FunctionalInterface
  public interface Parameters {
    /** Binds from this index on; returns the index after the last. */
    int bind(PreparedStatement statement, int first) throws SQLException;
  }

  /**
   * Reads the current row of the result set.
   *
   * @throws DamagedRowException when no store has written it
   */
  public void take(ResultSet result) throws SQLException {
    DamagedRowException.map(
        result,
        found -> {
          row.take(found);
          return true;
        });
  }

  /** Reads a row. */
  @FunctionalInterface
  public interface Row {
    /** The result set is at the row. */
    void take(ResultSet row) throws SQLException;
  }
}
