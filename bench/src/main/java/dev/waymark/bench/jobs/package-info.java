/** Measures jobs that do nothing, run by the whole runtime of each product. */
@NullMarked
package dev.waymark.bench.jobs;

import org.jspecify.annotations.NullMarked;
