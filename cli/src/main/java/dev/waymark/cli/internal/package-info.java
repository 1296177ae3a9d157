/**
 * Code that all commands share: the entry point, the environment, the errors and the exit codes.
 */
@NullMarked
package dev.waymark.cli.internal;

import org.jspecify.annotations.NullMarked;
