package dev.waymark.testkit;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The in-memory store, opened by its URL")
class InMemoryStateStoreTest extends StateStoreContract {
  @Override
  protected StoreFixture newFixture() {
    return new Memory("memory:" + UUID.randomUUID());
  }

  /** All stores of a test share the records that the URL names. */
  private record Memory(String url) implements StoreFixture {
    @Override
    public StateStore open(InstantSource clock, Limits limits) {
      return StoreUrl.parse(url, StoreOptions.builder().clock(clock).limits(limits).build()).open();
    }
  }
}
