/**
 * Finds the store that a command uses, and turns the ids that a user types into ids of the store.
 */
@NullMarked
package dev.waymark.cli.internal.store;

import org.jspecify.annotations.NullMarked;
