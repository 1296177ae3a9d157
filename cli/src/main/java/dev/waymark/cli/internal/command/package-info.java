/** The commands, one class each, and the table that names them. */
@NullMarked
package dev.waymark.cli.internal.command;

import org.jspecify.annotations.NullMarked;
