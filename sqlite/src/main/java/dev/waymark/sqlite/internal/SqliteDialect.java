package dev.waymark.sqlite.internal;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Times;
import dev.waymark.jdbc.internal.sql.ColumnType;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * The SQLite dialect: ids are 16 bytes, times are microseconds, and BEGIN and COMMIT are explicit
 * statements.
 */
public final class SqliteDialect implements Dialect {
  /**
   * Makes COMMIT write a page, and so sync the log, where nothing else does. An update that does
   * not change the bytes of its row writes no page. Setting a number in the header always does.
   */
  private static final String WRITE_A_PAGE =
      "PRAGMA application_id = " + SqliteSchema.APPLICATION_ID;

  private static final int UUID_BYTES = 16;

  private final SqliteErrors errors;

  /** The texts that were used so far. Each is built once, when it is first used. */
  private final Map<ReadStatement, String> reads = new ConcurrentHashMap<>();

  private final Map<WriteStatement, String> writes = new ConcurrentHashMap<>();

  /** A dialect whose errors name this store. */
  public SqliteDialect(SqliteErrors errors) {
    this.errors = errors;
  }

  @Override
  public String sql(ReadStatement statement) {
    return reads.computeIfAbsent(statement, SqliteReads::text);
  }

  @Override
  public String sql(WriteStatement statement) {
    return writes.computeIfAbsent(statement, SqliteWrites::text);
  }

  @Override
  public String table(String name) {
    return name;
  }

  /** Here are no arrays, and a list is looked up one by one. */
  @Override
  public String byKey(String table, String alias) {
    return table + " " + alias + " INDEXED BY sqlite_autoindex_" + table + "_1";
  }

  @Override
  public String byIndex(String table, String alias, String index) {
    String name = index.equals(TASK_RUNS_BY_TASK) ? "sqlite_autoindex_task_runs_2" : index;
    return table + " " + alias + " INDEXED BY " + name;
  }

  @Override
  public String beginning(String column) {
    return "substr(" + column + ", 1, " + BEGINNING + ")";
  }

  @Override
  public String isFailed(String alias) {
    return alias + ".state = 'FAILED'";
  }

  @Override
  public String isOneOf(String column) {
    return column + " IN (SELECT value FROM json_each(?))";
  }

  @Override
  public String isAmong(String column, String query) {
    return column + " IN (" + query + ")";
  }

  @Override
  public int writers() {
    return 1;
  }

  /**
   * Takes the one write lock at the beginning: a transaction that reads first and writes later
   * fails at once when another process wrote in between.
   */
  @Override
  public void beginWrite(Session session) throws SQLException {
    Busy.await(errors.busyTimeout(), () -> session.prepare("BEGIN IMMEDIATE").execute());
  }

  /** The number says something only when it is compared with others of the same connection. */
  private record Stamp(Connection connection, long dataVersion) {}

  @Override
  public Object stamp(Session session) throws SQLException {
    try (ResultSet row = session.prepare("PRAGMA data_version").executeQuery()) {
      row.next();
      return new Stamp(session.connection(), row.getLong(1));
    }
  }

  @Override
  public void beginRead(Session session) throws SQLException {
    session.prepare("BEGIN").execute();
  }

  @Override
  public void rollback(Session session) throws SQLException {
    session.prepare("ROLLBACK").execute();
  }

  /** On SQLite a statement is a call without a round trip, so each runs separately. */
  @Override
  public void read(Session session, List<Request> requests) throws SQLException {
    for (Request request : requests) {
      PreparedStatement prepared = session.prepare(sql(request.statement()));
      request.parameters().bind(prepared, 1);
      try (ResultSet row = prepared.executeQuery()) {
        while (row.next()) {
          request.take(row);
        }
      }
    }
  }

  @Override
  public boolean writeAndCommit(Session session, List<Rows> writes, CountChanges counts)
      throws SQLException {
    for (Rows rows : writes) {
      if (!write(session, rows)) {
        return false;
      }
    }
    commit(session);
    return true;
  }

  private static void commit(Session session) throws SQLException {
    try {
      session.prepare("COMMIT").execute();
    } catch (SQLException e) {
      throw SqliteErrors.isRolledBack(e) ? e : UnknownOutcomeException.of(e);
    } catch (RuntimeException | Error e) {
      throw UnknownOutcomeException.of(e);
    }
  }

  /**
   * Never: an existing key is not an error here, and no other connection writes during a
   * transaction.
   */
  @Override
  public boolean isContradiction(SQLException error) {
    return false;
  }

  /** Writes these rows; false when a record to be inserted exists already. */
  boolean write(Session session, Rows rows) throws SQLException {
    PreparedStatement prepared = session.prepare(sql(rows.statement()));
    List<ColumnType> types = rows.types();
    for (@Nullable Object[] row : rows.rows()) {
      for (int i = 0; i < row.length; i++) {
        bind(prepared, i + 1, types.get(i), row[i]);
      }
      prepared.addBatch();
    }
    boolean tolerant = rows.statement().isTolerant();
    for (int changed : prepared.executeBatch()) {
      if (tolerant) {
        continue;
      }
      if (changed == 0 && rows.statement().inserts()) {
        return false;
      }
      if (changed != 1) {
        throw new IllegalStateException(
            rows.statement() + " changed " + changed + " records; expected 1");
      }
    }
    if (rows.statement() == WriteStatement.TOUCH_COMMIT) {
      session.prepare(WRITE_A_PAGE).execute();
    }
    return true;
  }

  private void bind(PreparedStatement statement, int index, ColumnType type, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
      return;
    }
    switch (type) {
      case UUID -> bindUuid(statement, index, (UUID) value);
      case TEXT -> statement.setString(index, (String) value);
      case LONG -> statement.setLong(index, (Long) value);
      case INT -> statement.setInt(index, (Integer) value);
      case TIME -> bindTime(statement, index, (Instant) value);
      case BYTES -> statement.setBytes(index, (byte[]) value);
    }
  }

  @Override
  public void bindUuid(PreparedStatement statement, int index, UUID id) throws SQLException {
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    statement.setBytes(index, bytes.array());
  }

  @Override
  public void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException {
    statement.setLong(index, Times.toMicros(time));
  }

  @Override
  public void bindUuids(PreparedStatement statement, int index, Collection<UUID> ids)
      throws SQLException {
    StringBuilder json = new StringBuilder("[");
    for (UUID id : ids) {
      String text = id.toString();
      json.append(json.length() == 1 ? "\"" : ",\"");
      json.append(text, 0, 8)
          .append(text, 9, 13)
          .append(text, 14, 18)
          .append(text, 19, 23)
          .append(text, 24, 36);
      json.append('"');
    }
    statement.setString(index, json.append(']').toString());
  }

  @Override
  public void bindTexts(PreparedStatement statement, int index, Collection<String> texts)
      throws SQLException {
    StringBuilder json = new StringBuilder("[");
    for (String text : texts) {
      json.append(json.length() == 1 ? "\"" : ",\"");
      JsonStringEncoder.getInstance().quoteAsString(text, json);
      json.append('"');
    }
    statement.setString(index, json.append(']').toString());
  }

  @Override
  public UUID uuid(ResultSet row, int column) throws SQLException {
    byte[] bytes = row.getBytes(column);
    if (bytes == null || bytes.length != UUID_BYTES) {
      throw new DamagedRowException("an id must have 16 bytes", null);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  @Override
  public @Nullable Instant time(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : Times.stored(Times.ofMicros(micros));
  }

  @Override
  public WaymarkException explain(String attempted, SQLException cause, FailedCall call) {
    return errors.explain(attempted, cause, call);
  }

  @Override
  public Remedy remedy(SQLException cause) {
    return SqliteErrors.isLocked(cause) ? Remedy.NONE : Remedy.APART;
  }
}
