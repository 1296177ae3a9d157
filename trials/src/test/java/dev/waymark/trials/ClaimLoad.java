package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Keeps some hundred task runs ready for {@link Claimer}s, and checks the limit of a pool
 * meanwhile. Not thread-safe.
 */
final class ClaimLoad {
  /** The limit of the small pool. */
  static final int SLOTS = 3;

  private static final WorkflowId WORKFLOW = new WorkflowId("claimed");
  private static final int LIVE = 500;
  private static final int AT_ONCE = 25;
  private static final int TASKS = 4;
  private static final int PRIORITIES = 3;

  /** One task of this many is in the small pool. */
  private static final int SMALL = 30;

  private final StateStore store;
  private final SplittableRandom random;
  private final Ids ids = Ids.system();
  private int created;

  ClaimLoad(StateStore store, SplittableRandom random) {
    this.store = store;
    this.random = random;
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "as it comes"));
    store.commit(ChangeSet.builder().setPool(Picture.SMALL_POOL, SLOTS).build());
  }

  /** The number of executions that were created. */
  int created() {
    return created;
  }

  /** Creates executions until enough have not ended. */
  void fill() {
    checkPool();
    for (long missing = LIVE - live(); missing > 0; missing -= AT_ONCE) {
      create();
    }
  }

  /** Whether all have ended. */
  boolean isDone() {
    checkPool();
    return live() == 0;
  }

  private long live() {
    return store
        .executions(
            ExecutionQuery.builder()
                .states(ExecutionState.PENDING, ExecutionState.RUNNING)
                .limit(1)
                .build())
        .total();
  }

  /** Several executions in one commit, with all their tasks ready. */
  private void create() {
    ChangeSet.Builder changes = ChangeSet.builder();
    for (int i = 0; i < AT_ONCE; i++) {
      ExecutionId execution = ids.executionId();
      changes.createExecution(new NewExecution(execution, WORKFLOW));
      for (int task = 0; task < TASKS; task++) {
        boolean isSmall = random.nextInt(SMALL) == 0;
        TaskRunId run = ids.taskRunId();
        changes.createTaskRun(
            new NewTaskRun(run, execution, new TaskId("a-" + task + (isSmall ? "s" : ""))));
        changes.readyTaskRun(
            run,
            isSmall ? Picture.SMALL_POOL : ClaimRequest.DEFAULT_POOL,
            random.nextInt(PRIORITIES),
            Duration.ZERO);
      }
    }
    store.commit(changes.build());
    created += AT_ONCE;
  }

  private void checkPool() {
    for (Pool pool : store.pools()) {
      if (pool.name().equals(Picture.SMALL_POOL)) {
        assertThat(pool.running()).as("running in the small pool").isLessThanOrEqualTo(SLOTS);
      }
    }
  }

  @Override
  public String toString() {
    return live() + " of " + created + " executions have not ended: " + store.pools();
  }
}
