package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testkit.contract.work.ClaimConcurrencyContract;
import dev.waymark.testserver.TestServer;
import java.time.InstantSource;
import org.junit.jupiter.api.DisplayName;

/**
 * The same tests, each in a separate database, where no other deadlocks are counted: a retry would
 * hide them.
 */
@DisplayName("13: many workers on PostgreSQL run without a deadlock")
class PostgresClaimDeadlockTest extends ClaimConcurrencyContract {
  @Override
  protected StoreFixture newFixture() {
    String database = TestServer.newDatabase();
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        return PostgresStateStore.builder(TestServer.urlOf(database))
            .clock(clock)
            .limits(limits)
            .build();
      }

      @Override
      public void close() {
        assertThat(PostgresCollisionTest.ended(database)).isEqualTo("0 deadlocks");
        TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
      }
    };
  }
}
