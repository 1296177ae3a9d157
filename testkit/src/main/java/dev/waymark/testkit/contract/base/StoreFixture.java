package dev.waymark.testkit.contract.base;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.time.InstantSource;
import java.util.Map;

/**
 * The location of the data of one test: a new file, a new schema, a new object. A backend that
 * needs no clean-up can provide this as a lambda.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StoreFixture extends AutoCloseable {

  /**
   * Opens a store on this location. The first call of a test finds no data. Every further call
   * opens another store on the same data, after the one before was closed or while it is open.
   *
   * <p>A backend that does not support several stores calls {@link
   * org.junit.jupiter.api.Assumptions#abort(String)} with the reason. The test is then reported as
   * skipped.
   *
   * @param clock gives the times of records and transitions
   * @param limits the limits that the store enforces
   */
  StateStore open(InstantSource clock, Limits limits);

  /**
   * Returns how many rows each table of this location has, by the name of the table; empty when the
   * backend has no tables.
   *
   * @throws Exception when the tables cannot be read
   */
  default Map<String, Long> rows() throws Exception {
    return Map.of();
  }

  /** Cleans up the location. Called once, after all stores of the test were closed. */
  @Override
  default void close() throws Exception {}
}
