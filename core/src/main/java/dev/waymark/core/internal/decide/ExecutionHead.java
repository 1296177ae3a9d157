package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What deciding needs to know of an execution. Labels, inputs and errors stay on the disk. */
public record ExecutionHead(
    ExecutionId id,
    ExecutionState state,
    long version,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String requestHash) {

  ExecutionHead moved(ExecutionState to, Instant at) {
    return new ExecutionHead(
        id,
        to,
        version + 1,
        startedAt == null && to == ExecutionState.RUNNING ? at : startedAt,
        to.isTerminal() ? at : null,
        requestHash);
  }
}
