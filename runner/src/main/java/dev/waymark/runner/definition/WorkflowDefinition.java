package dev.waymark.runner.definition;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A workflow file that passed every check: ids are valid, every {@code needs} names a task, and no
 * task needs itself by any way round.
 *
 * @param id the workflow's id
 * @param description what it is for, or null
 * @param labels names and values to find it by
 * @param inputs what it may be started with, by name, in the order of the file
 * @param env environment of every task
 * @param workingDirectory where the tasks run, relative to the directory of the execution; null for
 *     that directory itself
 * @param tasks the tasks, at least one, in the order of the file
 * @param source the text of the file, byte for byte
 */
public record WorkflowDefinition(
    WorkflowId id,
    @Nullable String description,
    Map<String, String> labels,
    Map<String, InputDefinition> inputs,
    Map<String, String> env,
    @Nullable String workingDirectory,
    List<TaskDefinition> tasks,
    String source) {

  /** Keeps unmodifiable copies, in their order. */
  public WorkflowDefinition {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    tasks = List.copyOf(tasks);
  }

  /** The task of this id, or null. */
  public @Nullable TaskDefinition task(TaskId taskId) {
    return tasks.stream().filter(task -> task.id().equals(taskId)).findFirst().orElse(null);
  }
}
