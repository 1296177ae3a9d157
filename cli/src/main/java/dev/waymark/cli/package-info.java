/**
 * The {@code waymark} command. The only door is {@link dev.waymark.cli.Main}; its commands,
 * options, JSON keys and exit codes are the contract, not its classes.
 */
@NullMarked
package dev.waymark.cli;

import org.jspecify.annotations.NullMarked;
