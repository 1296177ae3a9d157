package dev.waymark.postgres.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.postgres.internal.connect.SessionProxies;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What an opening finds out about the server and the way to it.
 *
 * @param version its major version
 * @param isPooled whether a proxy may run each transaction in another session of the server
 * @param isTuned whether each session was {@linkplain PostgresTransactions#tune tuned}
 */
public record PostgresServer(int version, boolean isPooled, boolean isTuned) {
  private static final int LEAST_VERSION = 14;
  private static final int REPORTS_PATH_SINCE = 18;

  private static final String LOOK =
      """
      SELECT pg_catalog.current_setting('server_encoding'), pg_catalog.current_setting('client_encoding'),
        pg_catalog.pg_backend_pid(), pg_catalog.current_database(),
        coalesce(pg_catalog.current_setting('%s', true) OPERATOR(pg_catalog.=) '%s', false)\
      """
          .formatted(PostgresTransactions.TUNED, PostgresTransactions.TUNED_HERE);

  /**
   * Looks at the server and its database.
   *
   * @param place the store, as a message names it
   * @throws SchemaMismatchException when the store cannot work there
   */
  static PostgresServer look(Connection connection, String place) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    checkVersion(version, connection.getMetaData().getDatabaseProductVersion(), place);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(LOOK)) {
      row.next();
      checkEncoding(row.getString(1), row.getString(4), place);
      checkClientEncoding(row.getString(2), place);
      boolean isPooled = SessionProxies.isBehindOne(connection, row.getInt(3));
      return new PostgresServer(version, isPooled, !isPooled && row.getBoolean(5));
    }
  }

  /**
   * Whether a statement that changes the search path must get an answer of its own. Since version
   * 18 the server reports each change of the path, before the end of an answer. If that report
   * crosses the end of the buffer of PgBouncer 1.18, PgBouncer loops without end, for all of its
   * clients. The report of a short answer cannot cross it.
   */
  boolean answersSettingsApart() {
    return isPooled && version >= REPORTS_PATH_SINCE;
  }

  private static void checkVersion(int version, String name, String place) {
    if (version < LEAST_VERSION) {
      throw new SchemaMismatchException(
          place
              + " is on PostgreSQL "
              + name
              + "; Waymark needs PostgreSQL "
              + LEAST_VERSION
              + " or later. Update the server, or name another server",
          null);
    }
  }

  /** In another encoding a text that cannot be encoded would be refused when it is stored. */
  private static void checkEncoding(String encoding, String database, String place) {
    if (!encoding.equals("UTF8")) {
      throw new SchemaMismatchException(
          place
              + " is in the database \""
              + database
              + "\" with encoding "
              + encoding
              + ", which cannot store every text; Waymark needs UTF8. Nothing was changed. Create"
              + " another database with: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
          null);
    }
  }

  private static void checkClientEncoding(String encoding, String place) {
    if (!encoding.equals("UTF8")) {
      throw new SchemaMismatchException(
          place
              + " has a connection with client_encoding "
              + encoding
              + "; Waymark needs UTF8. Remove allowEncodingChanges from the driver parameters, and"
              + " client_encoding from the settings of the pool or the proxy",
          null);
    }
  }
}
