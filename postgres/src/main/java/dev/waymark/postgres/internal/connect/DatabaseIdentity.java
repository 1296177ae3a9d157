package dev.waymark.postgres.internal.connect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which database a connection leads to, whatever its address is.
 *
 * @param system the system identifier of the cluster; null when the role may not read it
 * @param database the number of the database in its cluster
 */
public record DatabaseIdentity(@Nullable String system, long database) {
  /** Calls nothing that a role may be forbidden to call: an error would end its transaction. */
  private static final String DATABASE =
      """
      SELECT d.oid, coalesce(
        pg_catalog.has_function_privilege(
          pg_catalog.to_regprocedure('pg_catalog.pg_control_system()')::pg_catalog.oid, 'EXECUTE'), false)
      FROM pg_catalog.pg_database AS d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()""";

  private static final String SYSTEM =
      "SELECT (pg_catalog.pg_control_system()).system_identifier::pg_catalog.text";

  /** Reads it, within a transaction that may go on. */
  public static DatabaseIdentity of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long database;
      boolean showsSystem;
      try (ResultSet row = statement.executeQuery(DATABASE)) {
        row.next();
        database = row.getLong(1);
        showsSystem = row.getBoolean(2);
      }
      return new DatabaseIdentity(showsSystem ? system(statement) : null, database);
    }
  }

  private static String system(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(SYSTEM)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Whether both can be the same database, by what is known of them. */
  public boolean mayBe(DatabaseIdentity other) {
    return database == other.database
        && (system == null || other.system == null || Objects.equals(system, other.system));
  }
}
