package dev.waymark.testkit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Commits that are part of a transaction of the caller. A backend on a SQL database extends this
 * class in its tests.
 *
 * @since 0.1.0
 */
public abstract class CallerTransactionContract extends ContractTest {
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** For subclasses. */
  protected CallerTransactionContract() {}

  /** A new connection of the caller to the database of the store, in autocommit mode. */
  protected abstract Connection connect() throws SQLException;

  /** A new connection to another database, in autocommit mode. */
  protected abstract Connection connectElsewhere() throws SQLException;

  /** A table that the caller may create, as a statement must write it. */
  protected abstract String table();

  /** The committer of the store that the test has opened last, within this connection. */
  protected abstract StateStore within(Connection connection);

  private Connection begun() throws SQLException {
    Connection connection = connect();
    connection.setAutoCommit(false);
    return connection;
  }

  private void createOrders() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + table() + " (id bigint PRIMARY KEY, execution text)");
    }
  }

  private void insertOrder(Connection connection, int id) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO " + table() + " (id) VALUES (" + id + ")");
    }
  }

  private int orders() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table())) {
      row.next();
      return row.getInt(1);
    }
  }

  private static ChangeSet readyExecution(
      ChangeSet.Builder changes, NewExecution execution, TaskRunId run) {
    return changes
        .createExecution(execution)
        .createTaskRun(new NewTaskRun(run, execution.id(), new TaskId("ship")))
        .readyTaskRun(run)
        .build();
  }

  private static List<TaskRunId> claim(StateStore store) {
    return store.claim(ClaimRequest.of("worker", 10, LEASE)).claimed().stream()
        .map(claimed -> claimed.taskRun().id())
        .toList();
  }

  @Test
  @DisplayName("an order and its execution become visible together, at the caller's COMMIT")
  void commit() throws SQLException {
    createOrders();
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    TaskRunId run = ids.taskRunId();
    try (Connection connection = begun()) {
      insertOrder(connection, 1);
      within(connection).commit(readyExecution(changes(), execution, run));
      assertThat(store.execution(execution.id())).isNull();
      assertThat(store.executions(ExecutionQuery.builder().build()).total()).isZero();
      assertThat(claimWhileOthersWrite()).isEmpty();
      connection.commit();
    }
    assertThat(orders()).isOne();
    assertThat(stored(execution.id()).state()).isEqualTo(ExecutionState.PENDING);
    assertThat(store.executions(ExecutionQuery.builder().build()).total()).isOne();
    assertThat(claim(store)).containsExactly(run);
    assertThat(stored(new AttemptId(run, 1)).worker()).isEqualTo("worker");
  }

  /** What can be claimed during an open transaction; a database with one writer allows no claim. */
  protected List<TaskRunId> claimWhileOthersWrite() {
    return claim(store);
  }

  @Test
  @DisplayName("a rollback leaves no trace, and the same change set can be committed later")
  void rollback() throws SQLException {
    createOrders();
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    ChangeSet changes = readyExecution(changes(), execution, ids.taskRunId());
    try (Connection connection = begun()) {
      insertOrder(connection, 1);
      within(connection).commit(changes);
      connection.rollback();
    }
    assertThat(orders()).isZero();
    assertThat(store.execution(execution.id())).isNull();
    assertThat(store.executions(ExecutionQuery.builder().build()).total()).isZero();
    assertThat(claim(store)).isEmpty();
    store.commit(changes);
    assertThat(claim(store)).hasSize(1);
  }

  @Test
  @DisplayName("a connection that ends before COMMIT leaves no trace")
  void lostConnection() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    Connection connection = begun();
    within(connection).createExecution(execution);
    connection.close();
    assertThat(store.createExecution(execution).version()).isOne();
    assertThat(store.executions(ExecutionQuery.builder().build()).total()).isOne();
  }

  @Test
  @DisplayName("a refused change set throws what a commit throws, and the transaction goes on")
  void refused() throws SQLException {
    createOrders();
    ExecutionId execution = execution();
    try (Connection connection = begun()) {
      StateStore within = within(connection);
      within.updateExecution(execution, ExecutionState.RUNNING, 1);
      assertThatThrownBy(() -> within.updateExecution(execution, ExecutionState.PAUSED, 1))
          .isInstanceOf(ConflictException.class);
      assertThatThrownBy(
              () ->
                  within.commit(
                      changes()
                          .updateExecution(execution, ExecutionState.PAUSED)
                          .updateExecution(ids.executionId(), ExecutionState.RUNNING)
                          .build()))
          .isInstanceOf(NotFoundException.class);
      insertOrder(connection, 1);
      within.updateExecution(execution, ExecutionState.CANCELLING, 2);
      connection.commit();
    }
    assertThat(orders()).isOne();
    assertThat(stored(execution).version()).isEqualTo(3);
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.CANCELLING);
    assertThat(details(execution).history()).hasSize(3);
  }

  @Test
  @DisplayName("a change set that is committed again has the effect and the result of once")
  void repeated() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    ChangeSet changes = readyExecution(changes(), execution, ids.taskRunId());
    CommitResult first;
    try (Connection connection = begun()) {
      first = within(connection).commit(changes);
      assertThat(within(connection).commit(changes)).isEqualTo(first);
      connection.commit();
      assertThat(within(connection).commit(changes)).isEqualTo(first);
      connection.commit();
    }
    assertThat(store.commit(changes)).isEqualTo(first);
    assertThat(openAnother().commit(changes)).isEqualTo(first);
    assertThat(claim(store)).hasSize(1);
  }

  @Test
  @DisplayName("the store learns nothing from a transaction before its COMMIT")
  void cachedFacts() throws SQLException {
    ExecutionId execution = execution();
    try (Connection connection = begun()) {
      within(connection).updateExecution(execution, ExecutionState.RUNNING, 1);
      connection.rollback();
      assertThat(store.updateExecution(execution, ExecutionState.RUNNING, 1).version())
          .isEqualTo(2);
      within(connection).updateExecution(execution, ExecutionState.PAUSED, 2);
      connection.commit();
    }
    assertThatThrownBy(() -> store.updateExecution(execution, ExecutionState.CANCELLING, 2))
        .isInstanceOf(ConflictException.class);
    assertThat(store.updateExecution(execution, ExecutionState.RUNNING, 3).version()).isEqualTo(4);
  }

  @Test
  @DisplayName("the change sets of a transaction build on each other")
  void sequence() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    TaskRunId run = ids.taskRunId();
    try (Connection connection = begun()) {
      StateStore within = within(connection);
      within.createExecution(execution);
      within.createTaskRun(new NewTaskRun(run, execution.id(), new TaskId("ship")));
      within.commit(changes().readyTaskRun(run, "trucks", 7, Duration.ZERO).build());
      within.updateExecution(execution.id(), ExecutionState.RUNNING, 1);
      connection.commit();
      within.updateExecution(execution.id(), ExecutionState.PAUSED, 2);
      connection.commit();
    }
    assertThat(stored(execution.id()).version()).isEqualTo(3);
    assertThat(details(execution.id()).history())
        .extracting(transition -> transition.to().toString())
        .containsExactly("PENDING", "PENDING", "RUNNING", "PAUSED");
    assertThat(openAnother().execution(execution.id())).isEqualTo(stored(execution.id()));
  }

  @Test
  @DisplayName("reads see what the transaction has written, and claims are not supported")
  void reads() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    TaskRunId run = ids.taskRunId();
    ExecutionId earlier = execution();
    try (Connection connection = begun()) {
      StateStore within = within(connection);
      assertThat(within.execution(earlier)).isEqualTo(stored(earlier));
      within.commit(readyExecution(changes(), execution, run));
      assertThat(exists(within.execution(execution.id())).state())
          .isEqualTo(ExecutionState.PENDING);
      assertThat(within.executions(ExecutionQuery.builder().build()).total()).isEqualTo(2);
      assertThat(exists(within.executionDetails(execution.id())).taskRuns()).hasSize(1);
      assertThat(within.taskRuns(execution.id())).hasSize(1);
      assertThat(exists(within.workflow(FLOW)).revision()).isOne();
      assertThat(store.execution(execution.id())).isNull();
      assertThatThrownBy(() -> claim(within)).isInstanceOf(UnsupportedOperationException.class);
      within.close();
      connection.rollback();
      assertThat(within.execution(execution.id())).isNull();
      assertThat(within.executions(ExecutionQuery.builder().build()).total()).isOne();
      connection.rollback();
    }
  }

  @Test
  @DisplayName("listeners are notified of the caller's COMMIT")
  void notified() throws SQLException {
    AtomicInteger calls = new AtomicInteger();
    flow();
    StateStore other = openAnother();
    try (Connection connection = begun();
        Subscription unused = other.onReady(calls::incrementAndGet)) {
      Await.until("the first call", () -> calls.get() > 0);
      NewExecution execution = new NewExecution(ids.executionId(), FLOW);
      within(connection).commit(readyExecution(changes(), execution, ids.taskRunId()));
      calls.set(0);
      connection.commit();
      Await.until("the call after COMMIT", () -> calls.get() > 0);
    }
    assertThat(claim(other)).hasSize(1);
  }

  @Test
  @DisplayName("a connection without a transaction that can write to the store is refused")
  void badConnections() throws SQLException {
    ExecutionId execution = execution();
    Connection closed = begun();
    StateStore early = within(closed);
    closed.close();
    refusedConnection(closed, "closed");
    assertThatThrownBy(() -> early.updateExecution(execution, ExecutionState.RUNNING, 1))
        .isInstanceOf(CallerTransactionException.class)
        .hasMessageContaining("closed");
    try (Connection autocommit = connect()) {
      refusedConnection(autocommit, "autocommit", "setAutoCommit(false)");
    }
    try (Connection elsewhere = connectElsewhere()) {
      elsewhere.setAutoCommit(false);
      refusedConnection(elsewhere, "database", "Nothing was changed");
    }
    assertThat(stored(execution).version()).isOne();
  }

  private void refusedConnection(Connection connection, String... words) {
    assertThatThrownBy(() -> within(connection))
        .isInstanceOf(CallerTransactionException.class)
        .message()
        .contains(words);
  }

  @Test
  @DisplayName("transactions in both orders, beside commits of the store, lose and repeat nothing")
  void deadlocks() {
    int threads = 4;
    int rounds = 5;
    List<ExecutionId> executions = List.of(running(), running());
    List<Integer> done =
        Parallel.run(
            threads,
            thread -> {
              int own = 0;
              while (own < rounds) {
                boolean moved =
                    thread % 2 == 0
                        ? moveWithin(executions.get(thread / 2), executions.get(1 - thread / 2))
                        : moveByStore(executions);
                own += moved ? 1 : 0;
              }
              return own;
            });
    assertThat(done).containsOnly(rounds);
    int moves = threads * rounds;
    for (ExecutionId execution : executions) {
      assertThat(stored(execution).version()).isEqualTo(2 + 2L * moves);
      assertThat(details(execution).history()).hasSize(2 + 2 * moves);
    }
  }

  private ExecutionId running() {
    return executionIn(ExecutionState.RUNNING);
  }

  /** Pauses and resumes one execution, then the other, in one transaction. */
  private boolean moveWithin(ExecutionId first, ExecutionId second) throws SQLException {
    try (Connection connection = begun()) {
      StateStore within = within(connection);
      within.commit(pauseAndResume(first));
      within.commit(pauseAndResume(second));
      connection.commit();
      return true;
    } catch (StoreUnavailableException e) {
      assertThat(e.outcome()).isEqualTo(StoreUnavailableException.Outcome.NOT_STORED);
      return false;
    }
  }

  private boolean moveByStore(List<ExecutionId> executions) {
    ChangeSet.Builder changes = ChangeSet.builder();
    executions.forEach(
        id ->
            changes
                .updateExecution(id, ExecutionState.PAUSED)
                .updateExecution(id, ExecutionState.RUNNING));
    store.commit(changes.build());
    return true;
  }

  private static ChangeSet pauseAndResume(ExecutionId id) {
    return ChangeSet.builder()
        .updateExecution(id, ExecutionState.PAUSED)
        .updateExecution(id, ExecutionState.RUNNING)
        .build();
  }

  @Test
  @DisplayName("a deletion is undone with the transaction, or durable with it; totals stay exact")
  void deletion() throws SQLException {
    ExecutionId id = executionIn(ExecutionState.SUCCEEDED);
    for (boolean isCommitted : new boolean[] {false, true}) {
      try (Connection connection = begun()) {
        StateStore inside = within(connection);
        inside.commit(changes().deleteExecution(id).build());
        assertThat(inside.execution(id)).isNull();
        assertThat(inside.executions(ExecutionQuery.all()).total()).isZero();
        assertThat(store.execution(id)).isNotNull();
        if (isCommitted) {
          connection.commit();
        } else {
          connection.rollback();
        }
      }
      assertThat(store.execution(id) == null).isEqualTo(isCommitted);
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(isCommitted ? 0 : 1);
    }
    refused(
        NotFoundException.class,
        () -> store.commit(changes().setLabels(id, Map.of("a", "b")).build()));
  }
}
