/** Selects the store of a command, and resolves the ids that a user enters. */
@NullMarked
package dev.waymark.cli.internal.store;

import org.jspecify.annotations.NullMarked;
