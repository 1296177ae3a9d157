/** Prints records: their fields, their columns and the output formats. */
@NullMarked
package dev.waymark.cli.internal.output;

import org.jspecify.annotations.NullMarked;
