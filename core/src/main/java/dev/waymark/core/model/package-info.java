/**
 * The vocabulary of Waymark as types: ids, states with their allowed moves, and the records of a
 * store. All are immutable values.
 */
@NullMarked
package dev.waymark.core.model;

import org.jspecify.annotations.NullMarked;
