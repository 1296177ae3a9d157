package dev.waymark.spring.internal.store;

import dev.waymark.core.store.StateStore;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The store that the application opened, and what is known about it.
 *
 * @param store the store itself, which joins no transaction
 * @param current finds the transactions that its calls join
 * @param place where it is, without secrets
 * @param facts more about it, for the health of the application
 * @param writable asks whether it can write; null if that is not known
 */
public record OpenedStore(
    StateStore store,
    CurrentTransaction current,
    String place,
    Map<String, Object> facts,
    @Nullable BooleanSupplier writable)
    implements AutoCloseable {
  @Override
  public void close() {
    store.close();
  }
}
