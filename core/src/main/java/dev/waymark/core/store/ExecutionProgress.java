package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRun;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of an execution, read from one snapshot: the data from which a runner decides the
 * next step. It does not contain the history.
 *
 * @param execution the execution
 * @param taskRuns its task runs, ordered by time of creation, then by id
 * @since 0.1.0
 */
public record ExecutionProgress(Execution execution, List<Item> taskRuns) {

  /** Keeps an unmodifiable copy. */
  public ExecutionProgress {
    taskRuns = List.copyOf(taskRuns);
  }

  /**
   * Returns the {@link Standing} of the execution in this snapshot. Each call iterates over all
   * task runs and attempts.
   */
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
   * The progress of one task run.
   *
   * @param taskRun the task run
   * @param attempts its attempts, ordered by number
   * @param result what it has produced for the tasks that depend on it; null until it is set
   * @param ready whether it is ready: it waits to be claimed, now or after a delay
   */
  public record Item(
      TaskRun taskRun, List<Attempt> attempts, @Nullable Payload result, boolean ready) {

    /** Keeps an unmodifiable copy. */
    public Item {
      attempts = List.copyOf(attempts);
    }

    /** A task run whose result is a map of names and values; an empty map is no result. */
    public Item(
        TaskRun taskRun, List<Attempt> attempts, Map<String, String> outputs, boolean ready) {
      this(taskRun, attempts, outputs.isEmpty() ? null : Payload.ofTexts(outputs), ready);
    }

    /** The result as names and values, ordered by name, as {@link Payload#texts()} makes them. */
    public Map<String, String> outputs() {
      return result == null ? Map.of() : result.texts();
    }
  }
}
