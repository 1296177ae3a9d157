/**
 * The attempts that run in this process: how they start, their files, logs and results, and the end
 * of those that another process left behind.
 */
@NullMarked
package dev.waymark.runner.internal.attempt;

import org.jspecify.annotations.NullMarked;
