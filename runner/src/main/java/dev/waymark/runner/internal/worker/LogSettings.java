package dev.waymark.runner.internal.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the output of attempts.
 *
 * @param stored whether it is also kept in the store, where every machine can read it
 * @param fileRetention for how long after the end of an execution its files stay on this machine,
 *     or null for ever
 * @param retention for how long after the end of an execution the store keeps it, or null for ever
 */
public record LogSettings(
    boolean stored, @Nullable Duration fileRetention, @Nullable Duration retention) {}
