package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionId;
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
 * @param inputs names and values to start it with
 * @since 0.1.0
 */
public record NewExecution(
    ExecutionId id,
    WorkflowId workflowId,
    @Nullable Integer workflowRevision,
    Map<String, String> labels,
    Map<String, String> inputs) {

  /** Keeps unmodifiable copies of labels and inputs. */
  public NewExecution {
    Objects.requireNonNull(id, "execution id");
    Objects.requireNonNull(workflowId, "workflow id");
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    inputs = Collections.unmodifiableMap(new TreeMap<>(inputs));
  }

  /** An execution of the latest revision, without labels and inputs. */
  public NewExecution(ExecutionId id, WorkflowId workflowId) {
    this(id, workflowId, null, Map.of(), Map.of());
  }
}
