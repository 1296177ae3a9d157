package dev.waymark.core.store;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An execution to create. A second creation with the same id and the same request changes nothing.
 * With another request it is refused.
 *
 * <p>For example:
 *
 * <pre>{@code
 * ExecutionId id = Ids.system().executionId();
 * store.createExecution(new NewExecution(id, workflow));
 * }</pre>
 *
 * @param id the id, which is the idempotency key of the start: a caller that repeats the start uses
 *     the same id
 * @param workflowId the workflow to run
 * @param workflowRevision the revision to run, or null for the latest at the moment of the commit
 * @param labels names and values for queries
 * @param input what to start it with, or null
 * @param parent the task run that starts it as its child, or null
 * @since 0.1.0
 */
public record NewExecution(
    ExecutionId id,
    WorkflowId workflowId,
    @Nullable Integer workflowRevision,
    Map<String, String> labels,
    @Nullable Payload input,
    @Nullable ParentTask parent) {

  /** Keeps an unmodifiable copy of the labels. */
  public NewExecution {
    Objects.requireNonNull(id, "execution id");
    Objects.requireNonNull(workflowId, "workflow id");
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** An execution that is no child. */
  public NewExecution(
      ExecutionId id,
      WorkflowId workflowId,
      @Nullable Integer workflowRevision,
      Map<String, String> labels,
      @Nullable Payload input) {
    this(id, workflowId, workflowRevision, labels, input, null);
  }

  /** An execution whose input is a map of names and values, as {@link Payload#ofInputs}. */
  public NewExecution(
      ExecutionId id,
      WorkflowId workflowId,
      @Nullable Integer workflowRevision,
      Map<String, String> labels,
      Map<String, String> inputs) {
    this(id, workflowId, workflowRevision, labels, Payload.ofInputs(inputs));
  }

  /** An execution of the latest revision, without labels and input. */
  public NewExecution(ExecutionId id, WorkflowId workflowId) {
    this(id, workflowId, null, Map.of(), (Payload) null);
  }

  /**
   * The same execution as a child of a task run. Refused when the task run does not exist or has
   * ended, or when its execution is CANCELLING and the policy is {@link ChildPolicy#CANCEL}. {@link
   * Limits#maxDepth()} bounds how many ancestors it may have.
   *
   * @param taskRunId the task run that starts it
   * @param policy what becomes of it when the execution of the task run is cancelled or fails
   */
  public NewExecution childOf(TaskRunId taskRunId, ChildPolicy policy) {
    return new NewExecution(
        id, workflowId, workflowRevision, labels, input, new ParentTask(taskRunId, policy));
  }

  /**
   * The task run that starts a child.
   *
   * @param taskRunId the task run
   * @param policy what becomes of the child when the execution of the task run is cancelled or
   *     fails
   */
  public record ParentTask(TaskRunId taskRunId, ChildPolicy policy) {
    /** Rejects null. */
    public ParentTask {
      Objects.requireNonNull(taskRunId, "task run id");
      Objects.requireNonNull(policy, "policy");
    }
  }

  /** The input as names and values, ordered by name, as {@link Payload#texts()} makes them. */
  public Map<String, String> inputs() {
    return input == null ? Map.of() : input.texts();
  }
}
