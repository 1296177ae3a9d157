package dev.waymark.core.internal.decide;

import org.jspecify.annotations.Nullable;

/** The data of a pool that decisions need: its bound, or null if the bound was just removed. */
public record PoolHead(String name, @Nullable Integer slots) {}
