package dev.waymark.spring.internal.store;

import dev.waymark.core.store.StateStore;
import java.util.Map;

/**
 * The store that the application opened, and what is known about it.
 *
 * @param store the store itself, which joins no transaction
 * @param current finds the transactions that its calls join
 * @param place where it is, without secrets
 * @param facts more about it, for the health of the application
 */
public record OpenedStore(
    StateStore store, CurrentTransaction current, String place, Map<String, Object> facts)
    implements AutoCloseable {
  @Override
  public void close() {
    store.close();
  }
}
