package dev.waymark.postgres;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.StoreFixture;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;

@DisplayName("PostgreSQL")
class PostgresContractTest extends StateStoreContract {
  @Override
  protected StoreFixture newFixture() {
    String schema = TestServer.newSchema();
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
      public void close() {
        TestServer.drop(schema);
      }
    };
  }
}
