package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one execution, each with the picture of its newest iteration. A newer iteration
 * takes the place of the one before it: the tasks that need this one then wait for the newer one.
 * Not thread-safe.
 */
final class TaskRunSet {
  private final List<TaskRunPicture> all = new ArrayList<>();
  private final Map<Stage, List<TaskRunPicture>> byStage = new EnumMap<>(Stage.class);
  private final Map<TaskRunId, TaskRunPicture> byRun = new HashMap<>();
  private final Map<TaskId, TaskRunPicture> byTask = new HashMap<>();

  /** Adds a task, after those before it in the file. */
  void add(TaskDefinition task, TaskRun newest) {
    TaskRunPicture taskRun = new TaskRunPicture(all.size(), task, newest.id(), newest.taskId());
    all.add(taskRun);
    byTask.put(task.id(), taskRun);
    byRun.put(taskRun.id, taskRun);
    byStage.computeIfAbsent(task.stage(), stage -> new ArrayList<>()).add(taskRun);
  }

  /** Connects each task with those that it needs, when all are added. */
  void connect() {
    all.forEach(taskRun -> taskRun.connect(byTask));
  }

  /** The tasks, in the order of the file. */
  List<TaskRunPicture> all() {
    return all;
  }

  /** The tasks of a stage, in the order of the file. */
  List<TaskRunPicture> of(Stage stage) {
    return byStage.getOrDefault(stage, List.of());
  }

  /** The task whose newest iteration is this task run, or null. */
  @Nullable TaskRunPicture get(TaskRunId id) {
    return byRun.get(id);
  }

  /** Puts another iteration of a task in the place of this one. */
  TaskRunPicture replace(TaskRunPicture old, TaskRunPicture other) {
    all.set(old.index, other);
    of(old.task.stage()).replaceAll(each -> each == old ? other : each);
    byTask.put(old.task.id(), other);
    byRun.remove(old.id);
    byRun.put(other.id, other);
    return other;
  }

  /**
   * The picture of a task run that the store has. If it is the newest iteration of its task, it
   * takes the place of the known one. Null for an earlier iteration that is not the known one, and
   * for a task run that another program has added, which is responsible for it.
   */
  @Nullable TaskRunPicture found(Item item, Map<TaskId, Item> newest) {
    TaskRun run = item.taskRun();
    TaskRunPicture known = byTask.get(run.taskId().task());
    if (known == null || known.id.equals(run.id())) {
      return known;
    }
    Item last = newest.get(known.task.id());
    if (last != null && last.taskRun().id().equals(run.id())) {
      return replace(known, known.replacement(run.id(), run.taskId()));
    }
    if (!item.attempts().isEmpty()) {
      known.noteStart(item.attempts().get(0).startedAt());
    }
    return null;
  }
}
