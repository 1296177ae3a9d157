package dev.waymark.runner.internal.process;

import dev.waymark.core.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a handler has asked for: that its task runs again when the attempt has succeeded.
 *
 * @param input what the next iteration gets, or null for nothing
 */
public record NextIteration(@Nullable Payload input) implements FollowUp {}
