package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.runner.internal.base.StartLabels;
import dev.waymark.worker.internal.base.NamedIds;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to start an execution. Immutable. Use {@link #of} for a plain start and {@link
 * #builder} to set more.
 *
 * <p>For example:
 *
 * <pre>{@code
 * StartRequest request =
 *     StartRequest.builder(workflow)
 *         .inputs(Map.of("day", "2026-11-27"))
 *         .idempotencyKey("nightly 2026-11-27")
 *         .build();
 * }</pre>
 *
 * @param workflowId the workflow to run
 * @param revision the revision to pin, or null for the latest
 * @param executionId an id of the caller, which makes the start idempotent; null for a new id
 * @param inputs values by the names of the definition's inputs; an input that is not given gets its
 *     default
 * @param input a payload in place of these inputs, or null
 * @param labels names and values by which the execution can be found; names that begin with {@code
 *     waymark.} are reserved for the runner
 * @param directory the directory in which the tasks run, or null for the current directory of this
 *     process
 * @param priority from -100 to 100, overrides that of the workflow; or null
 * @param rerunOf an earlier execution of the same workflow to link to, or null
 * @param fromFailed whether tasks that succeeded in that execution are not run again and their
 *     outputs are kept
 * @since 0.1.0
 */
public record StartRequest(
    WorkflowId workflowId,
    @Nullable Integer revision,
    @Nullable ExecutionId executionId,
    Map<String, String> inputs,
    @Nullable Payload input,
    Map<String, String> labels,
    @Nullable Path directory,
    @Nullable Integer priority,
    @Nullable ExecutionId rerunOf,
    boolean fromFailed) {
  /** The label that contains the id of the earlier execution which this one repeats. */
  public static final String RERUN_LABEL = "waymark.rerun-of";

  /**
   * The label of a rerun that keeps the successful tasks of the earlier execution; its value is
   * "true".
   */
  public static final String FROM_FAILED_LABEL = "waymark.from-failed";

  /**
   * The label that contains the directory in which the tasks of the execution run, on any worker.
   */
  public static final String DIRECTORY_LABEL = "waymark.directory";

  /**
   * Keeps unmodifiable copies.
   *
   * @throws InvalidInputException when the priority is out of range, {@code fromFailed} is set
   *     without an earlier execution, or there are both inputs and a payload
   */
  public StartRequest {
    int most = Change.ReadyTaskRun.MAX_PRIORITY;
    if (priority != null && (priority < -most || priority > most)) {
      throw new InvalidInputException("priority " + priority + " is out of range; use -100 to 100");
    }
    if (fromFailed && rerunOf == null) {
      throw new InvalidInputException(
          "no earlier execution is named whose results could be kept; name it");
    }
    if (input != null && !inputs.isEmpty()) {
      throw new InvalidInputException(
          "there are both inputs ("
              + String.join(", ", inputs.keySet())
              + ") and a payload as input;"
              + " put the inputs into the payload, as members of a JSON object, or leave it out");
    }
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** A request with inputs by name. */
  public StartRequest(
      WorkflowId workflowId,
      @Nullable Integer revision,
      @Nullable ExecutionId executionId,
      Map<String, String> inputs,
      Map<String, String> labels,
      @Nullable Path directory,
      @Nullable Integer priority,
      @Nullable ExecutionId rerunOf,
      boolean fromFailed) {
    this(
        workflowId,
        revision,
        executionId,
        inputs,
        null,
        labels,
        directory,
        priority,
        rerunOf,
        fromFailed);
  }

  /**
   * Returns a request for the latest revision of a workflow, with its default inputs, in the
   * current directory.
   */
  public static StartRequest of(WorkflowId workflowId) {
    return builder(workflowId).build();
  }

  /** Returns a builder that starts from the request of {@link #of}. */
  public static Builder builder(WorkflowId workflowId) {
    return new Builder(workflowId);
  }

  /**
   * Returns a builder of a request that repeats an earlier execution and is linked to it: the same
   * revision, with its inputs, its labels, its directory and its priority.
   *
   * @param fromFailed whether tasks that succeeded there are kept, and not run again
   */
  public static Builder rerun(Execution earlier, boolean fromFailed) {
    Payload input = earlier.input();
    boolean isMap = input == null || input.equals(Payload.ofTexts(input.texts()));
    return next(earlier)
        .revision(earlier.workflowRevision())
        .inputs(isMap ? earlier.inputs() : Map.of())
        .input(isMap ? null : input)
        .rerunOf(earlier.id(), fromFailed);
  }

  /**
   * Returns a builder of a request for an execution that continues an earlier one: the latest
   * revision of its workflow, without an input, with its labels, its directory and its priority.
   */
  public static Builder next(Execution earlier) {
    String directory = earlier.labels().get(DIRECTORY_LABEL);
    return builder(earlier.workflowId())
        .labels(StartLabels.withoutReserved(earlier.labels()))
        .directory(directory == null ? null : Path.of(directory))
        .priority(StartLabels.priority(earlier.labels()));
  }

  /** Returns a builder that starts from this request. */
  public Builder toBuilder() {
    Builder builder = new Builder(workflowId);
    builder.revision = revision;
    builder.executionId = executionId;
    builder.inputs = inputs;
    builder.input = input;
    builder.labels = labels;
    builder.directory = directory;
    builder.priority = priority;
    builder.rerunOf = rerunOf;
    builder.fromFailed = fromFailed;
    return builder;
  }

  /**
   * Collects the parts of a request. To set null is the same as not to set a value. Not
   * thread-safe.
   */
  public static final class Builder {
    private final WorkflowId workflowId;
    private @Nullable Integer revision;
    private @Nullable ExecutionId executionId;
    private Map<String, String> inputs = Map.of();
    private @Nullable Payload input;
    private Map<String, String> labels = Map.of();
    private @Nullable Path directory;
    private @Nullable Integer priority;
    private @Nullable ExecutionId rerunOf;
    private boolean fromFailed;

    private Builder(WorkflowId workflowId) {
      this.workflowId = Objects.requireNonNull(workflowId, "workflow id");
    }

    /** The revision to pin; the latest by default. */
    public Builder revision(@Nullable Integer revision) {
      this.revision = revision;
      return this;
    }

    /** An id of the caller, which makes the start idempotent; a new id by default. */
    public Builder executionId(@Nullable ExecutionId executionId) {
      this.executionId = executionId;
      return this;
    }

    /**
     * Sets an execution id that is derived from the workflow and this idempotency key. A repeated
     * start with the same key, from any process and at any time, creates no second execution.
     *
     * @throws InvalidInputException when the key is empty, or not well-formed text
     */
    public Builder idempotencyKey(String key) {
      Text.wellFormed("idempotency key", key);
      if (key.isEmpty()) {
        throw new InvalidInputException("the idempotency key is empty; give one, or leave it out");
      }
      return executionId(new ExecutionId(NamedIds.uuid("execution", workflowId.value(), key)));
    }

    /**
     * The inputs; replaces all inputs set before. An input that is not given gets the default of
     * the definition.
     */
    public Builder inputs(Map<String, String> inputs) {
      this.inputs = inputs;
      return this;
    }

    /**
     * A payload as the input, in place of inputs by name; it is stored as it is. If the definition
     * has inputs, it must be a JSON object with the required ones as members. Tasks get its members
     * as inputs.
     */
    public Builder input(@Nullable Payload input) {
      this.input = input;
      return this;
    }

    /** The labels; replaces all labels set before. */
    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    /** The directory in which the tasks run; the current directory of this process by default. */
    public Builder directory(@Nullable Path directory) {
      this.directory = directory;
      return this;
    }

    /** The priority, from -100 to 100; that of the workflow by default. */
    public Builder priority(@Nullable Integer priority) {
      this.priority = priority;
      return this;
    }

    /**
     * Repeats an earlier execution of the same workflow, and links to it.
     *
     * @param fromFailed whether tasks that succeeded there are kept, and not run again
     */
    public Builder rerunOf(ExecutionId earlier, boolean fromFailed) {
      this.rerunOf = earlier;
      this.fromFailed = fromFailed;
      return this;
    }

    /**
     * Returns the request.
     *
     * @throws InvalidInputException when the priority is out of range, {@code fromFailed} is set
     *     without an earlier execution, or there are both inputs and a payload
     */
    public StartRequest build() {
      return new StartRequest(
          workflowId,
          revision,
          executionId,
          inputs,
          input,
          labels,
          directory,
          priority,
          rerunOf,
          fromFailed);
    }
  }
}
