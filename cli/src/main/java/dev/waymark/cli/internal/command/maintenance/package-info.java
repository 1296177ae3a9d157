/** The commands that maintain a store as a whole. */
@NullMarked
package dev.waymark.cli.internal.command.maintenance;

import org.jspecify.annotations.NullMarked;
