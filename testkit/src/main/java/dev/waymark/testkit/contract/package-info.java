/**
 * What every backend has to do, as tests: one abstract class per topic, and {@link
 * dev.waymark.testkit.contract.StateStoreContract}, which holds them all.
 *
 * <p>A backend's whole test is one class:
 *
 * <pre>{@code
 * @DisplayName("The SQLite store")
 * class SqliteStoreContractTest extends StateStoreContract {
 *   @TempDir Path folder;
 *
 *   @Override
 *   protected StoreFixture newFixture() {
 *     Path file = folder.resolve("waymark.db");
 *     return (clock, limits) -> SqliteStateStore.builder(file).clock(clock).limits(limits).build();
 *   }
 * }
 * }</pre>
 *
 * <p>A class that extends a single topic runs that topic alone, which is handy while a backend
 * grows.
 */
@NullMarked
package dev.waymark.testkit.contract;

import org.jspecify.annotations.NullMarked;
