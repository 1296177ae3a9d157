package dev.waymark.cli.internal.output;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.StateStore;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parent and the children of an execution.
 *
 * @param parent the parent, or null
 * @param parentTask the task of the parent that started the execution, or null
 * @param children the first children, with the number of all
 * @param tasks the tasks of the execution, by their task runs
 */
public record Family(
    @Nullable Parent parent,
    @Nullable String parentTask,
    Page<Execution> children,
    Map<TaskRunId, String> tasks) {

  /** Reads the parent of an execution, and at most so many of its children. */
  public static Family of(StateStore store, Execution execution, int limit) {
    Parent parent = execution.parent();
    TaskRun starter = parent == null ? null : store.taskRun(parent.taskRunId());
    return new Family(
        parent,
        starter == null ? null : starter.taskId().value(),
        store.executions(ExecutionQuery.builder().parent(execution.id()).limit(limit).build()),
        tasks(store, execution.id()));
  }

  /** The tasks of an execution, by their task runs. */
  public static Map<TaskRunId, String> tasks(StateStore store, ExecutionId id) {
    Map<TaskRunId, String> tasks = new HashMap<>();
    store.taskRuns(id).forEach(run -> tasks.put(run.id(), run.taskId().value()));
    return tasks;
  }

  /** The parent in words, as {@code EXECUTION/TASK}; null if there is none. */
  public @Nullable String parentInWords() {
    return parent == null ? null : parent.executionId() + "/" + parentTask;
  }

  /** The task of the execution that has started a child. */
  String taskOf(Execution child) {
    Parent of = child.parent();
    return of == null ? "-" : tasks.getOrDefault(of.taskRunId(), "-");
  }

  /** Adds the fields of the parent and of the children. */
  void addTo(Map<String, @Nullable Object> fields) {
    Map<String, @Nullable Object> known = fields(parent);
    if (known != null) {
      known.put("taskId", parentTask);
    }
    fields.put("parent", known);
    fields.put("children", Views.all(children.items(), this::fields));
    fields.put("childrenTotal", children.total());
  }

  /** The fields of a child within its parent. */
  private Map<String, @Nullable Object> fields(Execution child) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", child.id().toString());
    fields.put("workflowId", child.workflowId().value());
    fields.put("state", child.state().name());
    fields.put("taskId", taskOf(child));
    return fields;
  }

  /** The fields of a parent; null if there is none. */
  static @Nullable Map<String, @Nullable Object> fields(@Nullable Parent parent) {
    if (parent == null) {
      return null;
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("executionId", parent.executionId().toString());
    fields.put("taskRunId", parent.taskRunId().toString());
    fields.put("policy", parent.policy().name());
    fields.put("depth", parent.depth());
    return fields;
  }
}
