/**
 * The attempts that run in this process: how they start, their files, logs and results, and the end
 * of attempts that another process abandoned.
 */
@NullMarked
package dev.waymark.runner.internal.attempt;

import org.jspecify.annotations.NullMarked;
