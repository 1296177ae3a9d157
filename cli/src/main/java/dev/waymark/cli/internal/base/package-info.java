/** What all of the command line depends on: exit codes, errors, the terminal and the time zone. */
@NullMarked
package dev.waymark.cli.internal.base;

import org.jspecify.annotations.NullMarked;
