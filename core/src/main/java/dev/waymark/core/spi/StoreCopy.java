package dev.waymark.core.spi;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a store that was made and verified.
 *
 * @param file the file with the copy
 * @param bytes its size
 * @param workflows the number of workflow revisions in it
 * @param executions the number of executions in it
 * @param asOf the time of the last commit in it; null if it has none
 * @since 0.1.0
 */
public record StoreCopy(
    Path file, long bytes, long workflows, long executions, @Nullable Instant asOf) {}
