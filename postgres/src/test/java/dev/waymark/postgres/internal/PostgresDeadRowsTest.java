package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Counts the buffers of the statements that a claim runs, with the parameters that it binds, while
 * another session holds a snapshot that is older than all dead rows.
 */
@DisplayName("Dead rows under an old snapshot")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresDeadRowsTest {
  private static final int DEAD = 50_000;
  private static final int TOGETHER = 2_000;

  /** Of all statements of an empty claim together, with some thousand rows that died recently. */
  private static final long FEW = 300;

  private static final List<String> POOLS = List.of("default", "gpu");
  private static final int[] PRIORITIES = {0, 7, -100};
  private static final Pattern BUFFERS = Pattern.compile("Buffers: shared([^\\n]*)");
  private static final Pattern COUNT = Pattern.compile("(?:hit|read)=(\\d+)");

  private final String schema = TestServer.newSchema();
  private final PostgresDialect dialect = dialect();

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  private PostgresDialect dialect() {
    PostgresSettings settings = PostgresConnectionTest.settings(schema, Duration.ofSeconds(60));
    return new PostgresDialect(
        settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
  }

  @Test
  @DisplayName("an empty claim reads as few buffers with 100,000 dead rows as with 50,000")
  void flat() throws SQLException {
    TestServer.execute("INSERT INTO " + schema + ".pools VALUES ('gpu', 3)");
    try (Connection old = TestServer.connect();
        Session session = new Session(TestServer.connect())) {
      holdSnapshot(old);
      die(session);
      long few = fewest(session);
      die(session);
      long fewOfTwice = fewest(session);

      long all = buffers(session, dialect());
      assertThat(all).as("buffers of a store without bounds").isGreaterThan(4 * 750);
      assertThat(few).isLessThan(FEW);
      assertThat(fewOfTwice).isLessThan(FEW);
    }
  }

  @Test
  @DisplayName("a claim that takes something reads no dead leases, whatever the statistics say")
  void taking() throws SQLException {
    try (Connection old = TestServer.connect();
        Session session = new Session(TestServer.connect())) {
      holdSnapshot(old);
      die(session);
      die(session);
      committedIn("default", 0);
      committedIn("gpu", 7);
      for (String table : List.of("leases", "attempts", "execution_details", "ready_task_runs")) {
        TestServer.execute("ANALYZE " + schema + "." + table);
      }
      String died = TestServer.text("SELECT clock_timestamp()");
      awaitClock(died, "1 second");
      claim(session, dialect);

      assertThat(claim(session, dialect)).isEqualTo(2);
      assertThat(buffers(session, dialect)).isLessThan(2 * FEW);
    }
  }

  @Test
  @DisplayName("a store that is opened later also skips them, from its third claim on")
  void opened() throws SQLException {
    try (Connection old = TestServer.connect();
        Session session = new Session(TestServer.connect())) {
      holdSnapshot(old);
      die(session);
      String died = TestServer.text("SELECT clock_timestamp()");
      awaitClock(died, "1 second");
      PostgresDialect later = dialect();
      claim(session, later);
      claim(session, later);

      assertThat(buffers(session, later)).isLessThan(FEW);
    }
  }

  @Test
  @DisplayName("a claim finds a row that is committed long after its time, and after many claims")
  void committedLate() throws SQLException {
    TestServer.execute(
        """
        SET session_replication_role = replica; SET search_path TO %s;
        INSERT INTO executions SELECT md5('e')::uuid, 'w', 1, 'RUNNING', 2, 'h', now(), now(), NULL, NULL;
        INSERT INTO execution_details SELECT id, '{}', '{}' FROM executions;
        INSERT INTO task_runs SELECT md5('t')::uuid, id, 't', 'PENDING', 1, 0, now(), NULL, NULL FROM executions"""
            .formatted(schema));
    try (Connection writer = TestServer.connect();
        Statement sql = writer.createStatement();
        Session session = new Session(TestServer.connect())) {
      claim(session, dialect);
      claim(session, dialect);
      writer.setAutoCommit(false);
      sql.execute(
          "INSERT INTO %s.ready_task_runs SELECT md5('t')::uuid, 'default', 0, clock_timestamp()"
              .formatted(schema));
      String written = TestServer.text(writer, "SELECT clock_timestamp()");
      // Longer than the margin and several refreshes.
      do {
        assertThat(claim(session, dialect)).isZero();
      } while (!isPast(written, "3 seconds"));

      writer.commit();

      assertThat(claim(session, dialect)).isOne();
    }
  }

  @Test
  @DisplayName("a claim immediately finds a row in a lane that no commit has recorded")
  void unknownLane() throws SQLException {
    committedIn("default", 41);
    committedIn("gpu", -7);
    try (Session session = new Session(TestServer.connect())) {
      assertThat(claim(session, dialect)).isEqualTo(2);
      assertThat(claim(session, dialect)).isEqualTo(2);
      assertThat(claim(session, dialect)).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("a claim finds a row that moves into a lane whose bound is later than the row")
  void moved() throws SQLException {
    committedIn("gpu", 5);
    try (Session session = new Session(TestServer.connect())) {
      String there = TestServer.text("SELECT clock_timestamp()");
      do {
        claim(session, dialect);
      } while (!isPast(there, "3 seconds"));
      Rows moving = WriteStatement.UPDATE_READY.rows();
      moving.add("default", 0, 0L, UUID.fromString(TestServer.text("SELECT md5('gpu')::uuid")));
      commit(session, List.of(moving));

      assertThat(claim(session, dialect)).isOne();
    }
  }

  private void committedIn(String pool, int priority) {
    TestServer.execute(
        """
        SET session_replication_role = replica; SET search_path TO %1$s;
        INSERT INTO executions SELECT md5('%2$s')::uuid, 'w', 1, 'RUNNING', 2, 'h', now(), now(), NULL, NULL;
        INSERT INTO execution_details SELECT md5('%2$s')::uuid, '{}', '{}';
        INSERT INTO task_runs SELECT md5('%2$s')::uuid, md5('%2$s')::uuid, 't', 'PENDING', 1, 0, now(), NULL, NULL;
        INSERT INTO ready_task_runs SELECT md5('%2$s')::uuid, '%2$s', %3$d, clock_timestamp()"""
            .formatted(schema, pool, priority));
  }

  private static void holdSnapshot(Connection old) throws SQLException {
    old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    old.setAutoCommit(false);
    TestServer.text(old, "SELECT count(*) FROM pg_class");
  }

  /** Inserts rows into all tables and lanes, and deletes them. */
  private void die(Session session) throws SQLException {
    for (int i = 0; i < DEAD / TOGETHER; i++) {
      dieTogether(session);
    }
  }

  private void dieTogether(Session session) throws SQLException {
    List<UUID> ids = Stream.generate(UUID::randomUUID).limit(TOGETHER).toList();
    Rows ready = WriteStatement.INSERT_READY.rows();
    Rows due = WriteStatement.PUT_DUE.rows();
    Rows leased = WriteStatement.INSERT_LEASE.rows();
    Rows taken = WriteStatement.DELETE_READY.rows();
    Rows settled = WriteStatement.CLEAR_DUE.rows();
    Rows ended = WriteStatement.DELETE_LEASE.rows();
    for (int i = 0; i < TOGETHER; i++) {
      UUID id = ids.get(i);
      ready.add(id, POOLS.get(i % 2), PRIORITIES[i % 3], 0L);
      due.add(id, "SETTLE", 0L);
      leased.add(id, 1, "w", 1L, POOLS.get(i % 2));
      taken.add(id);
      settled.add(id, "SETTLE");
      ended.add(id, 1);
    }
    commit(session, List.of(ready, due, leased));
    commit(session, List.of(taken, settled, ended));
  }

  private void commit(Session session, List<Rows> rows) throws SQLException {
    dialect.beginWrite(session);
    dialect.writeAndCommit(session, rows, CountChanges.NONE);
  }

  private long fewest(Session session) throws SQLException {
    String died = TestServer.text("SELECT clock_timestamp()");
    long fewest = Long.MAX_VALUE;
    while (fewest >= FEW && !isPast(died, "60 seconds")) {
      claim(session, dialect);
      fewest = Math.min(fewest, buffers(session, dialect));
    }
    return fewest;
  }

  private static boolean isPast(String time, String interval) {
    return "t"
        .equals(
            TestServer.text(
                "SELECT clock_timestamp() > timestamptz '"
                    + time
                    + "' + interval '"
                    + interval
                    + "'"));
  }

  private static void awaitClock(String time, String interval) {
    while (!isPast(time, interval)) {
      Thread.onSpinWait();
    }
  }

  private static ClaimReads reads(PostgresDialect dialect) {
    return new ClaimReads(
        dialect, new ClaimRequest("w", 10, Duration.ofHours(1), Set.copyOf(POOLS)));
  }

  /** The reads of a claim; returns the number of selected rows. */
  private static int claim(Session session, PostgresDialect dialect) throws SQLException {
    ClaimReads reads = reads(dialect);
    dialect.beginWrite(session);
    dialect.readForClaim(session, POOLS, reads.looking(20));
    int picked = reads.picked().size();
    dialect.rollback(session);
    return picked;
  }

  private static long buffers(Session session, PostgresDialect dialect) throws SQLException {
    dialect.beginWrite(session);
    dialect.read(session, List.of());
    long buffers = 0;
    for (Request request : reads(dialect).looking(20)) {
      buffers += buffers(plan(session, dialect, request));
    }
    dialect.rollback(session);
    return buffers;
  }

  /** The first line is that of the root of the plan, which includes all steps below it. */
  private static long buffers(String plan) {
    Matcher line = BUFFERS.matcher(plan);
    return line.find()
        ? COUNT.matcher(line.group(1)).results().mapToLong(n -> Long.parseLong(n.group(1))).sum()
        : 0;
  }

  private static String plan(Session session, PostgresDialect dialect, Request request)
      throws SQLException {
    StringBuilder plan = new StringBuilder();
    try (PreparedStatement explain =
        session
            .connection()
            .prepareStatement(
                "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) "
                    + dialect.sql(request.statement()))) {
      request.parameters().bind(explain, 1);
      try (ResultSet row = explain.executeQuery()) {
        while (row.next()) {
          plan.append(row.getString(1)).append('\n');
        }
      }
    }
    return plan.append('\n').toString();
  }
}
