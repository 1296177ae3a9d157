package dev.waymark.postgres.internal.connect;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The history that a server continues. A promotion of a standby begins a new timeline with a
 * greater number; a restart does not.
 *
 * @param system the system identifier, which a cluster and its standbys share
 * @param number the number of the timeline
 */
public record Timeline(String system, long number) {
  /**
   * The columns that {@link #of} reads. Any role may call these functions, unless somebody revoked
   * that. The name of the log file begins with the timeline: right after a promotion, the control
   * data still has the old one. A server in recovery has no such name.
   */
  public static final String COLUMNS =
      """
      (pg_catalog.pg_control_system()).system_identifier,
        CASE WHEN NOT pg_catalog.pg_is_in_recovery()
          THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END""";

  private static final int DIGITS = 8;
  private static final int HEXADECIMAL = 16;

  /** Reads {@link #COLUMNS}, the first of which is this one; null for a server in recovery. */
  public static @Nullable Timeline of(ResultSet row, int first) throws SQLException {
    String file = row.getString(first + 1);
    return file == null
        ? null
        : new Timeline(row.getString(first), Long.parseLong(file, 0, DIGITS, HEXADECIMAL));
  }
}
