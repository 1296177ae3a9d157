package dev.waymark.testkit;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.StateStoreContract;
import dev.waymark.testkit.contract.base.StoreFixture;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The in-memory store")
class InMemoryStateStoreTest extends StateStoreContract {
  @Override
  protected StoreFixture newFixture() {
    return new Memory();
  }

  /** The first store of a test; every further one shares its records. */
  private static final class Memory implements StoreFixture {
    private @Nullable InMemoryStateStore first;

    @Override
    public StateStore open(InstantSource clock, Limits limits) {
      if (first != null) {
        return first.openAnother(clock, limits);
      }
      first = new InMemoryStateStore(clock, limits);
      return first;
    }
  }
}
