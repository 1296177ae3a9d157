/**
 * The {@code waymark} command. The only entry point is {@link dev.waymark.cli.Main}. The commands,
 * options, JSON keys and exit codes are the contract; the classes are not.
 */
@NullMarked
package dev.waymark.cli;

import org.jspecify.annotations.NullMarked;
