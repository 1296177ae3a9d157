/**
 * Reads a command line: the syntax of each command, the fast parser, and picocli for all other
 * cases.
 */
@NullMarked
package dev.waymark.cli.internal.syntax;

import org.jspecify.annotations.NullMarked;
