/**
 * The durable runner: {@link dev.waymark.runner.Runner} starts executions, works on them by running
 * their tasks as processes, retries what fails, and takes up what a worker that died left behind.
 * All that it knows is in the {@link dev.waymark.core.store.StateStore}, so it may be stopped or
 * killed at any moment.
 */
@NullMarked
package dev.waymark.runner;

import org.jspecify.annotations.NullMarked;
