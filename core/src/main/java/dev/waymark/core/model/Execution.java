package dev.waymark.core.model;

import dev.waymark.core.internal.Labels;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run of one workflow revision, as the store holds it. Times have microsecond precision.
 *
 * @param id the id of the execution
 * @param workflowId the workflow
 * @param workflowRevision the workflow revision that it runs; it never changes
 * @param state its current state
 * @param version 1 when created; every change of state adds 1
 * @param labels names and values for queries, ordered by name
 * @param input what it was started with, or null
 * @param createdAt when it was created
 * @param startedAt when it first became RUNNING, or null
 * @param endedAt when it became terminal, or null
 * @param error why it failed or was cancelled, or null
 * @param parent the task run that started it, or null if it is no child
 * @param continues the execution that it continues, or null
 * @param continuedAs the execution that continues it, or null
 * @since 0.1.0
 */
public record Execution(
    ExecutionId id,
    WorkflowId workflowId,
    int workflowRevision,
    ExecutionState state,
    long version,
    Map<String, String> labels,
    @Nullable Payload input,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable Parent parent,
    @Nullable ExecutionId continues,
    @Nullable ExecutionId continuedAs) {

  /** Keeps an unmodifiable copy of the labels. */
  public Execution {
    labels = Labels.labels(labels);
  }

  /** An execution that is no child, continues none and is not continued. */
  public Execution(
      ExecutionId id,
      WorkflowId workflowId,
      int workflowRevision,
      ExecutionState state,
      long version,
      Map<String, String> labels,
      @Nullable Payload input,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable String error) {
    this(
        id,
        workflowId,
        workflowRevision,
        state,
        version,
        labels,
        input,
        createdAt,
        startedAt,
        endedAt,
        error,
        null,
        null,
        null);
  }

  /** An execution whose input is a map of names and values; an empty map is no input. */
  public Execution(
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
    this(
        id,
        workflowId,
        workflowRevision,
        state,
        version,
        labels,
        Payload.ofInputs(inputs),
        createdAt,
        startedAt,
        endedAt,
        error);
  }

  /** The input as names and values, ordered by name, as {@link Payload#texts()} makes them. */
  public Map<String, String> inputs() {
    return input == null ? Map.of() : input.texts();
  }
}
