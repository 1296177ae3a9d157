package dev.waymark.runner.internal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the output of attempts.
 *
 * @param stored whether it is also kept in the store, where every machine can read it
 * @param retention for how long after the end of an execution the store keeps it, or null for ever
 */
public record LogSettings(boolean stored, @Nullable Duration retention) {}
