package dev.waymark.jdbc.internal.commit;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Standing;
import dev.waymark.jdbc.internal.notify.Listeners;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.postgres.internal.PostgresDialect;
import dev.waymark.postgres.internal.PostgresErrors;
import dev.waymark.postgres.internal.PostgresServer;
import dev.waymark.postgres.internal.PostgresSettings;
import dev.waymark.testkit.sql.ChangeMix;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testkit.sql.StatementLog.Run;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The statements of a group on PostgreSQL: the same for one change set as for two hundred. Ids and
 * rows are arrays. A change set that saves a workflow takes the full path.
 */
@DisplayName("A group on PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresGroupTest {
  private static final int MANY = 200;
  private static final String POISON = "poison";
  private static final Duration LONG = Duration.ofSeconds(30);

  private final String schema = TestServer.newSchema();
  private final StatementLog log = new StatementLog();
  private static final Ids IDS = Ids.system();

  private final ChangeMix mix = new ChangeMix();
  private PostgresDialect dialect;
  private Connection connection;
  private GroupTransaction transaction;
  private final DueReads dueReads = new DueReads(() -> 0);
  private ClaimTransaction claims;

  @BeforeEach
  void open() throws SQLException {
    PostgresSettings settings = new PostgresSettings(schema, 1, LONG, LONG, LONG, LONG, LONG, LONG);
    dialect =
        new PostgresDialect(
            settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
    connection = TestServer.connect();
    HeadCache heads = new HeadCache();
    SessionSource sessions = new OneSession(new Session(log.watch(connection)));
    Transactions transactions = new Transactions(sessions, dialect, heads);
    claims =
        new ClaimTransaction(
            transactions,
            dialect,
            heads,
            InstantSource.system(),
            Limits.defaults(),
            LONG,
            dueReads);
    transaction =
        new GroupTransaction(
            transactions, dialect, heads, Limits.defaults(), LONG, new Listeners(), dueReads::mark);
    commit(mix.beginnings(MANY + 51));
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    TestServer.drop(schema);
  }

  private static List<Ticket> tickets(List<ChangeSet> group) {
    Limits limits = Limits.defaults();
    return group.stream()
        .map(changes -> Submission.of(changes, Instant.EPOCH, limits))
        .<Ticket>map(submission -> new FutureTicket(submission, ticket -> {}))
        .toList();
  }

  private void commit(List<ChangeSet> group) {
    List<Ticket> tickets = tickets(group);
    transaction.run(tickets);
    tickets.forEach(ticket -> assertThat(ticket.answer().outcomes()).isNotEmpty());
  }

  /** The statements of a group of ends and beginnings. */
  private List<String> runs(int size) {
    log.clear();
    commit(mix.endsAndBeginnings(size));
    return log.runs().stream().map(Run::text).toList();
  }

  @Test
  @DisplayName("is loaded and written with the same number of statements, whatever its size")
  void sameStatements() {
    List<String> one = statements(runs(1));
    assertThat(one).doesNotHaveDuplicates().endsWith("COMMIT");
    assertThat(statements(runs(MANY))).isEqualTo(one);
  }

  @Test
  @DisplayName("from the head cache is written in one round trip, which checks the cached records")
  void remembered() {
    List<String> one = repetitions(1);
    assertThat(one).hasSize(1);
    assertThat(statements(one)).doesNotHaveDuplicates().endsWith("COMMIT");
    assertThat(repetitions(MANY)).isEqualTo(one);
  }

  private List<String> repetitions(int size) {
    log.clear();
    commit(mix.endsAndRepetitions(size));
    return log.runs().stream().map(Run::text).toList();
  }

  private static List<String> statements(List<String> runs) {
    return runs.stream().flatMap(text -> Stream.of(text.split(";\n", -1))).toList();
  }

  @Test
  @DisplayName("is loaded in one round trip, except for thousands of ids, and written in another")
  void roundTrips() {
    assertThat(runs(1)).hasSize(2);
    assertThat(runs(50)).hasSize(2);
    assertThat(runs(MANY)).hasSize(3);
  }

  /** An execution of two task runs, of which the first has an attempt. */
  private record Pair(ExecutionId execution, TaskRunId first, TaskRunId second) {
    Pair() {
      this(IDS.executionId(), IDS.taskRunId(), IDS.taskRunId());
    }

    ChangeSet begin() {
      return ChangeSet.builder()
          .createExecution(
              new NewExecution(execution, new WorkflowId("flow-0"), null, Map.of(), Map.of()))
          .updateExecution(execution, ExecutionState.RUNNING)
          .createTaskRun(new NewTaskRun(first, execution, new TaskId("first")))
          .createTaskRun(new NewTaskRun(second, execution, new TaskId("second")))
          .updateTaskRun(first, TaskRunState.RUNNING)
          .recordAttempt(first, "w")
          .build();
    }

    /** The attempt ends, the second task run becomes ready, and the execution is settled. */
    ChangeSet goOn() {
      return ChangeSet.builder()
          .setOutputs(new AttemptId(first, 1), Map.of("a", "b"))
          .appendLog(new AttemptId(first, 1), 0, new byte[] {'x'})
          .updateAttempt(new AttemptId(first, 1), AttemptState.SUCCEEDED, 0)
          .updateTaskRun(first, TaskRunState.SUCCEEDED)
          .readyTaskRun(second)
          .settleExecution(execution, new Standing(2, ExecutionState.RUNNING, 1, 2))
          .build();
    }
  }

  @Test
  @DisplayName("that ends attempts, makes task runs ready and settles takes one round trip")
  void goesOn() {
    List<Pair> pairs = List.of(new Pair(), new Pair(), new Pair());
    commit(pairs.stream().map(Pair::begin).toList());
    log.clear();
    commit(pairs.stream().map(Pair::goOn).toList());
    assertThat(log.runs()).hasSize(1);
  }

  @Test
  @DisplayName("of ready task runs is claimed in two round trips, whatever its size")
  void claims() {
    assertThat(makeReady()).isNotNull();
    List<String> one = claimAndReport(1);
    assertThat(one).hasSize(2);
    assertThat(statements(one)).endsWith("COMMIT").doesNotHaveDuplicates();
    assertThat(claimAndReport(10)).isEqualTo(one);
    assertThat(claimAndReport(10)).isEqualTo(one);
    assertThat(claimAndReport(10)).hasSize(2).endsWith("ROLLBACK");
  }

  /** Makes 20 task runs ready; returns one of their executions. */
  private ExecutionId makeReady() {
    List<Pair> pairs = Stream.generate(Pair::new).limit(20).toList();
    commit(pairs.stream().map(Pair::begin).toList());
    commit(pairs.stream().map(Pair::goOn).toList());
    return pairs.get(0).execution();
  }

  @Test
  @DisplayName(
      "of ready task runs is claimed without a look for due executions while there are enough")
  void claimsOnly() {
    ExecutionId execution = makeReady();
    assertThat(claim(5)).anyMatch(run -> run.contains("due_executions"));
    assertThat(claim(5)).noneMatch(run -> run.contains("due_executions"));
    commit(List.of(ChangeSet.builder().markDue(execution, DueReason.SETTLE, LONG).build()));
    assertThat(claim(5)).anyMatch(run -> run.contains("due_executions"));
    assertThat(claim(3)).noneMatch(run -> run.contains("due_executions"));
    assertThat(claim(5)).anyMatch(run -> run.contains("due_executions"));
  }

  /** The statements of a claim after a commit has marked something as due. */
  private List<String> claimAndReport(int most) {
    dueReads.mark();
    return claim(most);
  }

  /** The statements of a claim with this limit, of executions that are running already. */
  private List<String> claim(int most) {
    log.clear();
    ClaimTicket ticket = new ClaimTicket(ClaimRequest.of("w", most, LONG));
    claims.run(List.of(ticket));
    assertThat(ticket.answer().claimed()).hasSizeLessThanOrEqualTo(most);
    return log.runs().stream().map(Run::text).map(PostgresGroupTest::withoutRefresh).toList();
  }

  /** Without the statements that refresh the bounds of scans twice a second. */
  private static String withoutRefresh(String run) {
    return Stream.of(run.split(";\n", -1))
        .filter(text -> !text.contains("pg_locks"))
        .filter(text -> !text.contains("ready_lanes"))
        .filter(text -> !text.startsWith("SELECT (SELECT min(d.due_at)"))
        .collect(joining(";\n"));
  }

  @Test
  @DisplayName("detects that another store has changed a task run that it only reads")
  void leansOnTaskRun() throws SQLException {
    Pair pair = new Pair();
    commit(List.of(pair.begin()));
    execute(
        "UPDATE %s.task_runs SET state = 'CANCELLED', version = 2, ended_at = now() WHERE id = '%s'"
            .formatted(schema, pair.second()));
    Ticket ticket = tickets(List.of(pair.goOn())).get(0);
    transaction.run(List.of(ticket));
    assertThatThrownBy(ticket::answer)
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("CANCELLED");
  }

  @Test
  @DisplayName("detects that another store has lost an attempt on which it depends")
  void leansOnAttempt() throws SQLException {
    Pair pair = new Pair();
    commit(List.of(pair.begin()));
    execute(
        "UPDATE %s.attempts SET state = 'LOST', ended_at = now() WHERE task_run_id = '%s'"
            .formatted(schema, pair.first()));
    AttemptId attempt = new AttemptId(pair.first(), 1);
    ChangeSet late = ChangeSet.builder().appendLog(attempt, 0, new byte[] {'x'}).build();
    Ticket ticket = tickets(List.of(late)).get(0);
    transaction.run(List.of(ticket));
    assertThatThrownBy(ticket::answer).isInstanceOf(LeaseLostException.class);
  }

  @Test
  @DisplayName(
      "detects that another store has ended or added task runs of an execution that it settles")
  void settles() throws SQLException {
    Pair pair = new Pair();
    commit(List.of(pair.begin()));
    NewTaskRun third = new NewTaskRun(IDS.taskRunId(), pair.execution(), new TaskId("third"));
    try (Session session = new Session(TestServer.connect())) {
      HeadCache own = new HeadCache();
      GroupTransaction other =
          new GroupTransaction(
              new Transactions(new OneSession(session), dialect, own),
              dialect,
              own,
              Limits.defaults(),
              LONG,
              new Listeners(),
              () -> {});
      List<Ticket> created = tickets(List.of(ChangeSet.builder().createTaskRun(third).build()));
      other.run(created);
      assertThat(created.get(0).answer().outcomes()).hasSize(1);
    }
    List<Ticket> tickets = tickets(List.of(pair.goOn()));
    transaction.run(tickets);
    assertThat(tickets.get(0).answer().outcomes().get(5).changed()).isTrue();
  }

  @Test
  @DisplayName(
      "fails only in the change set whose statement the database refuses, and stores nothing of it")
  void guiltyAlone() throws SQLException {
    poison();
    List<ChangeSet> group = new ArrayList<>(mix.endsAndRepetitions(8));
    ChangeSet guilty = mix.repetition(POISON);
    group.add(4, guilty);
    List<Ticket> tickets = tickets(group);
    transaction.run(tickets);
    for (Ticket ticket : tickets) {
      ChangeSet changes = ticket.submission().changes();
      if (changes == guilty) {
        assertThatThrownBy(ticket::answer)
            .isInstanceOf(StoreRejectedException.class)
            .hasMessageContaining(guilty.id().toString())
            .hasMessageContaining("poisoned");
      } else {
        assertThat(ticket.answer().id()).isEqualTo(changes.id());
      }
    }
    assertThat(stored(group))
        .containsExactlyElementsOf(
            group.stream().filter(each -> each != guilty).map(ChangeSet::id).toList());
    commit(mix.endsAndRepetitions(1));
  }

  /** Makes the database refuse every attempt of one worker. */
  private void poison() throws SQLException {
    execute(
        """
        CREATE TRIGGER poison BEFORE INSERT ON %1$s.attempts FOR EACH ROW WHEN (NEW.worker = '%2$s')
        EXECUTE FUNCTION %1$s.refuse('poisoned')\
        """
            .formatted(schema, POISON));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Those of these change sets whose commit id is stored. */
  private List<CommitId> stored(List<ChangeSet> group) throws SQLException {
    List<CommitId> found = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement("SELECT count(*) FROM " + schema + ".commits WHERE id = ?")) {
      for (ChangeSet changes : group) {
        dialect.bindUuid(query, 1, changes.id().value());
        try (ResultSet row = query.executeQuery()) {
          if (row.next() && row.getInt(1) == 1) {
            found.add(changes.id());
          }
        }
      }
    }
    return found;
  }

  /** Returns one session again and again. */
  record OneSession(Session session) implements SessionSource {
    @Override
    public Session writer() {
      return session;
    }

    @Override
    public Session reader() {
      return session;
    }

    @Override
    public void release(Session session) {}

    @Override
    public void discard(Session session, @Nullable SQLException cause) {
      try {
        session.execute("ROLLBACK");
      } catch (SQLException e) {
        // SQLite may have rolled back by itself.
      }
    }

    @Override
    public void close() {}
  }
}
