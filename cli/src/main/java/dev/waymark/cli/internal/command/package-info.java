/** The commands, one class each, and the table of their names. */
@NullMarked
package dev.waymark.cli.internal.command;

import org.jspecify.annotations.NullMarked;
