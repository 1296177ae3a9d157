package dev.waymark.testkit.contract.base;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.time.InstantSource;

/**
 * The place where one test keeps its data: a new file, a new schema, a new object. A backend whose
 * place needs no clearing away can give this as a lambda.
 */
@FunctionalInterface
public interface StoreFixture extends AutoCloseable {

  /**
   * Opens a store on this place. The first call of a test finds no data; every further call opens
   * one more store upon the same data, after the one before was closed or beside it.
   *
   * <p>A backend that cannot do the latter says so by {@link
   * org.junit.jupiter.api.Assumptions#abort(String)} with the reason; the test is then shown as
   * skipped.
   *
   * @param clock gives the times of records and transitions
   * @param limits what the store holds its callers to
   */
  StateStore open(InstantSource clock, Limits limits);

  /** Clears the place away. Called once, after all stores of the test were closed. */
  @Override
  default void close() throws Exception {}
}
