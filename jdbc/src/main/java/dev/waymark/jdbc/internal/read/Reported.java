package dev.waymark.jdbc.internal.read;

import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.Claims.Leased;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a claim reports besides the task runs that it takes; the components are those of {@link
 * dev.waymark.core.store.Claims}.
 *
 * @param due executions that are due
 * @param expired leases that have expired
 * @param next how long until something more is ready or due
 * @param nextExpiry how long until a lease expires
 */
public record Reported(
    List<Due> due, List<Leased> expired, @Nullable Duration next, @Nullable Duration nextExpiry) {}
