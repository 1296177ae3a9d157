/**
 * How a command line is read: what a command accepts, the quick reader, and picocli for everything
 * else.
 */
@NullMarked
package dev.waymark.cli.internal.syntax;

import org.jspecify.annotations.NullMarked;
