package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.postgres.internal.PostgresDialect;
import dev.waymark.postgres.internal.PostgresErrors;
import dev.waymark.postgres.internal.PostgresServer;
import dev.waymark.postgres.internal.PostgresSettings;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The same claims in two schemas: in one by one statement, in the other in the general way. */
@DisplayName("A claim by one statement on PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresClaimAtOnceTest {
  private static final Ids IDS = Ids.system();
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Instant CREATED = Instant.parse("2030-01-01T00:00:00.000001Z");
  private static final Instant CLAIMED = Instant.parse("2030-01-01T00:00:01.999999Z");
  private static final Set<String> POOLS = Set.of("default", "gpu");

  /** Everything but the times that the server gives, in a fixed order. */
  private static final List<String> CONTENT =
      List.of(
          "SELECT * FROM executions ORDER BY id",
          "SELECT * FROM task_runs ORDER BY id",
          "SELECT * FROM attempts ORDER BY task_run_id, number",
          "SELECT * FROM history ORDER BY execution_id, position",
          "SELECT task_run_id, pool, priority FROM ready_task_runs ORDER BY task_run_id",
          "SELECT task_run_id, number, worker, pool,"
              + " round(extract(epoch FROM expires_at - clock_timestamp()) / 3600) FROM leases ORDER BY task_run_id",
          "SELECT workflow_id, state, day, sum(executions) FROM execution_counts"
              + " GROUP BY workflow_id, state, day HAVING sum(executions) <> 0 ORDER BY workflow_id, state, day");

  private Side atOnce;
  private Side general;

  /** A schema with its claims. */
  private static final class Side {
    final String schema = TestServer.newSchema();
    final StatementLog log = new StatementLog();
    final DueReads dueReads = new DueReads(() -> 0);
    final Connection connection;
    final StateStore store;
    final ClaimTransaction claims;

    Side() throws SQLException {
      store =
          PostgresStateStore.builder(TestServer.url())
              .schema(schema)
              .clock(InstantSource.fixed(CREATED))
              .build();
      PostgresSettings settings =
          new PostgresSettings(schema, 1, LONG, LONG, LONG, LONG, LONG, LONG);
      PostgresDialect dialect =
          new PostgresDialect(
              settings,
              PostgresErrors.ofDataSource(settings),
              new PostgresServer(14, false, false));
      connection = TestServer.connect();
      HeadCache heads = new HeadCache();
      SessionSource sessions = new PostgresGroupTest.OneSession(new Session(log.watch(connection)));
      claims =
          new ClaimTransaction(
              new Transactions(sessions, dialect, heads),
              dialect,
              heads,
              InstantSource.fixed(CLAIMED),
              Limits.builder().maxAttempts(3).build(),
              Duration.ofMillis(1),
              dueReads);
    }

    List<List<Claimed>> claim(ClaimRequest... requests) {
      log.clear();
      List<ClaimTicket> group = new ArrayList<>();
      for (ClaimRequest request : requests) {
        group.add(new ClaimTicket(request));
      }
      claims.run(group);
      return group.stream().map(ticket -> ticket.answer().claimed()).toList();
    }

    boolean claimedAtOnce() {
      return log.runs().size() == 1;
    }

    String content() throws SQLException {
      StringBuilder content = new StringBuilder();
      for (String query : CONTENT) {
        String rows =
            query.replaceAll("FROM (\\w+_?\\w*) (ORDER|GROUP)", "FROM " + schema + ".$1 $2");
        content
            .append(
                TestServer.text(
                    connection, "SELECT string_agg(r::text, chr(10)) FROM (" + rows + ") r"))
            .append("\n\n");
      }
      return content.toString();
    }

    void close() throws SQLException {
      store.close();
      connection.close();
      TestServer.drop(schema);
    }
  }

  @BeforeEach
  void open() throws SQLException {
    atOnce = new Side();
    general = new Side();
    both(store -> store.saveWorkflow(new NewWorkflow(FLOW, "tasks: {}")));
  }

  @AfterEach
  void close() throws SQLException {
    atOnce.close();
    general.close();
  }

  private void both(Consumer<StateStore> work) {
    work.accept(atOnce.store);
    work.accept(general.store);
  }

  private void commit(ChangeSet.Builder changes) {
    ChangeSet built = changes.build();
    both(store -> store.commit(built));
  }

  private static ChangeSet.Builder changes() {
    return ChangeSet.builder();
  }

  private ExecutionId execution() {
    ExecutionId id = IDS.executionId();
    commit(changes().createExecution(new NewExecution(id, FLOW)));
    return id;
  }

  private TaskRunId taskRun(ExecutionId execution, String task) {
    TaskRunId id = IDS.taskRunId();
    commit(changes().createTaskRun(new NewTaskRun(id, execution, new TaskId(task))));
    return id;
  }

  private TaskRunId ready(ExecutionId execution, String task, String pool, int priority) {
    TaskRunId id = taskRun(execution, task);
    commit(changes().readyTaskRun(id, pool, priority, Duration.ZERO));
    return id;
  }

  private TaskRunId ready(ExecutionId execution, String task) {
    return ready(execution, task, "default", 0);
  }

  /** A task run with attempts that have failed, ready for the next. */
  private TaskRunId retried(ExecutionId execution, int attempts) {
    TaskRunId id = taskRun(execution, "retried" + attempts);
    commit(changes().updateTaskRun(id, TaskRunState.RUNNING));
    for (int number = 1; number <= attempts; number++) {
      commit(
          changes()
              .recordAttempt(id, "before")
              .updateAttempt(new AttemptId(id, number), AttemptState.FAILED, 1));
    }
    commit(changes().updateTaskRun(id, TaskRunState.RETRYING).readyTaskRun(id));
    return id;
  }

  private static ClaimRequest request(String worker, int limit) {
    return new ClaimRequest(worker, limit, Duration.ofHours(2), POOLS);
  }

  /** The first claim that gets all reads what is due; claims after it need not. */
  private void beginWithPlenty() {
    ready(execution(), "first");
    assertThat(atOnce.claim(request("first", 1))).isEqualTo(general.claim(request("first", 1)));
  }

  /** Claims in both ways, and compares the answers and what was written. */
  private List<List<Claimed>> claimAndCompare(ClaimRequest... requests) throws SQLException {
    general.dueReads.mark();
    List<List<Claimed>> claimed = general.claim(requests);
    assertThat(general.claimedAtOnce()).isFalse();
    assertThat(atOnce.claim(requests)).isEqualTo(claimed);
    assertThat(atOnce.content()).isEqualTo(general.content());
    return claimed;
  }

  @Test
  @DisplayName("answers and writes the same, row by row, as one in the general way")
  void same() throws SQLException {
    beginWithPlenty();
    ExecutionId several = execution();
    ready(several, "a");
    ready(several, "b", "gpu", 5);
    ExecutionId running = execution();
    commit(changes().updateExecution(running, ExecutionState.RUNNING));
    retried(running, 1);
    retried(running, 2);
    ready(several, "c");
    ready(running, "d", "default", -100);
    ExecutionId labelled = IDS.executionId();
    commit(
        changes()
            .createExecution(
                new NewExecution(
                    labelled,
                    FLOW,
                    null,
                    Map.of("team", "a \"b\"", "x", ""),
                    Map.of("in", "ünï"))));
    ready(labelled, "e", "gpu", 100);
    TaskRunId tried = taskRun(labelled, "tried");
    commit(
        changes()
            .recordAttempt(tried, "before")
            .updateAttempt(new AttemptId(tried, 1), AttemptState.FAILED));
    commit(changes().readyTaskRun(tried));
    ready(labelled, "left", "default", -100);
    List<List<Claimed>> claimed =
        claimAndCompare(
            request("wörker \"1\", {x}, NULL \\ '", 3), request("NULL", 1), request("third", 4));
    assertThat(atOnce.claimedAtOnce()).isTrue();
    assertThat(claimed).extracting(List::size).containsExactly(3, 1, 4);
    assertThat(claimAndCompare(request("w", 1))).hasSize(1);
    assertThat(atOnce.claimedAtOnce()).isTrue();
  }

  @Test
  @DisplayName("leaves what is not plain to the general way")
  void notPlain() throws SQLException {
    List<Runnable> cases =
        List.of(
            () -> retried(execution(), 3),
            () -> {
              ExecutionId paused = execution();
              TaskRunId run = taskRun(paused, "paused");
              commit(changes().updateExecution(paused, ExecutionState.PAUSED).readyTaskRun(run));
            },
            () -> {
              ExecutionId cancelling = execution();
              TaskRunId run = taskRun(cancelling, "cancelling");
              commit(changes().updateExecution(cancelling, ExecutionState.CANCELLING));
              commit(changes().readyTaskRun(run));
            },
            () -> {
              TaskRunId run = ready(execution(), "live");
              commit(changes().recordAttempt(run, "other"));
            },
            () -> commit(changes().setPool("gpu", 1)),
            () -> {});
    for (Runnable make : cases) {
      beginWithPlenty();
      make.run();
      ready(execution(), "plain");
      assertThat(claimAndCompare(request("w", 3))).hasSize(1);
      assertThat(atOnce.claimedAtOnce()).isFalse();
      commit(changes().setPool("gpu", null));
    }
  }

  @Test
  @DisplayName("writes nothing when a record contradicts it")
  void contradicted() throws SQLException {
    beginWithPlenty();
    TaskRunId run = ready(execution(), "a");
    for (Side side : List.of(atOnce, general)) {
      execute(side, "INSERT INTO %s.leases VALUES ('" + run + "', 9, 'x', 'infinity', 'other')");
      String before = side.content();
      assertThatThrownBy(() -> side.claim(request("w", 1))).isInstanceOf(WaymarkException.class);
      assertThat(side.content()).isEqualTo(before);
      execute(side, "DELETE FROM %s.leases WHERE number = 9");
    }
    assertThat(claimAndCompare(request("w", 1)).get(0))
        .extracting(claimed -> claimed.taskRun().id())
        .containsExactly(run);
  }

  private static void execute(Side side, String sql) {
    TestServer.execute(sql.formatted(side.schema));
  }
}
