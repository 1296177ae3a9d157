package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.runner.internal.base.NamedIds;
import dev.waymark.runner.internal.base.StartLabels;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to start an execution with. Immutable; {@link #of} suffices for a plain start, {@link
 * #builder} says more.
 *
 * @param workflowId the workflow to run
 * @param revision the revision to pin, or null for the latest
 * @param executionId an id of the caller's, who may then repeat the start without effect; null for
 *     a new one
 * @param inputs values by the names of the definition's inputs; what is not given gets its default
 * @param labels names and values to find the execution by; names that begin with {@code waymark.}
 *     are the runner's own
 * @param directory where the tasks run, or null for the current directory of this process
 * @param priority from -100 to 100, instead of that of the workflow; or null
 * @param rerunOf an earlier execution of the same workflow that this one is to be linked to, or
 *     null
 * @param fromFailed whether tasks that succeeded in that execution are not run again: what they
 *     gave is kept
 */
public record StartRequest(
    WorkflowId workflowId,
    @Nullable Integer revision,
    @Nullable ExecutionId executionId,
    Map<String, String> inputs,
    Map<String, String> labels,
    @Nullable Path directory,
    @Nullable Integer priority,
    @Nullable ExecutionId rerunOf,
    boolean fromFailed) {
  /** The label of an execution that names the earlier one that it repeats. */
  public static final String RERUN_LABEL = "waymark.rerun-of";

  /** The label of a rerun that keeps what succeeded in the earlier execution; "true" there. */
  public static final String FROM_FAILED_LABEL = "waymark.from-failed";

  /** The label of an execution that says in which directory its tasks run, on whichever worker. */
  public static final String DIRECTORY_LABEL = "waymark.directory";

  /**
   * Keeps unmodifiable copies.
   *
   * @throws InvalidInputException when the priority is out of range, or results are to be kept of
   *     no execution
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
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** The latest revision of a workflow, with its default inputs, in the current directory. */
  public static StartRequest of(WorkflowId workflowId) {
    return builder(workflowId).build();
  }

  /** Begins a request that asks for the same as {@link #of}. */
  public static Builder builder(WorkflowId workflowId) {
    return new Builder(workflowId);
  }

  /**
   * Begins a request that repeats an earlier execution, linked to it: the same revision, with its
   * inputs, its labels, its directory and its priority.
   *
   * @param fromFailed whether what succeeded there is kept, and not run again
   */
  public static Builder rerun(Execution earlier, boolean fromFailed) {
    Builder builder = new Builder(earlier.workflowId());
    String directory = earlier.labels().get(DIRECTORY_LABEL);
    return builder
        .revision(earlier.workflowRevision())
        .inputs(earlier.inputs())
        .labels(StartLabels.withoutReserved(earlier.labels()))
        .directory(directory == null ? null : Path.of(directory))
        .priority(StartLabels.priority(earlier.labels()))
        .rerunOf(earlier.id(), fromFailed);
  }

  /** Begins a request that asks for the same as this one. */
  public Builder toBuilder() {
    Builder builder = new Builder(workflowId);
    builder.revision = revision;
    builder.executionId = executionId;
    builder.inputs = inputs;
    builder.labels = labels;
    builder.directory = directory;
    builder.priority = priority;
    builder.rerunOf = rerunOf;
    builder.fromFailed = fromFailed;
    return builder;
  }

  /** Collects what a request asks for; null means the same as not to ask. Not thread-safe. */
  public static final class Builder {
    private final WorkflowId workflowId;
    private @Nullable Integer revision;
    private @Nullable ExecutionId executionId;
    private Map<String, String> inputs = Map.of();
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

    /**
     * An id of the caller's, who may then repeat the start without effect; a new one by default.
     */
    public Builder executionId(@Nullable ExecutionId executionId) {
      this.executionId = executionId;
      return this;
    }

    /**
     * An id that is made of the workflow and this key: a start that is repeated with the key, by
     * whomever and whenever, starts nothing anew.
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

    /** These inputs and no others; what is not given gets the default of the definition. */
    public Builder inputs(Map<String, String> inputs) {
      this.inputs = inputs;
      return this;
    }

    /** These labels and no others. */
    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    /** Where the tasks run; the current directory of this process by default. */
    public Builder directory(@Nullable Path directory) {
      this.directory = directory;
      return this;
    }

    /** From -100 to 100; that of the workflow by default. */
    public Builder priority(@Nullable Integer priority) {
      this.priority = priority;
      return this;
    }

    /**
     * The start repeats an earlier execution of the same workflow, to which it is linked.
     *
     * @param fromFailed whether what succeeded there is kept, and not run again
     */
    public Builder rerunOf(ExecutionId earlier, boolean fromFailed) {
      this.rerunOf = earlier;
      this.fromFailed = fromFailed;
      return this;
    }

    /**
     * The request.
     *
     * @throws InvalidInputException when the priority is out of range
     */
    public StartRequest build() {
      return new StartRequest(
          workflowId,
          revision,
          executionId,
          inputs,
          labels,
          directory,
          priority,
          rerunOf,
          fromFailed);
    }
  }
}
