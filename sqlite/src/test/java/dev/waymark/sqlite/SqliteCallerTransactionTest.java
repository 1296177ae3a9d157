package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testkit.sql.CallerTransactionContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Commits within a transaction of the caller on SQLite")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class SqliteCallerTransactionTest extends CallerTransactionContract {
  @TempDir Path folder;
  private SqliteStateStore opened;

  private Path file() {
    return folder.resolve("waymark.db");
  }

  @Override
  protected StoreFixture newFixture() {
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        opened = SqliteStateStore.builder(file()).clock(clock).limits(limits).build();
        return opened;
      }

      @Override
      public void close() throws SQLException {
        Counts.check(file());
        Leases.check(file());
      }
    };
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file() + "?busy_timeout=20000");
  }

  @Override
  protected Connection connectElsewhere() throws SQLException {
    SqliteStateStore.open(folder.resolve("other.db")).close();
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("other.db"));
  }

  @Override
  protected String table() {
    return "orders";
  }

  @Override
  protected StateStore within(Connection connection) {
    return opened.within(connection);
  }

  /** The transaction has the one write lock. */
  @Override
  protected List<TaskRunId> claimWhileOthersWrite() {
    return List.of();
  }

  @Test
  @DisplayName("a transaction that has read before others wrote fails with the way out")
  void oldSnapshot() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM executions").close();
      execution();
      assertThatThrownBy(() -> within(connection).createExecution(execution))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.outcome()).isEqualTo(StoreUnavailableException.Outcome.NOT_STORED))
          .hasMessageContaining("let it begin with a write")
          .hasMessageContaining("Roll back");
      connection.rollback();
      within(connection).createExecution(execution);
      connection.commit();
    }
    assertThat(stored(execution.id()).state()).isEqualTo(ExecutionState.PENDING);
  }

  @Test
  @DisplayName("a locked file fails the commit, and not the transaction")
  void locked() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    try (Connection other = connect();
        Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + file() + "?busy_timeout=100")) {
      other.setAutoCommit(false);
      opened.within(other).createExecution(new NewExecution(ids.executionId(), FLOW));
      connection.setAutoCommit(false);
      StateStore within = within(connection);
      assertThatThrownBy(() -> within.createExecution(execution))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("locked")
          .hasMessageContaining("can go on");
      other.commit();
      within.createExecution(execution);
      connection.commit();
    }
    assertThat(stored(execution.id()).version()).isOne();
  }

  @Test
  @DisplayName("connections that would write elsewhere are refused")
  void refusedConnections() throws SQLException {
    flow();
    try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      memory.setAutoCommit(false);
      refused(memory, "in memory");
    }
    try (Connection attached = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = attached.createStatement()) {
      statement.execute("ATTACH '" + file() + "' AS waymark");
      attached.setAutoCommit(false);
      refused(attached, "main database");
    }
    try (Connection careless =
        DriverManager.getConnection("jdbc:sqlite:" + file() + "?synchronous=OFF")) {
      careless.setAutoCommit(false);
      refused(careless, "synchronous = OFF");
    }
    try (Connection hiding = connect();
        Statement statement = hiding.createStatement()) {
      statement.execute("CREATE TEMP TABLE Executions (id integer)");
      hiding.setAutoCommit(false);
      StateStore within = within(hiding);
      assertThatThrownBy(() -> within.createExecution(new NewExecution(ids.executionId(), FLOW)))
          .isInstanceOf(CallerTransactionException.class)
          .hasMessageContaining("temporary table Executions");
      statement.execute("DROP TABLE temp.Executions");
      within.createExecution(new NewExecution(ids.executionId(), FLOW));
    }
  }

  @Test
  @DisplayName(
      "asking for the committer does not begin to read, so a write of others is no obstacle")
  void readsNothing() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
      connection.setAutoCommit(false);
      StateStore within = within(connection);
      ExecutionId execution = execution();
      within.updateExecution(execution, ExecutionState.RUNNING, 1);
      connection.commit();
      assertThat(stored(execution).version()).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("a transaction that the driver begins with BEGIN IMMEDIATE may read first")
  void immediate() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + file() + "?transaction_mode=IMMEDIATE");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeQuery("SELECT count(*) FROM executions").close();
      within(connection).createExecution(execution);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(store.updateExecution(execution.id(), ExecutionState.RUNNING, 1).version())
          .isEqualTo(2);
    }
  }

  @Test
  @DisplayName(
      "a connection whose BEGIN has failed is refused, and is whole again after a rollback")
  void notBegun() throws SQLException {
    NewExecution execution = new NewExecution(ids.executionId(), flow());
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:" + file() + "?transaction_mode=IMMEDIATE&busy_timeout=1");
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement locking = other.createStatement()) {
      locking.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> connection.setAutoCommit(false)).isInstanceOf(SQLException.class);
      locking.execute("ROLLBACK");
      assertThat(connection.getAutoCommit()).isFalse(); // The driver believes in a transaction.
      StateStore within = within(connection);
      assertThatThrownBy(() -> within.createExecution(execution))
          .isInstanceOf(CallerTransactionException.class)
          .hasMessageContaining("has autocommit off but no transaction")
          .hasMessageContaining("Roll back, and do the whole work again");
      connection.rollback();
      assertThat(store.execution(execution.id())).isNull();
      within.createExecution(execution);
      connection.rollback();
      assertThat(store.execution(execution.id())).isNull();
      within.createExecution(execution);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(store.execution(execution.id())).isNotNull();
    }
  }

  private void refused(Connection connection, String... words) {
    assertThatThrownBy(() -> within(connection))
        .isInstanceOf(CallerTransactionException.class)
        .message()
        .contains(words);
  }
}
