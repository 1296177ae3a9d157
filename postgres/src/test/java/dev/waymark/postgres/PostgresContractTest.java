package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

/**
 * The whole contract, as a superuser and in a database where another user has created overloads of
 * all functions and operators: none of them may run.
 */
@DisplayName("PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresContractTest extends StateStoreContract {
  /** Schemas without data. Emptying one after a test costs a small part of creating another. */
  private static final Deque<String> EMPTY = new ConcurrentLinkedDeque<>();

  private static HostileDatabase database;

  @BeforeAll
  static void plant() throws SQLException {
    database = new HostileDatabase();
  }

  @AfterAll
  static void drop() throws SQLException {
    long calls = database.calls();
    EMPTY.clear();
    database.close();
    assertThat(calls).as("calls of functions of another user").isZero();
  }

  @Override
  protected StoreFixture newFixture() {
    String used = EMPTY.poll();
    String schema = used == null ? TestServer.newName() : used;
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        return PostgresStateStore.builder(database.url())
            .schema(schema)
            // None of these tests is about time, and the machine may be busy.
            .statementTimeout(Duration.ofMinutes(5))
            .clock(clock)
            .limits(limits)
            .build();
      }

      @Override
      public Map<String, Long> rows() throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url())) {
          return Sample.rows(connection, schema);
        }
      }

      @Override
      public void close() throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url())) {
          connection.createStatement().execute("SET search_path TO pg_catalog, pg_temp");
          Counts.check(connection, schema);
          Leases.check(connection, schema);
          Standings.check(connection, schema);
          TestServer.empty(connection, schema);
        }
        EMPTY.add(schema);
      }
    };
  }
}
