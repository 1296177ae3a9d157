/**
 * The durable runner. {@link dev.waymark.runner.Runner} starts executions and runs their tasks as
 * processes. It retries failed tasks and recovers the work of dead workers. All its state is in the
 * {@link dev.waymark.core.store.StateStore}, so a runner may be stopped or killed at any moment.
 */
@NullMarked
package dev.waymark.runner;

import org.jspecify.annotations.NullMarked;
