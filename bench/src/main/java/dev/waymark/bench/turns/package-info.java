/** Contests: implementations take turns, and ratios are computed within each round. */
@NullMarked
package dev.waymark.bench.turns;

import org.jspecify.annotations.NullMarked;
