package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Starts that are part of a transaction of the caller. */
@DisplayName("A start within a transaction of the caller")
@SuppressWarnings("NullAway.Init")
class StartInTransactionTest extends RunnerFixture {
  private SqliteStateStore shop;
  private StartRequest.Builder request;
  private Path shipped;

  @BeforeEach
  void open() throws SQLException {
    shop = (SqliteStateStore) openSqlite();
    store = shop;
    shipped = folder.resolve("shipped");
    request =
        StartRequest.builder(
                flow("ship").input("order", null).task("pack", "cat order > shipped").save(store))
            .directory(folder);
    try (Connection connection = begun();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id integer PRIMARY KEY)");
      connection.commit();
    }
  }

  private Connection begun() throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            "jdbc:sqlite:" + folder.resolve("store.db") + "?busy_timeout=20000");
    connection.setAutoCommit(false);
    return connection;
  }

  private ExecutionId place(Connection connection, StartRequest start) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO orders DEFAULT VALUES");
    }
    return runner().start(start, shop.within(connection));
  }

  private long orders() throws SQLException {
    try (Connection connection = begun();
        Statement statement = connection.createStatement()) {
      return statement.executeQuery("SELECT count(*) FROM orders").getLong(1);
    }
  }

  private StartRequest order(String number) {
    return request.inputs(Map.of("order", number)).build();
  }

  @Test
  @DisplayName("runs when the caller has committed, and not before")
  void committed() throws Exception {
    Files.writeString(folder.resolve("order"), "one book");
    ExecutionId id;
    try (Connection connection = begun()) {
      id = place(connection, order("1"));
      assertThat(store.execution(id)).isNull();
      connection.commit();
    }
    assertThat(orders()).isOne();
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(shipped).hasContent("one book");
    assertThat(details(id).execution().inputs()).isEqualTo(Map.of("order", "1"));
  }

  @Test
  @DisplayName("leaves nothing after a rollback")
  void rolledBack() throws SQLException {
    try (Connection connection = begun()) {
      place(connection, order("1"));
      connection.rollback();
    }
    assertThat(orders()).isZero();
    assertThat(store.executions(ExecutionQuery.all()).total()).isZero();
    runner().work(true);
    assertThat(shipped).doesNotExist();
  }

  @Test
  @DisplayName("is repeated or refused as outside, and the transaction goes on")
  void repeated() throws SQLException {
    ExecutionId id = Ids.system().executionId();
    try (Connection connection = begun()) {
      request.executionId(id);
      assertThat(place(connection, order("1"))).isEqualTo(id);
      assertThat(place(connection, order("1"))).isEqualTo(id);
      assertThatThrownBy(() -> place(connection, order("2"))).isInstanceOf(ConflictException.class);
      assertThatThrownBy(() -> place(connection, request.inputs(Map.of()).build()))
          .isInstanceOf(InvalidInputException.class);
      connection.commit();
    }
    assertThat(orders()).isEqualTo(4);
    assertThat(store.executions(ExecutionQuery.all()).total()).isOne();
    assertThat(runner().start(order("1"))).isEqualTo(id);
  }
}
