/**
 * The contract of every backend, as tests. There is one abstract class per topic. {@link
 * dev.waymark.testkit.contract.StateStoreContract} contains all of them.
 *
 * <p>The whole test of a backend is one class:
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
 * <p>A class that extends a single topic runs only that topic. This is useful during the
 * development of a backend.
 */
@NullMarked
package dev.waymark.testkit.contract;

import org.jspecify.annotations.NullMarked;
