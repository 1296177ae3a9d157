/**
 * The utilities of the whole runner: bounded collections, reserved labels, names of outputs and ids
 * that are derived from names.
 */
@NullMarked
package dev.waymark.runner.internal.base;

import org.jspecify.annotations.NullMarked;
