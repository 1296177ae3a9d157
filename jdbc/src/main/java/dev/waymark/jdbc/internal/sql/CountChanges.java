package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction changes the rows of {@code execution_counts}: the numbers of executions by
 * workflow, state and day of creation. The moves of a whole group are added up, so that a move that
 * another one reverses costs nothing. Not thread-safe.
 */
public final class CountChanges {
  /** No change. */
  public static final CountChanges NONE = new CountChanges();

  private static final String ALL_WORKFLOWS = "";
  private static final long SECONDS_OF_DAY = TimeUnit.DAYS.toSeconds(1);

  private final Map<Key, Long> changes = new TreeMap<>();

  private record Key(String workflow, String state, int day) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = workflow.compareTo(other.workflow);
      if (order == 0) {
        order = state.compareTo(other.state);
      }
      return order == 0 ? Integer.compare(day, other.day) : order;
    }
  }

  /**
   * A change of one row.
   *
   * @param workflow the id of the workflow; empty for the row of all workflows
   * @param day the day of creation in UTC, counted from 1970-01-01
   * @param executions what is added to the number; never 0
   */
  public record Change(String workflow, String state, int day, long executions) {}

  /**
   * Adds that an execution was created, or moved.
   *
   * @param from the state before; null when it was created
   */
  public void add(
      WorkflowId workflow, @Nullable ExecutionState from, ExecutionState to, Instant createdAt) {
    int day = (int) Math.floorDiv(createdAt.getEpochSecond(), SECONDS_OF_DAY);
    if (from != null) {
      add(workflow, from, day, -1);
    }
    add(workflow, to, day, 1);
  }

  private void add(WorkflowId workflow, ExecutionState state, int day, long executions) {
    changes.merge(new Key(workflow.value(), state.name(), day), executions, Long::sum);
    changes.merge(new Key(ALL_WORKFLOWS, state.name(), day), executions, Long::sum);
  }

  /** The rows that change, in a fixed order. */
  public List<Change> list() {
    List<Change> list = new ArrayList<>();
    changes.forEach(
        (key, executions) -> {
          if (executions != 0) {
            list.add(new Change(key.workflow, key.state, key.day, executions));
          }
        });
    return list;
  }
}
