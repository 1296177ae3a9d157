/**
 * Reads command lines: the syntax of the commands, a quick reader for plain lines, and picocli for
 * all other lines.
 */
@NullMarked
package dev.waymark.cli.internal.syntax;

import org.jspecify.annotations.NullMarked;
