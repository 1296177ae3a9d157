/** How records are printed: their fields and columns, and the formats. */
@NullMarked
package dev.waymark.cli.internal.output;

import org.jspecify.annotations.NullMarked;
