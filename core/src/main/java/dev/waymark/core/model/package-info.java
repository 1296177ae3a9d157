/**
 * The words of Waymark as types: ids, states with their allowed moves, and the records that a store
 * keeps. All are immutable values.
 */
@NullMarked
package dev.waymark.core.model;

import org.jspecify.annotations.NullMarked;
