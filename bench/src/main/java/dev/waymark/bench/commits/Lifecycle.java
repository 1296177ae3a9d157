package dev.waymark.bench.commits;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The lifecycle of one execution with three task runs, from PENDING to SUCCEEDED in nine steps.
 *
 * @param workflow the workflow that it runs
 * @param execution its id
 * @param taskRuns the ids of its task runs
 * @param commits the commit id of each step
 */
public record Lifecycle(
    WorkflowId workflow, ExecutionId execution, List<TaskRunId> taskRuns, List<CommitId> commits) {

  /** The number of steps of a lifecycle. */
  public static final int STEPS = 9;

  /** The tasks of every workflow. */
  static final List<TaskId> TASKS =
      List.of(new TaskId("extract"), new TaskId("transform"), new TaskId("load"));

  /** The workflows, which the lifecycles use in turn. */
  public static final List<WorkflowId> WORKFLOWS =
      IntStream.range(0, 10).mapToObj(i -> new WorkflowId("workflow-" + i)).toList();

  /** One step of the lifecycle, numbered from 1. */
  public Step step(int number) {
    return new Step(this, number, commits.get(number - 1));
  }

  /**
   * Creates lifecycles for one thread. The cost of the ids is small, and the same for every
   * implementation.
   */
  public static final class Source {
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private final Ids ids = new Ids(InstantSource.system(), random());
    private int made;

    /**
     * Splits one generator, because two generators with their own seeds could return the same
     * numbers.
     */
    private static synchronized SplittableRandom random() {
      return RANDOM.split();
    }

    /** A lifecycle that has not been used before. */
    public Lifecycle next() {
      return new Lifecycle(
          WORKFLOWS.get(made++ % WORKFLOWS.size()),
          ids.executionId(),
          TASKS.stream().map(task -> ids.taskRunId()).toList(),
          Stream.generate(ids::commitId).limit(STEPS).toList());
    }
  }
}
