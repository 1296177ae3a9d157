package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.jdbc.internal.notify.Listeners;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.SessionSource;
import dev.waymark.sqlite.internal.SqliteConnector;
import dev.waymark.sqlite.internal.SqliteDialect;
import dev.waymark.sqlite.internal.SqliteErrors;
import dev.waymark.sqlite.internal.SqliteSchema;
import dev.waymark.testkit.sql.ChangeMix;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testkit.sql.StatementLog.Run;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The statements of a group on SQLite: the same number for one change set as for two hundred. A
 * write is one statement whose parameters are bound for each row in turn, so only the number of
 * rows grows with the group.
 */
@DisplayName("A group on SQLite")
@SuppressWarnings("NullAway.Init")
class SqliteGroupTest {
  private static final int MANY = 200;
  private static final String POISON = "poison";

  @TempDir Path folder = Path.of("");
  private final StatementLog log = new StatementLog();
  private final ChangeMix mix = new ChangeMix();
  private SqliteDialect dialect;
  private Connection connection;
  private GroupTransaction transaction;

  @BeforeEach
  void open() throws SQLException {
    Path file = folder.resolve("waymark.db");
    SqliteConnector connector = new SqliteConnector(file, Duration.ofSeconds(10), 1_000_000);
    new SqliteSchema(file).prepare(connector);
    dialect = new SqliteDialect(new SqliteErrors(folder, Duration.ofSeconds(10)));
    connection = connector.writer();
    transaction = newTransaction();
    commit(mix.beginnings(2 * MANY + 2));
  }

  /** A store with an empty head cache. */
  private GroupTransaction newTransaction() {
    HeadCache heads = new HeadCache();
    SessionSource sessions = new OneSession(new Session(log.watch(connection)));
    return new GroupTransaction(
        new Transactions(sessions, dialect, heads),
        dialect,
        heads,
        Limits.defaults(),
        Duration.ofSeconds(10),
        new Listeners(),
        () -> {});
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
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
  private List<Run> runs(int size) {
    log.clear();
    commit(mix.endsAndBeginnings(size));
    return log.runs();
  }

  @Test
  @DisplayName("is loaded and written with the same number of statements, whatever its size")
  void loaded() {
    transaction = newTransaction();
    List<Run> one = runs(1);
    transaction = newTransaction();
    List<Run> many = runs(MANY);
    assertAlike(one, many);
    assertThat(one).extracting(Run::text).filteredOn(text -> text.startsWith("SELECT")).hasSize(6);
  }

  @Test
  @DisplayName("from the head cache loads only the workflows that it may create")
  void remembered() {
    List<Run> one = runs(1);
    List<Run> many = runs(MANY);
    assertAlike(one, many);
    assertThat(one).extracting(Run::text).filteredOn(text -> text.startsWith("SELECT")).hasSize(1);
  }

  @Test
  @DisplayName("finds a record that it should create, and that comes with a loaded task run")
  void createdButThere() {
    Ids ids = Ids.system();
    ExecutionId execution = ids.executionId();
    TaskRunId taskRun = ids.taskRunId();
    NewExecution created =
        new NewExecution(execution, new WorkflowId("flow-0"), null, Map.of(), Map.of());
    commit(
        List.of(
            ChangeSet.builder()
                .createExecution(created)
                .createTaskRun(new NewTaskRun(taskRun, execution, new TaskId("a")))
                .build()));
    transaction = newTransaction();
    commit(mix.endsAndBeginnings(1)); // From here on something is remembered, but not these.
    commit(
        List.of(
            ChangeSet.builder()
                .createExecution(created)
                .updateTaskRun(taskRun, TaskRunState.RUNNING)
                .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("b")))
                .build()));
  }

  /** The same texts in the same order, each with this many times the rows if it writes rows. */
  private static void assertAlike(List<Run> one, List<Run> many) {
    assertThat(one)
        .extracting(Run::text)
        .endsWith("COMMIT")
        .filteredOn(text -> !text.startsWith("PRAGMA"))
        .doesNotHaveDuplicates();
    assertThat(many).extracting(Run::text).isEqualTo(one.stream().map(Run::text).toList());
    for (int i = 0; i < one.size(); i++) {
      boolean writes = one.get(i).text().matches("(?s)(INSERT|UPDATE).*");
      assertThat(many.get(i).rows())
          .as(one.get(i).text())
          .isEqualTo(one.get(i).rows() * (writes ? MANY : 1));
    }
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
        "CREATE TRIGGER poison BEFORE INSERT ON attempts WHEN NEW.worker = '"
            + POISON
            + "' BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
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
        connection.prepareStatement("SELECT count(*) FROM commits WHERE id = ?")) {
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
  private record OneSession(Session session) implements SessionSource {
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
