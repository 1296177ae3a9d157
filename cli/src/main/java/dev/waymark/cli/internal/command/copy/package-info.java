/** The commands that copy a store as a whole. */
@NullMarked
package dev.waymark.cli.internal.command.copy;

import org.jspecify.annotations.NullMarked;
