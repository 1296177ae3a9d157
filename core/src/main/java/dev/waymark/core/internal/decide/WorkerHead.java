package dev.waymark.core.internal.decide;

import java.util.UUID;

/**
 * The data of a worker that decisions need: the life id that owns the name, and whether it is
 * alive.
 */
public record WorkerHead(String name, UUID life, boolean alive) {}
