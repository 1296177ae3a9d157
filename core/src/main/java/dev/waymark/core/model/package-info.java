/**
 * The data model of Waymark: ids, states with their allowed moves, and the records that a store
 * keeps. All types are immutable, except {@link dev.waymark.core.model.Ids}, which is thread-safe.
 */
@NullMarked
package dev.waymark.core.model;

import org.jspecify.annotations.NullMarked;
