package dev.waymark.testkit.contract.base;

import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/**
 * A topic whose tests run in several threads on several stores with the same data. A backend that
 * does not support several stores on its data skips them.
 *
 * @since 0.1.0
 */
public abstract class SeveralStoresTest extends ContractTest {
  /** The number of threads; each two of them share a store. */
  protected static final int THREADS = 8;

  /** A lease that does not expire during a test. */
  protected static final Duration LEASE = Duration.ofHours(1);

  private final List<StateStore> stores = new ArrayList<>();

  /** For the topics. */
  protected SeveralStoresTest() {}

  @BeforeEach
  void openStores() {
    flow();
    stores.add(store);
    for (int i = 1; i < THREADS / 2; i++) {
      stores.add(openAnother());
    }
  }

  /** The store of a thread, counted from 0. */
  protected final StateStore storeOf(int thread) {
    return stores.get(thread % stores.size());
  }
}
