package dev.waymark.postgres;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.StoreFixture;
import dev.waymark.testserver.TestServer;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("PostgreSQL")
class PostgresContractTest extends StateStoreContract {
  /** Schemas without data. Emptying one after a test costs a small part of making another. */
  private static final Deque<String> EMPTY = new ConcurrentLinkedDeque<>();

  @AfterAll
  static void drop() {
    EMPTY.forEach(TestServer::drop);
    EMPTY.clear();
  }

  @Override
  protected StoreFixture newFixture() {
    String used = EMPTY.poll();
    String schema = used == null ? TestServer.newSchema() : used;
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        return PostgresStateStore.builder(TestServer.url())
            .schema(schema)
            .clock(clock)
            .limits(limits)
            .build();
      }

      @Override
      public void close() throws SQLException {
        Counts.check(schema);
        Leases.check(schema);
        TestServer.empty(schema);
        EMPTY.add(schema);
      }
    };
  }
}
