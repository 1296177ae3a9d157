package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far an execution has come, read from one snapshot: what a runner needs to decide what comes
 * next. The history is not among it.
 *
 * @param execution the execution
 * @param taskRuns its task runs, in order of creation
 */
public record ExecutionProgress(Execution execution, List<Item> taskRuns) {

  /** Keeps an unmodifiable copy. */
  public ExecutionProgress {
    taskRuns = List.copyOf(taskRuns);
  }

  /** How the execution stands in this picture; counts once over all task runs and attempts. */
  public Standing standing() {
    int unfinished = 0;
    int ended = 0;
    for (Item item : taskRuns) {
      if (item.taskRun().state().isTerminal()) {
        ended++;
      } else {
        unfinished++;
      }
      ended +=
          (int) item.attempts().stream().filter(attempt -> attempt.state().isTerminal()).count();
    }
    return new Standing(execution.version(), execution.state(), unfinished, ended);
  }

  /**
   * One task run.
   *
   * @param taskRun the task run
   * @param attempts its attempts, by number
   * @param outputs what it gives to those that depend on it; empty while there is nothing
   * @param ready whether it waits to be claimed, now or after a delay
   */
  public record Item(
      TaskRun taskRun, List<Attempt> attempts, Map<String, String> outputs, boolean ready) {

    /** Keeps unmodifiable copies. */
    public Item {
      attempts = List.copyOf(attempts);
      outputs = Collections.unmodifiableMap(new TreeMap<>(outputs));
    }
  }
}
