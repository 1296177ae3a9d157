/** Which store a command uses, and how the ids that a user types become ids of the store. */
@NullMarked
package dev.waymark.cli.internal.store;

import org.jspecify.annotations.NullMarked;
