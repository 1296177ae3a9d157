/** Measures the store of each product as a queue: items claimed, and items claimed and finished. */
@NullMarked
package dev.waymark.bench.queue;

import org.jspecify.annotations.NullMarked;
