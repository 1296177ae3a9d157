package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The statements are those of docs/postgresql.md, except the names of the roles. */
@DisplayName("The roles of a store on PostgreSQL")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresRolesTest {
  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
  private static final List<String> ROLES = List.of("owner", "worker", "reader");

  private final String prefix = TestServer.newName();
  private final String database = TestServer.newDatabase();
  private List<String> documented = List.of();

  /** As in a database that grants nothing to PUBLIC. */
  @BeforeEach
  void readDocument() throws Exception {
    String text = Files.readString(Path.of("..", "docs", "postgresql.md"));
    documented = SQL.matcher(text).results().map(found -> found.group(1)).toList();
    assertThat(documented).hasSize(2);
    administer("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  }

  @AfterEach
  void clear() {
    TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
    for (String role : ROLES) {
      TestServer.execute("DROP ROLE IF EXISTS " + name(role));
    }
  }

  private String name(String role) {
    return prefix + "_" + role;
  }

  private void administer(String sql) throws SQLException {
    try (Connection admin = DriverManager.getConnection(TestServer.urlOf(database));
        Statement statement = admin.createStatement()) {
      statement.execute(sql.replaceAll("waymark_(owner|worker|reader)", prefix + "_$1"));
    }
  }

  private PostgresStateStore.Builder as(String role) {
    Matcher password =
        Pattern.compile("waymark_" + role + " LOGIN PASSWORD '(.*?)'").matcher(documented.get(0));
    assertThat(password.find()).isTrue();
    return PostgresStateStore.builder(TestServer.urlOf(database))
        .user(name(role))
        .password(password.group(1));
  }

  private void checkWorker() {
    try (StateStore worker = as("worker").build()) {
      Sample.useEverything(worker, 3);
      assertThat(worker.claim(ClaimRequest.of("w", 1, Duration.ofMinutes(1)))).isNotNull();
    }
  }

  private void checkReader() {
    TaskRunId run;
    try (StateStore worker = as("worker").build()) {
      Sample.saveWorkflow(worker);
      run = Sample.createTaskRun(worker);
    }
    try (StateStore reader = as("reader").build()) {
      ExecutionId execution = reader.taskRun(run).executionId();
      assertThat(reader.executions(ExecutionQuery.all()).items()).isNotEmpty();
      assertThat(reader.executionDetails(execution).taskRuns()).hasSize(1);
      assertThat(reader.workflows(PageRequest.first(10)).items()).hasSize(1);
      assertThat(reader.leases(10)).isNotNull();
      for (Runnable write :
          List.<Runnable>of(
              () -> Sample.createExecution(reader),
              () -> reader.recordAttempt(run, "w"),
              () -> reader.claim(ClaimRequest.of("w", 1, Duration.ofMinutes(1))))) {
        assertThatThrownBy(write::run)
            .isInstanceOf(StoreRejectedException.class)
            .hasMessageContaining(
                "user " + name("reader") + " lacks a privilege (permission denied")
            .hasMessageContaining("docs/postgresql.md");
      }
      assertThat(reader.execution(execution)).as("after the refused change set").isNotNull();
    }
  }

  @Test
  @DisplayName("the owner migrates an existing schema without CREATE on the database")
  void owner() throws SQLException {
    administer(documented.get(0));
    assertThatThrownBy(() -> as("worker").build())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("open the store once as the owner of the schema");
    try (StateStore owner = as("owner").build()) {
      Sample.useEverything(owner, 1);
    }
    checkWorker();
    checkReader();
    assertThatThrownBy(() -> as("worker").schema("another").build())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("user " + name("worker") + " lacks a privilege");
  }

  @Test
  @DisplayName("worker and reader can be granted access to an existing schema")
  void existingSchema() throws SQLException {
    for (String role : List.of("worker", "reader")) {
      Matcher create =
          Pattern.compile("CREATE ROLE waymark_" + role + ".*?;").matcher(documented.get(0));
      assertThat(create.find()).isTrue();
      administer(create.group());
    }
    PostgresStateStore.open(TestServer.urlOf(database)).close();
    administer(documented.get(1));
    checkWorker();
    checkReader();
  }

  @Test
  @DisplayName("a worker does not change a schema of an earlier version, and names who can")
  void olderSchema() throws SQLException {
    administer(documented.get(0));
    as("owner").build().close();
    administer("UPDATE waymark.waymark_version SET version = version - 1");
    assertThatThrownBy(() -> as("worker").build())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("lacks a privilege")
        .hasMessageContaining("open the store once as the owner of the schema");
  }
}
