package dev.waymark.runner.definition;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A workflow file that passed every check. Ids are valid, every {@code needs} names a task of the
 * same stage, no task depends on itself directly or through others, and every condition refers only
 * to the needs of its task.
 *
 * @param id the workflow's id
 * @param description the purpose of the workflow, or null
 * @param labels names and values by which it can be found
 * @param inputs its inputs, by name, in the order of the file
 * @param env environment of every task
 * @param workingDirectory the directory in which the tasks run, relative to the directory of the
 *     execution; null for that directory itself
 * @param timeout how long a whole execution may take from its start, or null for no limit
 * @param cleanupTimeout how long all tasks of {@code on-failure} may take together; the same limit
 *     applies separately to the tasks of {@code finally}
 * @param maxParallel how many executions of this workflow may run at the same time, or null for no
 *     limit
 * @param priority from -100 to 100, by default 0: ready tasks of executions with a greater priority
 *     are claimed first
 * @param retention how long its ended executions are kept
 * @param tasks the tasks, at least one, by stage, and within a stage in the order of the file
 * @param source the text of the file, byte for byte
 * @since 0.1.0
 */
public record WorkflowDefinition(
    WorkflowId id,
    @Nullable String description,
    Map<String, String> labels,
    Map<String, InputDefinition> inputs,
    Map<String, String> env,
    @Nullable String workingDirectory,
    @Nullable Duration timeout,
    Duration cleanupTimeout,
    @Nullable Integer maxParallel,
    int priority,
    Retention retention,
    List<TaskDefinition> tasks,
    String source) {

  /** The default time-out of each stage after the first. */
  public static final Duration DEFAULT_CLEANUP_TIMEOUT = Duration.ofHours(1);

  /** Keeps unmodifiable copies, in their order, with the tasks sorted by stage. */
  public WorkflowDefinition {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
    tasks = tasks.stream().sorted(Comparator.comparing(TaskDefinition::stage)).toList();
  }

  /** A workflow with the default time-out for the stages after the first. */
  public WorkflowDefinition(
      WorkflowId id,
      @Nullable String description,
      Map<String, String> labels,
      Map<String, InputDefinition> inputs,
      Map<String, String> env,
      @Nullable String workingDirectory,
      @Nullable Duration timeout,
      @Nullable Integer maxParallel,
      int priority,
      List<TaskDefinition> tasks,
      String source) {
    this(
        id,
        description,
        labels,
        inputs,
        env,
        workingDirectory,
        timeout,
        DEFAULT_CLEANUP_TIMEOUT,
        maxParallel,
        priority,
        Retention.FOREVER,
        tasks,
        source);
  }

  /** A workflow whose executions are kept forever. */
  public WorkflowDefinition(
      WorkflowId id,
      @Nullable String description,
      Map<String, String> labels,
      Map<String, InputDefinition> inputs,
      Map<String, String> env,
      @Nullable String workingDirectory,
      @Nullable Duration timeout,
      Duration cleanupTimeout,
      @Nullable Integer maxParallel,
      int priority,
      List<TaskDefinition> tasks,
      String source) {
    this(
        id,
        description,
        labels,
        inputs,
        env,
        workingDirectory,
        timeout,
        cleanupTimeout,
        maxParallel,
        priority,
        Retention.FOREVER,
        tasks,
        source);
  }

  /** A workflow with no limit on its executions and the default priority. */
  public WorkflowDefinition(
      WorkflowId id,
      @Nullable String description,
      Map<String, String> labels,
      Map<String, InputDefinition> inputs,
      Map<String, String> env,
      @Nullable String workingDirectory,
      List<TaskDefinition> tasks,
      String source) {
    this(id, description, labels, inputs, env, workingDirectory, null, null, 0, tasks, source);
  }

  /** The task with this id, or null. */
  public @Nullable TaskDefinition task(TaskId taskId) {
    return tasks.stream().filter(task -> task.id().equals(taskId)).findFirst().orElse(null);
  }

  /** The tasks of a stage, in the order of the file. */
  public List<TaskDefinition> tasks(Stage stage) {
    return tasks.stream().filter(task -> task.stage() == stage).toList();
  }
}
