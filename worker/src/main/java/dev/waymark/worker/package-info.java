/**
 * Workers for programs with a graph of their own: {@link dev.waymark.worker.Worker} claims task
 * runs, keeps their leases, retries, recovers and records, and asks the program what is next.
 */
@NullMarked
package dev.waymark.worker;

import org.jspecify.annotations.NullMarked;
