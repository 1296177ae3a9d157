package dev.waymark.runner.internal.base;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ExecutionProgress.Item;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The iterations of tasks: the task runs of one task in one execution. A task is in the state of
 * its newest iteration. Each earlier iteration has succeeded, because only the end of a successful
 * attempt creates the next one.
 */
public final class Iterations {
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private Iterations() {}

  /** The newest iteration of each task, by the task without the number. */
  public static Map<TaskId, Item> newest(Collection<Item> taskRuns) {
    Map<TaskId, Item> newest = new LinkedHashMap<>();
    for (Item each : taskRuns) {
      newest.merge(each.taskRun().taskId().task(), each, Iterations::newer);
    }
    return newest;
  }

  private static Item newer(Item one, Item other) {
    return number(one) > number(other) ? one : other;
  }

  private static int number(Item item) {
    return item.taskRun().taskId().iteration();
  }

  /**
   * The id of the task run of the next iteration. It follows from the id of this one, so that a
   * worker can ask the store whether there is a next iteration without reading all task runs of the
   * execution. It keeps the first half, which contains the time, and mixes the second half, which
   * is random.
   */
  public static TaskRunId nextId(TaskRunId id) {
    UUID uuid = id.value();
    long mixed = mix(uuid.getLeastSignificantBits());
    return new TaskRunId(new UUID(uuid.getMostSignificantBits(), (mixed & ~(3L << 62)) | VARIANT));
  }

  /** The finalizer of SplittableRandom (variant 13 of Stafford). */
  private static long mix(long value) {
    long mixed = value + 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
