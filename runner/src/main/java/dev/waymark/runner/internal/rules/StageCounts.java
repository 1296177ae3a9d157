package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Stage;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of task runs of one execution by stage, and its running task runs. So no question
 * about a stage needs a scan of all task runs. Not thread-safe.
 */
final class StageCounts {
  private static final Stage[] STAGES = Stage.values();

  private final Map<Stage, Integer> unfinished = new EnumMap<>(Stage.class);
  private final Map<Stage, Integer> broken = new EnumMap<>(Stage.class);
  private final Set<TaskRunPicture> running =
      new TreeSet<>(Comparator.comparingInt(taskRun -> taskRun.index));

  void clear() {
    running.clear();
    unfinished.clear();
    broken.clear();
  }

  /** Adds 1 to the counts of this state for a task run, or subtracts 1. */
  void add(TaskRunPicture taskRun, TaskRunState state, int by) {
    Stage stage = taskRun.task.stage();
    boolean isBroken = state == TaskRunState.FAILED || state == TaskRunState.CANCELLED;
    unfinished.merge(stage, state.isTerminal() ? 0 : by, Integer::sum);
    broken.merge(stage, isBroken ? by : 0, Integer::sum);
    if (state == TaskRunState.RUNNING && by > 0) {
      running.add(taskRun);
    } else if (state == TaskRunState.RUNNING) {
      running.remove(taskRun);
    }
  }

  /** The first stage with unfinished task runs, or null when all task runs have ended. */
  @Nullable Stage openStage() {
    for (Stage stage : STAGES) {
      if (unfinished(stage) > 0) {
        return stage;
      }
    }
    return null;
  }

  /** The number of task runs that have not ended. */
  int unfinished() {
    return sum(unfinished);
  }

  int unfinished(Stage stage) {
    return unfinished.getOrDefault(stage, 0);
  }

  /** The number of task runs that have failed or were cancelled. */
  int broken() {
    return sum(broken);
  }

  int broken(Stage stage) {
    return broken.getOrDefault(stage, 0);
  }

  /** The running task runs, in the order of the file. */
  List<TaskRunPicture> running() {
    return List.copyOf(running);
  }

  private static int sum(Map<Stage, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
