package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("Opening a store on PostgreSQL")
class PostgresOpeningTest {
  private static final String PASSWORD = "s3cret-Horse";
  private final String schema = TestServer.newName();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  private static PostgresStateStore.Builder builder(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema);
  }

  /** The error of an opening, which must not contain the password in any of its texts. */
  private static Throwable failure(PostgresStateStore.Builder builder) {
    Throwable error = catchThrowable(builder::build);
    assertThat(error).isNotNull();
    assertThat(error).asString().doesNotContain(PASSWORD);
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace)); // with every cause, and what was suppressed
    assertThat(trace.toString()).doesNotContain(PASSWORD);
    if (!(error instanceof InvalidInputException)) {
      assertThat(error).hasMessageContaining("postgresql://").hasMessageContaining("(schema ");
    }
    return error;
  }

  @Test
  @DisplayName("creates and migrates a new schema, and leaves an existing one unchanged")
  void newSchema() {
    builder(schema).build().close();
    String history = "SELECT count(*) FROM " + schema + ".waymark_schema_history";
    assertThat(TestServer.text(history)).isEqualTo("12");
    try (StateStore store = builder(schema).build()) {
      Sample.saveWorkflow(store);
      assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
    }
    assertThat(TestServer.text(history)).isEqualTo("12");
  }

  @Test
  @DisplayName("creates the same schema as the tests do from the text of the migrations")
  void sameAsTests() {
    builder(schema).build().close();
    String byText = TestServer.newSchema();
    try {
      assertThat(shape(byText)).isEqualTo(shape(schema));
    } finally {
      TestServer.drop(byText);
    }
  }

  private static String shape(String schema) {
    return TestServer.text(
            """
            SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
              SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = '%1$s'
              UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = '%1$s'
              UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = '%1$s'::regnamespace AND NOT t.tgisinternal
              UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = '%1$s'::regnamespace) AS l (line)
            WHERE line NOT LIKE '%%waymark_schema_history%%'"""
                .formatted(schema))
        .replace(schema, "S");
  }

  @Test
  @DisplayName("at the same moment in several threads gives all of them the same store")
  void openAtOnce() throws Exception {
    for (int round = 0; round < 3; round++) {
      TestServer.drop(schema);
      List<Callable<StateStore>> calls = Collections.nCopies(6, () -> builder(schema).build());
      List<StateStore> stores = Sample.together(calls);
      Sample.saveWorkflow(stores.get(0));
      for (StateStore store : stores) {
        assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
        store.close();
      }
    }
  }

  @Test
  @DisplayName("uses the data source of the caller and does not close it")
  void dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url());
    try (StateStore store = PostgresStateStore.builder(source).schema(schema).build()) {
      Sample.saveWorkflow(store);
      assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
    }
    assertThatThrownBy(() -> PostgresStateStore.builder(source).user("me"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("set it in the data source");
  }

  @Test
  @DisplayName("names a server that cannot be reached, with its port")
  void unreachable() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String url = "postgresql://me:" + PASSWORD + "@localhost:" + port + "/things";
    assertThat(failure(PostgresStateStore.builder(url)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("postgresql://localhost:" + port + "/things")
        .hasMessageContaining("cannot be reached (")
        .hasMessageContaining("check host and port");
  }

  @Test
  @DisplayName("names a host that does not exist")
  void unknownHost() {
    String url = "postgresql://me:" + PASSWORD + "@db.invalid/things";
    assertThat(failure(PostgresStateStore.builder(url)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("postgresql://db.invalid:5432/things")
        .hasMessageContaining("the host name is unknown");
  }

  @Test
  @DisplayName("names a user whom the server refuses, but not the password")
  void wrongUser() {
    String nobody = TestServer.newName();
    assertThat(failure(builder(schema).user(nobody).password(PASSWORD)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("rejected user " + nobody)
        .hasMessageContaining("check the name, and that the role exists");
  }

  @Test
  @DisplayName("reports a wrong password as refused, without showing it")
  void wrongPassword() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        Connection owner = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
        Statement sql = owner.createStatement()) {
      sql.execute("CREATE ROLE guarded LOGIN PASSWORD 'another'");
      Path rules = Path.of(TestServer.text(owner, "SHOW hba_file"));
      Files.writeString(rules, "host all guarded all scram-sha-256\n" + Files.readString(rules));
      sql.execute("SELECT pg_reload_conf()");
      awaitRefusal(server.getJdbcUrl("guarded", "postgres"));
      String url =
          "postgresql://guarded:" + PASSWORD + "@localhost:" + server.getPort() + "/postgres";
      assertThat(failure(PostgresStateStore.builder(url)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + server.getPort() + "/postgres")
          .hasMessageContaining("does not accept the password of user guarded")
          .hasMessageContaining("password authentication failed");
    }
  }

  /** The server reads its rules again after some time. */
  private static void awaitRefusal(String url) {
    boolean letIn = true;
    while (letIn) {
      try (Connection connection = DriverManager.getConnection(url)) {
        letIn = connection.isValid(1);
      } catch (SQLException e) {
        letIn = false;
      }
    }
  }

  @Test
  @DisplayName("names a database that does not exist")
  void missingDatabase() {
    String url = TestServer.url().replaceFirst("/[^/?]+(\\?|$)", "/no_such_database$1");
    assertThat(failure(PostgresStateStore.builder(url).password(PASSWORD)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("/no_such_database")
        .hasMessageContaining("does not exist; create it");
  }

  @Test
  @DisplayName("as a user without CREATE names who can create the schema, and changes nothing")
  void missingRights() {
    String user = TestServer.newName();
    TestServer.execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + PASSWORD + "'");
    try {
      assertThat(failure(builder(schema).user(user).password(PASSWORD)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("user " + user + " lacks a privilege")
          .hasMessageContaining("CREATE SCHEMA " + schema + " AUTHORIZATION");
      assertThat(
              TestServer.text("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'"))
          .isEqualTo("0");
    } finally {
      TestServer.execute("DROP ROLE " + user);
    }
  }

  @Test
  @DisplayName("refuses a schema of a newer version and leaves it unchanged")
  void newerSchema() {
    builder(schema).build().close();
    TestServer.execute("UPDATE " + schema + ".waymark_version SET version = 999");
    assertThat(failure(builder(schema)))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining(schema)
        .hasMessageContaining("version 999")
        .hasMessageContaining("up to 12")
        .hasMessageContaining("Update Waymark");
    assertThat(TestServer.text("SELECT version FROM " + schema + ".waymark_version"))
        .isEqualTo("999");
    assertThat(TestServer.text("SELECT count(*) FROM " + schema + ".waymark_schema_history"))
        .isEqualTo("12");
  }

  @Test
  @DisplayName("refuses a schema of another program and leaves it unchanged")
  void foreignSchema() {
    TestServer.execute("CREATE SCHEMA " + schema + "; CREATE TABLE " + schema + ".notes (t text)");
    assertThat(failure(builder(schema)))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("1 tables or other relations of another program")
        .hasMessageContaining("schema=NAME");
    assertThat(
            TestServer.text(
                "SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = '"
                    + schema
                    + "'"))
        .isEqualTo("notes");
  }

  @Test
  @DisplayName("as a user without USAGE on an existing schema says so, and changes nothing")
  void foreignRights() {
    builder(schema).build().close();
    String user = TestServer.newName();
    TestServer.execute("CREATE ROLE " + user + " LOGIN PASSWORD '" + PASSWORD + "'");
    try {
      assertThat(failure(builder(schema).user(user).password(PASSWORD)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("user " + user + " lacks a privilege (permission denied for schema")
          .hasMessageContaining("ask the owner of the schema to grant");
    } finally {
      TestServer.execute("DROP ROLE " + user);
    }
  }

  @Test
  @DisplayName("never shows the password in the texts of the builder and the store")
  void passwordIsNotShown() {
    String user = TestServer.newName();
    TestServer.execute("CREATE ROLE " + user + " SUPERUSER LOGIN PASSWORD '" + PASSWORD + "'");
    PostgresStateStore.Builder builder = builder(schema).user(user).password(PASSWORD);
    assertThat(builder.toString()).doesNotContain(PASSWORD);
    try (StateStore store = builder.build()) {
      assertThat(store.toString()).doesNotContain(PASSWORD);
    } finally {
      TestServer.drop(schema);
      TestServer.execute("DROP ROLE " + user);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper", "with space", "pg_mine", "", "1st", "a\"b", "a;b"})
  @DisplayName("refuses an invalid schema name before it connects")
  void schemaNames(String name) {
    assertThat(failure(builder(name)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("schema")
        .hasMessageContaining("lower-case letters");
  }

  @Test
  @DisplayName("refuses settings out of range, and names the range")
  void ranges() {
    assertThat(failure(builder(schema).poolSize(0))).hasMessageContaining("1 to 1,000");
    assertThat(failure(builder(schema).poolTimeout(Duration.ofMillis(1))))
        .hasMessageContaining("use 250ms to 1h");
    assertThat(failure(builder(schema).statementTimeout(Duration.ZERO)))
        .hasMessageContaining("statement time-out 0s is out of range");
    Limits limits = Limits.builder().maxLabelValueBytes(4_096).build();
    assertThat(failure(builder(schema).limits(limits)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 2048");
  }
}
