package dev.waymark.cli.internal.store;

import dev.waymark.core.store.StateStore;

/** Opens the store that a URL names. */
@FunctionalInterface
public interface StoreOpener {
  /**
   * Opens the store; the caller closes it.
   *
   * @throws dev.waymark.core.error.StoreUnavailableException when it cannot be opened
   * @throws dev.waymark.core.error.SchemaMismatchException when it is not one that this version can
   *     use
   */
  StateStore open(StoreUrl url);
}
