/** The code that all commands share: entry point, environment, errors and exit codes. */
@NullMarked
package dev.waymark.cli.internal;

import org.jspecify.annotations.NullMarked;
