package dev.waymark.core.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one workflow revision, as the store holds it. Times are to the microsecond.
 *
 * @param id its id
 * @param workflowId the workflow
 * @param workflowRevision the revision that it pins
 * @param state where it stands
 * @param version 1 when created, and one more with every move
 * @param labels names and values to find it by, in the order of the names
 * @param inputs what it was started with, in the order of the names
 * @param createdAt when it was created
 * @param startedAt when it first became RUNNING, or null
 * @param endedAt when it became terminal, or null
 * @param error why it failed or was cancelled, or null
 */
public record Execution(
    ExecutionId id,
    WorkflowId workflowId,
    int workflowRevision,
    ExecutionState state,
    long version,
    Map<String, String> labels,
    Map<String, String> inputs,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error) {

  /** Keeps unmodifiable copies of labels and inputs. */
  public Execution {
    labels = Labels.labels(labels);
    inputs = Labels.inputs(inputs);
  }
}
