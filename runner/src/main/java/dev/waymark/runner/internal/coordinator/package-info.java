/**
 * The loop of a runner: it claims work, starts attempts, records their ends, settles executions,
 * and recovers the work that other workers left.
 */
@NullMarked
package dev.waymark.runner.internal.coordinator;

import org.jspecify.annotations.NullMarked;
