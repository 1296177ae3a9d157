/**
 * The state store: {@link dev.waymark.core.store.StateStore} with its one entry point for writes,
 * {@link dev.waymark.core.store.ChangeSet}, its queries, its limits and its refusals.
 */
@NullMarked
package dev.waymark.core.store;

import org.jspecify.annotations.NullMarked;
