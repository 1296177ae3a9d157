/** How many bytes executions take. */
@NullMarked
package dev.waymark.bench.disk;

import org.jspecify.annotations.NullMarked;
