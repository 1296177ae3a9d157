package dev.waymark.core.internal.decide;

import org.jspecify.annotations.Nullable;

/** What deciding needs to know of a pool: its bound, or null where it was removed just now. */
public record PoolHead(String name, @Nullable Integer slots) {}
