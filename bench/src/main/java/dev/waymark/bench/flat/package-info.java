/** Measures whether the cost of a claim stays the same, whatever else a store holds. */
@NullMarked
package dev.waymark.bench.flat;

import org.jspecify.annotations.NullMarked;
