package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.StoreContents;
import dev.waymark.testkit.model.Comparison;
import dev.waymark.testserver.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("Settings that a role or a database gives to the sessions of a store")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OtherSettingsTest {
  private static final String TRANSACTION_TIMEOUT = "transaction_timeout = '900ms'";
  private static final String PASSWORD = "s3cret";

  /** Settings of a role that change how long a statement may take, or what it means. */
  private static final List<String> HOSTILE =
      List.of(
          "statement_timeout = '800ms'",
          "lock_timeout = '300ms'",
          "idle_in_transaction_session_timeout = '700ms'",
          "default_transaction_isolation = 'serializable'",
          "default_transaction_deferrable = on",
          "session_replication_role = replica",
          "row_security = off",
          "synchronous_commit = off",
          "search_path = ''",
          "bytea_output = escape",
          "DateStyle = 'SQL, DMY'",
          "IntervalStyle = sql_standard",
          "TimeZone = 'Asia/Kathmandu'",
          "extra_float_digits = -15",
          "standard_conforming_strings = off",
          "escape_string_warning = off",
          "array_nulls = off",
          "transform_null_equals = on",
          "quote_all_identifiers = on",
          "check_function_bodies = off",
          "enable_indexscan = off",
          "enable_indexonlyscan = off",
          "enable_bitmapscan = off",
          "enable_nestloop = off",
          "enable_hashjoin = off",
          "enable_mergejoin = off",
          "enable_hashagg = off",
          "enable_sort = off",
          "enable_material = off",
          "jit = on",
          "jit_above_cost = 0",
          "jit_optimize_above_cost = 0",
          "work_mem = '64kB'",
          "plan_cache_mode = force_custom_plan",
          "max_parallel_workers_per_gather = 8",
          "parallel_setup_cost = 0",
          "parallel_tuple_cost = 0",
          "min_parallel_table_scan_size = 0",
          "join_collapse_limit = 1",
          "from_collapse_limit = 1",
          "geqo_threshold = 2",
          "client_min_messages = debug1",
          "lc_messages = 'C'");

  private final String schema = TestServer.newName();
  private final String role = TestServer.newName();

  @BeforeEach
  void makeRole() {
    TestServer.execute("CREATE ROLE " + role + " SUPERUSER LOGIN PASSWORD '" + PASSWORD + "'");
  }

  @AfterEach
  void clear() {
    TestServer.drop(schema);
    TestServer.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
  }

  private void set(String setting) {
    TestServer.execute("ALTER ROLE " + role + " SET " + setting);
  }

  private void setAll() {
    HOSTILE.forEach(this::set);
    if (hasTransactionTimeout()) {
      set(TRANSACTION_TIMEOUT);
    }
  }

  private static boolean hasTransactionTimeout() {
    return TestServer.text("SELECT current_setting('server_version_num')::int >= 170000")
        .equals("t");
  }

  private PostgresStateStore.Builder builder() {
    return PostgresStateStore.builder(TestServer.url())
        .schema(schema)
        .user(role)
        .password(PASSWORD);
  }

  /** With sessions that the store does not open itself, and must leave unchanged. */
  private PostgresStateStore.Builder ofDataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url());
    source.setUser(role);
    source.setPassword(PASSWORD);
    return PostgresStateStore.builder(source).schema(schema);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("change no stored value, no answer, no total and no guarantee of durability")
  void sameAnswers(boolean own) throws Exception {
    setAll();
    PostgresStateStore.Builder builder = own ? builder() : ofDataSource();
    String plain = TestServer.newSchema();
    ManualClock clock = new ManualClock(Instant.EPOCH);
    try (StateStore hostile = builder.clock(clock).limits(Comparison.limits()).build();
        StateStore usual =
            PostgresStateStore.builder(TestServer.url())
                .schema(plain)
                .clock(clock)
                .limits(Comparison.limits())
                .build()) {
      Map<String, StateStore> stores = new LinkedHashMap<>();
      stores.put("with hostile settings", hostile);
      stores.put("with the usual settings", usual);
      new Comparison(clock, stores, "run this test again").run(11, 300);
      assertThat(StoreContents.of(hostile)).isEqualTo(StoreContents.of(usual));
      assertThat(Invariants.violations(hostile)).isEmpty();
      Counts.check(schema);
    } finally {
      TestServer.drop(plain);
    }
  }

  @Test
  @DisplayName("do not end statements of concurrent writers")
  void writersAtWork() throws Exception {
    setAll();
    try (StateStore hostile = builder().build()) {
      Sample.useEverything(hostile, 8);
      Workload work = new Workload(hostile, 4, 8);
      work.run();
      work.checkExecutions(hostile);
      Counts.check(schema);
    }
  }

  @Test
  @DisplayName(
      "do not end an opening that reads the catalog for longer than a transaction may last")
  void slowLook() {
    assumeTrue(hasTransactionTimeout(), "transaction_timeout exists since PostgreSQL 17");
    builder().build().close();
    set(TRANSACTION_TIMEOUT);
    BeforeStatement source =
        new BeforeStatement(
            TestServer.url(), "pg_trigger", () -> TestServer.execute("SELECT pg_sleep(1)"));
    source.setUser(role);
    source.setPassword(PASSWORD);
    try (StateStore store =
        PostgresStateStore.builder(source).schema(schema).retryTimeout(Duration.ZERO).build()) {
      assertThat(store.executions(ExecutionQuery.all()).total()).isZero();
    }
  }

  @Test
  @DisplayName("do not end four concurrent first openings, with a lock time-out of 300ms")
  void firstOpenings() throws Exception {
    set("lock_timeout = '300ms'");
    slowFirstMigration();
    List<Callable<StateStore>> calls =
        Collections.nCopies(4, () -> builder().retryTimeout(Duration.ZERO).build());
    Sample.together(calls).forEach(StateStore::close);
    try (StateStore store = builder().build()) {
      assertThat(store.executions(ExecutionQuery.all()).total()).isZero();
    }
  }

  @Test
  @DisplayName("do not end a slow migration, with time-outs of 800ms")
  void slowMigration() {
    EarlierVersion.make(1, schema);
    setAll();
    slowFirstMigration();
    try (StateStore store = builder().build()) {
      Sample.useEverything(store, 1);
    }
  }

  /** Each migration of an existing schema takes longer than the time-outs of the role. */
  private void slowFirstMigration() {
    if (TestServer.text("SELECT to_regnamespace('" + schema + "') IS NULL").equals("t")) {
      EarlierVersion.make(1, schema);
    }
    TestServer.execute(
        """
        CREATE FUNCTION %1$s.take_time() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_catalog.pg_sleep(1.1);
          RETURN NEW;
        END
        $$;
        CREATE TRIGGER take_time BEFORE UPDATE ON %1$s.waymark_version FOR EACH ROW EXECUTE FUNCTION %1$s.take_time()\
        """
            .formatted(schema));
  }

  @Test
  @DisplayName("that make the sessions read-only are named when the store opens")
  void readOnly() {
    set("default_transaction_read_only = on");
    assertThatThrownBy(() -> builder().retryTimeout(Duration.ZERO).build())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("default_transaction_read_only is on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"LATIN1", "SQL_ASCII", "WIN1252", "EUC_JP"})
  @DisplayName("a database with another encoding than UTF8 is refused and stays unchanged")
  void encoding(String encoding) {
    String database = TestServer.newName();
    TestServer.execute(
        "CREATE DATABASE "
            + database
            + " ENCODING '"
            + encoding
            + "' LOCALE 'C' TEMPLATE template0");
    try {
      assertThatThrownBy(() -> PostgresStateStore.open(TestServer.urlOf(database)))
          .isInstanceOf(SchemaMismatchException.class)
          .hasMessageContaining("database \"" + database + "\" with encoding " + encoding)
          .hasMessageContaining("CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0");
    } finally {
      TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }

  @Test
  @DisplayName(
      "a connection with another encoding than UTF8 is refused, and the error says where to look")
  void clientEncoding() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(TestServer.url("allowEncodingChanges=true"));
    config.setConnectionInitSql("SET client_encoding = LATIN1");
    config.setMaximumPoolSize(2);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertThatThrownBy(() -> PostgresStateStore.builder(pool).schema(schema).build())
          .isInstanceOf(SchemaMismatchException.class)
          .hasMessageContaining("client_encoding LATIN1")
          .hasMessageContaining("allowEncodingChanges");
    }
  }
}
