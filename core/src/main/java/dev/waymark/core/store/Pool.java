package dev.waymark.core.store;

import org.jspecify.annotations.Nullable;

/**
 * The current state of a pool.
 *
 * @param name its name
 * @param slots how many of its task runs may run at the same time, or null for no limit
 * @param running number of leases on task runs that were claimed from it
 * @param ready number of its task runs that wait to be claimed, including those with a delay
 * @since 0.1.0
 */
public record Pool(String name, @Nullable Integer slots, int running, long ready) {}
