/**
 * Measurements of Waymark through its public API. {@link dev.waymark.bench.Main} runs the parts.
 */
@NullMarked
package dev.waymark.bench;

import org.jspecify.annotations.NullMarked;
