package dev.waymark.runner;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.runner.internal.NamedIds;
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

  /** The label of an execution that says in which directory its tasks run, on whichever worker. */
  public static final String DIRECTORY_LABEL = "waymark.directory";

  /** Keeps unmodifiable copies. */
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

  /** A start that is no rerun, with the priority of the workflow. */
  public StartRequest(
      WorkflowId workflowId,
      @Nullable Integer revision,
      @Nullable ExecutionId executionId,
      Map<String, String> inputs,
      Map<String, String> labels,
      @Nullable Path directory) {
    this(workflowId, revision, executionId, inputs, labels, directory, null, null, false);
  }

  /** The latest revision of a workflow, with its default inputs, in the current directory. */
  public static StartRequest of(WorkflowId workflowId) {
    return new StartRequest(workflowId, null, null, Map.of(), Map.of(), null);
  }

  /** The same with this revision pinned. */
  public StartRequest withRevision(@Nullable Integer revision) {
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

  /** The same under an id of the caller's. */
  public StartRequest withExecutionId(@Nullable ExecutionId executionId) {
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

  /** The same with these inputs and no others. */
  public StartRequest withInputs(Map<String, String> inputs) {
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

  /** The same with these labels and no others. */
  public StartRequest withLabels(Map<String, String> labels) {
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

  /** The same in this directory. */
  public StartRequest withDirectory(@Nullable Path directory) {
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

  /** The same with this priority. */
  public StartRequest withPriority(@Nullable Integer priority) {
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

  /**
   * The same as a repetition of an earlier execution.
   *
   * @param fromFailed whether what succeeded there is kept
   */
  public StartRequest withRerunOf(ExecutionId earlier, boolean fromFailed) {
    return new StartRequest(
        workflowId,
        revision,
        executionId,
        inputs,
        labels,
        directory,
        priority,
        earlier,
        fromFailed);
  }

  /**
   * The same under an id that is made of the workflow and this key: a start that is repeated with
   * the key, by whomever and whenever, starts nothing anew.
   *
   * @throws InvalidInputException when the key is empty, or not well-formed text
   */
  public StartRequest withIdempotencyKey(String key) {
    Text.wellFormed("idempotency key", key);
    if (key.isEmpty()) {
      throw new InvalidInputException("the idempotency key is empty; give one, or leave it out");
    }
    return withExecutionId(new ExecutionId(NamedIds.uuid("execution", workflowId.value(), key)));
  }
}
