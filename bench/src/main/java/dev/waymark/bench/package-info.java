/**
 * Measurements of Waymark from outside, through its front door: {@link dev.waymark.bench.Main} runs
 * the parts.
 */
@NullMarked
package dev.waymark.bench;

import org.jspecify.annotations.NullMarked;
