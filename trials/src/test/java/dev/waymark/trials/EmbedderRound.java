package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * One round of the trial: some tens of executions that several {@link Embedder}s bring to their
 * ends while another thread pauses, resumes and cancels them. The seed determines which embedder
 * uses which store and all random choices; it does not determine how the threads run.
 *
 * <p>During the round it checks, each time in one snapshot, for executions that nothing moves, for
 * more executions of a limited workflow in progress than allowed, and for more running task runs of
 * a pool than it has slots. It ends when every execution has ended, and fails when nothing changes
 * for a long time.
 */
final class EmbedderRound {
  /**
   * Due marks and leases last less than a second: if nothing happens for this time, nothing will.
   */
  private static final Duration STANDSTILL = Duration.ofSeconds(60);

  private static final int EXECUTIONS = 40;
  private static final int LIVE = 14;
  private static final int SLOTS = 2;
  private static final int PAGE = 500;

  private final List<StateStore> stores;
  private final SplittableRandom random;
  private final Ids ids = Ids.system();

  /** The start of all executions of this round; those of earlier rounds have ended. */
  private final ExecutionId before = ids.executionId();

  private final List<ExecutionId> started = new CopyOnWriteArrayList<>();
  private volatile boolean isOver;
  private volatile boolean isDraining;

  EmbedderRound(List<StateStore> stores, long seed) {
    this.stores = stores;
    this.random = new SplittableRandom(seed);
  }

  /** Runs to the end of the last execution; returns the number of executions. */
  int run() throws InterruptedException {
    StateStore watched = stores.get(0);
    watched.saveWorkflow(new NewWorkflow(Embedder.FREE, "as it comes"));
    watched.saveWorkflow(new NewWorkflow(Embedder.BOUNDED, "two at a time"));
    watched.commit(ChangeSet.builder().setPool(Picture.SMALL_POOL, SLOTS).build());
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> running = new ArrayList<>();
    // If all use one store, its cache stays valid; with several, each makes the others outdated.
    int used = 1 + random.nextInt(stores.size());
    int workers = 2 + random.nextInt(4);
    for (int i = 0; i < workers; i++) {
      Embedder embedder = embedder("embedder-" + i, i % used);
      running.add(threads.submit(() -> work(embedder)));
    }
    Embedder controller = embedder("controller", random.nextInt(stores.size()));
    SplittableRandom own = random.split();
    running.add(threads.submit(() -> control(controller, own)));
    try {
      watch(watched, running);
    } finally {
      isOver = true;
      threads.shutdown();
    }
    finish(running);
    for (ExecutionId id : started) {
      assertThat(
              Invariants.violations(watched, Objects.requireNonNull(watched.executionDetails(id))))
          .isEmpty();
    }
    return started.size();
  }

  private Embedder embedder(String name, int index) {
    return new Embedder(name, stores.get(index), random.split());
  }

  private void work(Embedder embedder) {
    while (!isOver) {
      if (!embedder.work()) {
        LockSupport.parkNanos(5_000_000);
      }
    }
    embedder.finish();
  }

  private void control(Embedder controller, SplittableRandom dice) {
    while (!isOver) {
      List<ExecutionId> known = List.copyOf(started);
      if (!known.isEmpty()) {
        controller.control(
            known.get(dice.nextInt(known.size())), isDraining && dice.nextInt(4) > 0);
      }
      LockSupport.parkNanos(1_000_000L * dice.nextInt(8));
    }
  }

  private static void finish(List<Future<?>> running) throws InterruptedException {
    for (Future<?> thread : running) {
      try {
        thread.get();
      } catch (ExecutionException e) {
        throw new AssertionError("a thread of the embedder failed", e.getCause());
      }
    }
  }

  // ---- executions

  private void start(StateStore store) {
    WorkflowId workflow = random.nextInt(4) == 0 ? Embedder.BOUNDED : Embedder.FREE;
    ExecutionId id = ids.executionId();
    ChangeSet.Builder changes = ChangeSet.builder();
    changes.createExecution(new NewExecution(id, workflow));
    int stages = 1 + random.nextInt(2);
    boolean isReady = workflow.equals(Embedder.FREE) && random.nextBoolean();
    for (int stage = 0; stage < stages; stage++) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        boolean isSmall = random.nextInt(5) == 0;
        TaskRunId run = ids.taskRunId();
        String name = (char) ('a' + stage) + "-" + i + (isSmall ? "s" : "");
        changes.createTaskRun(new NewTaskRun(run, id, new TaskId(name)));
        if (stage == 0 && isReady) {
          String pool = isSmall ? Picture.SMALL_POOL : ClaimRequest.DEFAULT_POOL;
          changes.readyTaskRun(run, pool, 0, Duration.ZERO);
        }
      }
    }
    if (!isReady) {
      changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
    }
    store.commit(changes.build());
    started.add(id);
  }

  // ---- watching

  private void watch(StateStore store, List<Future<?>> running) throws InterruptedException {
    String seen = "";
    long changedAt = System.nanoTime();
    while (true) {
      checkNow(store);
      if (running.stream().anyMatch(Future::isDone)) {
        finish(running.stream().filter(Future::isDone).toList());
      }
      List<Execution> live = live(store);
      while (started.size() < EXECUTIONS && live.size() < LIVE) {
        start(stores.get(random.nextInt(stores.size())));
        live = live(store);
      }
      isDraining = started.size() == EXECUTIONS;
      if (isDraining && live.isEmpty()) {
        return;
      }
      String now = show(store, live);
      if (!now.equals(seen)) {
        seen = now;
        changedAt = System.nanoTime();
      } else if (System.nanoTime() - changedAt > STANDSTILL.toNanos()) {
        throw new AssertionError("for " + STANDSTILL + " nothing has changed in\n" + now);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static List<Execution> live(StateStore store) {
    return store
        .executions(
            ExecutionQuery.builder()
                .states(
                    ExecutionState.PENDING,
                    ExecutionState.RUNNING,
                    ExecutionState.PAUSED,
                    ExecutionState.CANCELLING)
                .limit(PAGE)
                .build())
        .items();
  }

  /** Each query is answered from one snapshot, so each answer must be correct at any moment. */
  private void checkNow(StateStore store) {
    List<ExecutionId> stalled = store.stalled(before, PAGE);
    if (!stalled.isEmpty()) {
      throw new AssertionError(
          "nothing moves these any more:\n"
              + show(
                  store,
                  stalled.stream().map(store::execution).map(Objects::requireNonNull).toList()));
    }
    ExecutionQuery underWay =
        ExecutionQuery.builder()
            .workflow(Embedder.BOUNDED)
            .states(ExecutionState.RUNNING, ExecutionState.PAUSED, ExecutionState.CANCELLING)
            .limit(1)
            .build();
    assertThat(store.executions(underWay).total())
        .as("executions in progress of the limited workflow")
        .isLessThanOrEqualTo(Embedder.BOUND);
    for (Pool pool : store.pools()) {
      if (pool.name().equals(Picture.SMALL_POOL)) {
        assertThat(pool.running()).as("running in the small pool").isLessThanOrEqualTo(SLOTS);
      }
    }
  }

  private static String show(StateStore store, List<Execution> executions) {
    StringBuilder text = new StringBuilder();
    for (Execution execution : executions) {
      ExecutionProgress progress = Objects.requireNonNull(store.executionProgress(execution.id()));
      text.append(Picture.of(progress)).append('\n');
    }
    return text.toString();
  }
}
