package dev.waymark.testkit;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A store that forwards every call")
class ForwardingStateStoreTest extends StateStoreContract {
  @Override
  protected StoreFixture newFixture() {
    return new Forwarded("memory:" + UUID.randomUUID());
  }

  private record Forwarded(String url) implements StoreFixture {
    @Override
    public StateStore open(InstantSource clock, Limits limits) {
      StoreOptions options = StoreOptions.builder().clock(clock).limits(limits).build();
      return new ForwardingStateStore(StoreUrl.parse(url, options).open()) {};
    }
  }
}
