/**
 * The state store: {@link dev.waymark.core.store.StateStore}, the {@link
 * dev.waymark.core.store.ChangeSet} that it commits, its queries, its limits and its refusals.
 */
@NullMarked
package dev.waymark.core.store;

import org.jspecify.annotations.NullMarked;
