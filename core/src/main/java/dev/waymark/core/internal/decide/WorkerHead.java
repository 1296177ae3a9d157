package dev.waymark.core.internal.decide;

import java.util.UUID;

/** What deciding needs to know of a worker: which life has its name, and whether that is alive. */
public record WorkerHead(String name, UUID life, boolean alive) {}
