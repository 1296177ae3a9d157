package dev.waymark.runner;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to start an execution with.
 *
 * @param workflowId the workflow to run
 * @param revision the revision to pin, or null for the latest
 * @param executionId an id of the caller's, who may then repeat the start without effect; null for
 *     a new one
 * @param inputs values by the names of the definition's inputs; what is not given gets its default
 * @param labels names and values to find the execution by; names that begin with {@code waymark.}
 *     are the runner's own
 * @param directory where the tasks run, or null for the current directory of this process
 */
public record StartRequest(
    WorkflowId workflowId,
    @Nullable Integer revision,
    @Nullable ExecutionId executionId,
    Map<String, String> inputs,
    Map<String, String> labels,
    @Nullable Path directory) {
  /** The label of an execution that says in which directory its tasks run, on whichever worker. */
  public static final String DIRECTORY_LABEL = "waymark.directory";

  /** Keeps unmodifiable copies. */
  public StartRequest {
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** The latest revision of a workflow, with its default inputs, in the current directory. */
  public static StartRequest of(WorkflowId workflowId) {
    return new StartRequest(workflowId, null, null, Map.of(), Map.of(), null);
  }

  /** The same with this revision pinned. */
  public StartRequest withRevision(@Nullable Integer revision) {
    return new StartRequest(workflowId, revision, executionId, inputs, labels, directory);
  }

  /** The same under an id of the caller's. */
  public StartRequest withExecutionId(@Nullable ExecutionId executionId) {
    return new StartRequest(workflowId, revision, executionId, inputs, labels, directory);
  }

  /** The same with these inputs and no others. */
  public StartRequest withInputs(Map<String, String> inputs) {
    return new StartRequest(workflowId, revision, executionId, inputs, labels, directory);
  }

  /** The same with these labels and no others. */
  public StartRequest withLabels(Map<String, String> labels) {
    return new StartRequest(workflowId, revision, executionId, inputs, labels, directory);
  }

  /** The same in this directory. */
  public StartRequest withDirectory(@Nullable Path directory) {
    return new StartRequest(workflowId, revision, executionId, inputs, labels, directory);
  }
}
