/**
 * The utilities of the whole runner: retried calls, intervals, bounded collections, reserved labels
 * and error texts.
 */
@NullMarked
package dev.waymark.runner.internal.base;

import org.jspecify.annotations.NullMarked;
