/** Measures the cost of a claim and the time until a worker starts new work. */
@NullMarked
package dev.waymark.bench.claims;

import org.jspecify.annotations.NullMarked;
