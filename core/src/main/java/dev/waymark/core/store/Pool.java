package dev.waymark.core.store;

import org.jspecify.annotations.Nullable;

/**
 * A pool as it is now.
 *
 * @param name its name
 * @param slots how many of its task runs may run at the same time, or null for any number
 * @param running how many leases there are on task runs that were claimed from it
 * @param ready how many of its task runs wait to be claimed, those included whose delay is not over
 */
public record Pool(String name, @Nullable Integer slots, int running, long ready) {}
