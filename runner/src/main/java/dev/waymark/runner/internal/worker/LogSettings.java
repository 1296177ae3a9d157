package dev.waymark.runner.internal.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings for the output of attempts.
 *
 * @param stored whether it is also kept in the store, where every machine can read it
 * @param fileRetention how long after the end of an execution its files stay on this machine, or
 *     null for forever
 * @param retention how long after the end of an execution the store keeps it, or null for forever
 */
public record LogSettings(
    boolean stored, @Nullable Duration fileRetention, @Nullable Duration retention) {}
