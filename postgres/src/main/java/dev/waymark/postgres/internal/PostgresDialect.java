package dev.waymark.postgres.internal;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Times;
import dev.waymark.jdbc.internal.sql.ColumnType;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.FailedCall;
import dev.waymark.jdbc.internal.sql.PlainClaim;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.postgres.internal.ScanBounds.Lane;
import dev.waymark.postgres.internal.ScanBounds.Range;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL dialect. BEGIN and COMMIT are explicit statements on a connection in autocommit
 * mode, so that BEGIN and the settings are one round trip.
 *
 * <p>Writing is READ COMMITTED with row locks, unique keys and versions that are compared; nothing
 * depends on SERIALIZABLE. Reading is one snapshot that locks nothing.
 */
public final class PostgresDialect implements Dialect {
  /**
   * With this number of statements, requests and answers stay below the smallest buffers in use.
   */
  private static final int MOST_IDS_TOGETHER = 2_000;

  private static final int MOST_WRITERS = 2;

  private final PostgresSql sql;
  private final PostgresErrors errors;
  private final int writers;
  private final boolean isApart;
  private final String beginWrite;
  private final String beginRead;
  private final String claimAtOnce;
  private final String countChanges;
  private final Map<List<String>, String> together = new ConcurrentHashMap<>();
  private final ScanBounds bounds = new ScanBounds();
  private final RecordedLanes lanes = new RecordedLanes();

  /** A dialect for the schema of these settings on this server, whose errors name this store. */
  public PostgresDialect(PostgresSettings settings, PostgresErrors errors, PostgresServer server) {
    this.sql = new PostgresSql(settings.schema());
    this.claimAtOnce = sql.in(ClaimAtOnce.TEXT);
    this.countChanges = sql.in(ExecutionCounts.CHANGE);
    this.errors = errors;
    this.writers = Math.min(MOST_WRITERS, settings.poolSize());
    this.isApart = server.answersSettingsApart();
    PostgresTransactions transactions = new PostgresTransactions(settings, server.version());
    this.beginWrite = transactions.write(server.isTuned());
    this.beginRead = transactions.read(server.isTuned());
  }

  @Override
  public String sql(ReadStatement statement) {
    return sql.text(statement);
  }

  @Override
  public String sql(WriteStatement statement) {
    return sql.text(statement);
  }

  @Override
  public String table(String name) {
    return sql.table(name);
  }

  @Override
  public String isKey(String column, String value) {
    return PostgresSql.isKey(column, value);
  }

  @Override
  public String beginning(String column) {
    return "pg_catalog.left(" + column + ", " + BEGINNING + ")";
  }

  /** The column is null until a task run fails. */
  @Override
  public String isFailed(String alias) {
    return alias + ".failed";
  }

  @Override
  public String isOneOf(String column) {
    return column + " = ANY (?::text[])";
  }

  /**
   * While one group waits for the disk, the other works. More groups at a time are smaller
   * (measured). With two connections, neither waits for the connection of the other.
   */
  @Override
  public int writers() {
    return writers;
  }

  /** BEGIN is sent with the first statements, in their round trip. */
  @Override
  public void beginWrite(Session session) {
    session.defer(beginWrite);
  }

  /**
   * Runs them together, unless they are large: the driver sends all of them before it reads an
   * answer, and client and server could deadlock with full buffers.
   */
  @Override
  public void read(Session session, List<Request> requests) throws SQLException {
    Batch batch = begin(session);
    run(session, batch, requests);
  }

  /** Refreshes the bounds of the scans in the same round trip, when the refresh is due. */
  @Override
  public void readForClaim(Session session, Collection<String> pools, List<Request> requests)
      throws SQLException {
    Batch batch = begin(session);
    Object refresh = bounds.begin(pools);
    if (refresh != null) {
      new BoundsRefresh(bounds, refresh).addTo(batch, sql);
    }
    run(session, batch, requests);
  }

  @Override
  public boolean claimAtOnce(Session session, PlainClaim claim, Request.Row row)
      throws SQLException {
    Batch batch = begin(session);
    batch.add(
        claimAtOnce,
        (statement, first) ->
            ClaimAtOnce.bind(statement, bindClaimedPools(statement, first, claim.pools()), claim),
        row);
    batch.runAndCommit();
    return true;
  }

  /** A batch that begins with the statements that the session has delayed. */
  private Batch begin(Session session) throws SQLException {
    Batch batch = new Batch(session, together, isApart);
    batch.addDeferred();
    return batch;
  }

  private void run(Session session, Batch first, List<Request> requests) throws SQLException {
    Batch batch = first;
    int ids = 0;
    for (Request request : requests) {
      if (ids > 0 && ids + request.ids() > MOST_IDS_TOGETHER) {
        batch.run();
        batch = new Batch(session, together, isApart);
        ids = 0;
      }
      batch.add(sql(request.statement()), request);
      ids += request.ids();
    }
    batch.run();
  }

  /** None: writes of others are detected for each record. */
  @Override
  public @Nullable Object stamp(Session session) {
    return null;
  }

  @Override
  public void beginRead(Session session) throws SQLException {
    session.execute(beginRead);
  }

  @Override
  public void rollback(Session session) throws SQLException {
    session.execute("ROLLBACK");
  }

  /**
   * Writes each set of rows with one statement, each column as one array, and commits, all in one
   * round trip. A statement that finds another number of records than it has rows fails in the
   * server, which then skips all that follows.
   */
  @Override
  public boolean writeAndCommit(Session session, List<Rows> writes, CountChanges counts)
      throws SQLException {
    Batch batch = writes(session, writes, counts, countChanges);
    List<Lane> unrecorded = addLanes(batch, writes);
    batch.runAndCommit();
    lanes.recorded(unrecorded);
    return true;
  }

  /** A batch with these writes, which counts with this statement. */
  Batch writes(Session session, List<Rows> writes, CountChanges counts, String count)
      throws SQLException {
    Batch batch = begin(session);
    for (Rows rows : writes) {
      batch.add(sql(rows.statement()), (statement, first) -> bind(statement, first, rows));
    }
    List<CountChanges.Change> changes = counts.list();
    if (!changes.isEmpty()) {
      batch.add(count, (s, next) -> ExecutionCounts.bind(s, next, changes));
    }
    return batch;
  }

  /**
   * Adds the record of the lanes of these writes that are not known to be recorded, and returns
   * them. It comes last: a wait here for another transaction that records the same lane delays no
   * other transaction.
   */
  List<Lane> addLanes(Batch batch, List<Rows> writes) {
    List<Lane> unrecorded = lanes.unrecorded(writes);
    if (!unrecorded.isEmpty()) {
      batch.add(sql.in(RecordedLanes.RECORD), (s, next) -> RecordedLanes.bind(s, next, unrecorded));
    }
    return unrecorded;
  }

  @Override
  public boolean isContradiction(SQLException error) {
    return SqlStates.isContradiction(SqlStates.of(error));
  }

  private static int bind(PreparedStatement statement, int first, Rows rows) throws SQLException {
    boolean isHistory = rows.statement() == WriteStatement.INSERT_HISTORY;
    List<ColumnType> types = isHistory ? HistorySums.types(rows) : rows.types();
    List<@Nullable Object[]> values = isHistory ? HistorySums.of(rows) : rows.rows();
    for (int column = 0; column < types.size(); column++) {
      statement.setArray(
          first + column, column(statement.getConnection(), types.get(column), values, column));
    }
    int next = first + types.size();
    if (rows.statement().isCounted()) {
      statement.setInt(next++, rows.rows().size());
    }
    return next;
  }

  private static Array column(
      Connection connection, ColumnType type, List<@Nullable Object[]> rows, int column)
      throws SQLException {
    @Nullable Object[] values = newArray(type, rows.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i)[column];
    }
    return connection.createArrayOf(typeName(type), values);
  }

  /** The driver sends an array in binary when its Java type shows the type of its elements. */
  private static @Nullable Object[] newArray(ColumnType type, int length) {
    return switch (type) {
      case TEXT -> new String[length];
      case LONG -> new Long[length];
      case INT -> new Integer[length];
      case BYTES -> new byte[length][];
      case UUID, TIME -> new Object[length];
    };
  }

  /**
   * The type of the elements. Times go as text: an {@link Instant} writes itself as ISO 8601 in
   * UTC, to the microsecond, which PostgreSQL reads in the same way with any settings.
   */
  private static String typeName(ColumnType type) {
    return switch (type) {
      case UUID -> "uuid";
      case TEXT -> "text";
      case LONG -> "int8";
      case INT -> "int4";
      case TIME -> "timestamptz";
      case BYTES -> "bytea";
    };
  }

  @Override
  public void bindUuid(PreparedStatement statement, int index, UUID id) throws SQLException {
    statement.setObject(index, id);
  }

  @Override
  public void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException {
    statement.setObject(index, time.atOffset(ZoneOffset.UTC));
  }

  @Override
  public void bindUuids(PreparedStatement statement, int index, Collection<UUID> ids)
      throws SQLException {
    statement.setArray(
        index, statement.getConnection().createArrayOf("uuid", ids.toArray(new UUID[0])));
  }

  @Override
  public void bindTexts(PreparedStatement statement, int index, Collection<String> texts)
      throws SQLException {
    statement.setArray(
        index, statement.getConnection().createArrayOf("text", texts.toArray(new String[0])));
  }

  /** Four arrays: ranges of priorities of the pools, and the begin of the scan of each. */
  @Override
  public int bindClaimedPools(PreparedStatement statement, int first, Collection<String> pools)
      throws SQLException {
    List<Range> ranges = bounds.ranges(pools);
    BoundArrays arrays = new BoundArrays(statement, first);
    arrays.texts(ranges, Range::pool);
    arrays.numbers(ranges, Range::least);
    arrays.numbers(ranges, Range::greatest);
    arrays.times(ranges, Range::begin);
    return arrays.next();
  }

  @Override
  public int bindBegin(PreparedStatement statement, int first, ReadStatement read)
      throws SQLException {
    Instant begin = read == ReadStatement.DUE ? bounds.dueBegin() : bounds.leaseBegin();
    BoundArrays.bindTime(statement, first, begin);
    return first + 1;
  }

  @Override
  public UUID uuid(ResultSet row, int column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  @Override
  public @Nullable Instant time(ResultSet row, int column) throws SQLException {
    @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : Times.stored(time.toInstant());
  }

  @Override
  public WaymarkException explain(String attempted, SQLException cause, FailedCall call) {
    return errors.explain(attempted, cause, call);
  }

  /**
   * A statement that exceeded a time-out belongs to one change set: committed separately, the
   * others succeed.
   */
  @Override
  public Remedy remedy(SQLException cause) {
    if (cause instanceof DamagedRowException) {
      return Remedy.APART;
    }
    String state = SqlStates.of(cause);
    if (CommitErrors.isNotReplicated(cause)
        || SqlStates.isCollision(state)
        || SqlStates.isConnectionLost(state)
        || SqlStates.isReadOnly(state)
        || SqlStates.isStaleStatement(state)) {
      return Remedy.AGAIN;
    }
    boolean hopeless =
        state == null || SqlStates.isRefusedUser(state) || SqlStates.isWithoutTables(state);
    return hopeless ? Remedy.NONE : Remedy.APART;
  }
}
