/**
 * The {@code waymark} command. The only entry point is {@link dev.waymark.cli.Main}. The contract
 * is its commands, options, JSON keys and exit codes, not its classes.
 */
@NullMarked
package dev.waymark.cli;

import org.jspecify.annotations.NullMarked;
