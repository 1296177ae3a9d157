/**
 * What all of the runner depends on: retried calls, intervals, bounded collections, reserved labels
 * and error texts.
 */
@NullMarked
package dev.waymark.runner.internal.base;

import org.jspecify.annotations.NullMarked;
