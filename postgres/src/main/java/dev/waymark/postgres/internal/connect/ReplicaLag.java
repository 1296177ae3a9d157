package dev.waymark.postgres.internal.connect;

import dev.waymark.jdbc.internal.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How old what a standby shows can be. A standby that streams, and has applied all that it
 * received, shows the present, also when nobody writes. Otherwise nothing is older than the last
 * commit that it has applied, or the last checkpoint if it has applied none. A standby notices a
 * lost connection after {@code wal_receiver_timeout}. Only a role with {@code pg_read_all_stats}
 * may see whether it streams; for another role, the time since the last commit is the bound.
 */
public final class ReplicaLag {
  /** One row: microseconds, or null on a server that is not a standby. */
  private static final String QUERY =
      """
      SELECT CASE
        WHEN NOT pg_catalog.pg_is_in_recovery() THEN NULL
        WHEN pg_catalog.pg_last_wal_receive_lsn() OPERATOR(pg_catalog.=) pg_catalog.pg_last_wal_replay_lsn()
          AND EXISTS (SELECT 1 FROM pg_catalog.pg_stat_get_wal_receiver() r
                      WHERE r.status OPERATOR(pg_catalog.=) 'streaming') THEN 0
        ELSE (extract(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) coalesce(
                pg_catalog.pg_last_xact_replay_timestamp(),
                (SELECT c.checkpoint_time FROM pg_catalog.pg_control_checkpoint() c)))
              OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8 END""";

  private ReplicaLag() {}

  /** The bound, as this session sees it; null when its server is not a standby. */
  public static @Nullable Duration of(Session session) throws SQLException {
    try (Statement statement = session.connection().createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      row.next();
      long micros = row.getLong(1);
      // The clocks of two servers differ.
      return row.wasNull() ? null : Duration.of(Math.max(0, micros), ChronoUnit.MICROS);
    }
  }
}
