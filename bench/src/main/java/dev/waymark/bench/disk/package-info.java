/** Measures how many bytes an execution takes. */
@NullMarked
package dev.waymark.bench.disk;

import org.jspecify.annotations.NullMarked;
