package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Pool;
import dev.waymark.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several workers on one file, each with its own store, as in separate processes. */
@DisplayName("A limit that several runners share")
class SharedBoundsTest extends RunnerFixture {
  private static final int RUNNERS = 3;
  private static final int EXECUTIONS = 9;
  private static final int MOST = 2;
  private static final long LOOK_NANOS = 2_000_000;

  /** Registers itself as running and records how many others are; waits while all are held. */
  private static final String BEGIN =
      "mkdir under-way-%1$s; ls -d under-way-* | wc -l >> seen;"
          + " while test -f held; do sleep 0.01; done";

  private static final String END = "rmdir under-way-%1$s";

  @BeforeEach
  void shareFile() {
    store = openSqlite();
    touch("held");
  }

  @Test
  @DisplayName("on executions of a workflow is reached and never exceeded, and all executions end")
  void onExecutionsOfAWorkflowIsReachedAndNeverPassedAndAllComeToTheirEnd() {
    Flows.Flow flow =
        flow("flow")
            .maxParallel(MOST)
            .input("code", "0")
            .task("a", BEGIN.formatted("$WAYMARK_EXECUTION_ID"))
            .task("b", END.formatted("$WAYMARK_EXECUTION_ID") + "; exit $INPUT_CODE", "a");
    List<ExecutionId> all = new ArrayList<>();
    for (int i = 0; i < EXECUTIONS; i++) {
      // A failed execution frees its slot as well.
      all.add(start(flow, Map.of("code", Integer.toString(i % 2))));
    }
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Long> most = mostUntil(over, () -> running(FLOW));
    List<CompletableFuture<Void>> workers = workers();
    Await.until("the maximum number", () -> isSeen(MOST));
    ExecutionId free = start(flow("free").task("a", "true"));
    Await.until("another workflow", () -> state(free) == ExecutionState.SUCCEEDED);
    assertThat(all.stream().filter(id -> state(id) == ExecutionState.PENDING))
        .hasSize(EXECUTIONS - MOST);

    release();
    Await.until("the end of all", () -> all.stream().allMatch(id -> state(id).isTerminal()));
    over.set(true);
    assertThat(most.join()).isEqualTo(MOST);
    assertNeverPassed(EXECUTIONS);
    assertThat(all.stream().filter(id -> state(id) == ExecutionState.SUCCEEDED)).hasSize(5);
    assertThat(workers).noneMatch(CompletableFuture::isDone);
  }

  @Test
  @DisplayName(
      "makes the oldest waiting execution check again by itself, also after another has begun")
  void letsTheOldestThatWaitsLookAgainByItself() throws IOException {
    Flows.Flow flow =
        flow("flow")
            .maxParallel(1)
            .input("n", "0")
            .task("a", "while test -f hold-$INPUT_N; do sleep 0.01; done");
    Map<ExecutionId, String> holds = new LinkedHashMap<>();
    for (String n : List.of("1", "2", "3")) {
      touch("hold-" + n);
      holds.put(start(flow, Map.of("n", n)), "hold-" + n);
    }
    List<CompletableFuture<Void>> workers = workers();
    ExecutionId first = awaitRunning(holds.keySet());
    Files.delete(folder.resolve(Objects.requireNonNull(holds.remove(first))));
    ExecutionId second = awaitRunning(holds.keySet());
    // The worker that ends the second execution may die before it notifies the third one.
    ClaimRequest look = ClaimRequest.of("looks", 0, Duration.ofHours(1));
    Await.until(
        "the next execution",
        () -> {
          Claims claims = store.claim(look);
          return claims.due().isEmpty()
              && claims.next() != null
              && claims.next().compareTo(Duration.ofSeconds(15)) <= 0;
        });
    Files.delete(folder.resolve(Objects.requireNonNull(holds.remove(second))));
    ExecutionId third = awaitRunning(holds.keySet());
    Files.delete(folder.resolve(Objects.requireNonNull(holds.remove(third))));
    Await.until("the end of the last", () -> state(third).isTerminal());
    assertThat(workers).noneMatch(CompletableFuture::isDone);
  }

  @Test
  @DisplayName("on executions of a workflow lets the next one begin when one is cancelled")
  void onExecutionsOfAWorkflowLetsTheNextBeginWhereOneIsCancelled() {
    Flows.Flow flow = flow("flow").maxParallel(1).task("a", "while :; do sleep 0.02; done");
    List<ExecutionId> left = new ArrayList<>(List.of(start(flow), start(flow), start(flow)));
    var unused = workers();
    while (!left.isEmpty()) {
      Await.until("the start of one", () -> running(FLOW) == 1);
      ExecutionId begun =
          left.stream().filter(id -> state(id) == ExecutionState.RUNNING).findFirst().orElseThrow();
      Runner.cancel(store, begun);
      Await.until("the end of " + begun, () -> state(begun) == ExecutionState.CANCELLED);
      left.remove(begun);
    }
  }

  @Test
  @DisplayName(
      "on executions of a workflow notifies the next one when one that nobody runs is cancelled")
  void onExecutionsOfAWorkflowCallsTheNextWhereOneIsCancelledThatNobodyRuns() {
    Flows.Flow flow =
        flow("flow")
            .maxParallel(1)
            .task("a", "touch up; while test -f held; do sleep 0.01; done")
            .task("b", "true", "a");
    ExecutionId first = start(flow);
    Runner runner = runner();
    var work = workInBackground(runner);
    awaitFile("up");
    ExecutionId second = start(flow);
    ExecutionId third = start(flow);
    Await.until("the answers to both", () -> due().isEmpty());
    Runner.pause(store, first);
    release();
    Await.until("the end of a", () -> states(first).get("a") == TaskRunState.SUCCEEDED);
    runner.drain();
    work.join();

    assertThat(runner().cancel(first)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(due()).contains(second).doesNotContain(third);
    assertThat(Runner.cancel(store, second)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(due()).contains(third);
    runner().work(true);
    assertThat(state(third)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  private List<ExecutionId> due() {
    return store.claim(ClaimRequest.of("nobody", 0, Duration.ofMinutes(1))).due().stream()
        .map(Claims.Due::executionId)
        .toList();
  }

  @Test
  @DisplayName("on the tasks of a pool is reached and never exceeded, and all executions end")
  void onTheTasksOfAPoolIsReachedAndNeverPassedAndAllComeToTheirEnd() {
    store.commit(ChangeSet.builder().setPool("gpu", MOST).build());
    Flows.Flow flow = flow("flow").task("free", "touch free");
    String task = BEGIN + "; " + END;
    for (int i = 0; i < EXECUTIONS; i++) {
      flow.task("t" + i, task.formatted("$WAYMARK_TASK_RUN_ID")).pool("gpu");
    }
    List<ExecutionId> both = List.of(start(flow), start(flow));
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Long> most = mostUntil(over, () -> gpu().running());
    List<CompletableFuture<Void>> workers = workers("default", "gpu");
    Await.until("the maximum number", () -> isSeen(MOST));
    awaitFile("free");
    assertThat(gpu()).isEqualTo(new Pool("gpu", MOST, MOST, 2 * EXECUTIONS - MOST));

    release();
    for (ExecutionId id : both) {
      Await.until("the end of " + id, () -> state(id) == ExecutionState.SUCCEEDED);
    }
    over.set(true);
    assertThat(most.join()).isEqualTo(MOST);
    assertNeverPassed(2 * EXECUTIONS);
    assertThat(workers).noneMatch(CompletableFuture::isDone);
  }

  // ---- the workers, and what the tests observe

  private ExecutionId awaitRunning(Collection<ExecutionId> some) {
    Await.until(
        "the start of an execution",
        () -> some.stream().anyMatch(id -> state(id) == ExecutionState.RUNNING));
    return some.stream()
        .filter(id -> state(id) == ExecutionState.RUNNING)
        .findFirst()
        .orElseThrow();
  }

  private void release() {
    try {
      Files.delete(folder.resolve("held"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<CompletableFuture<Void>> workers(String... pools) {
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int i = 0; i < RUNNERS; i++) {
      Runner.Builder builder = builder(openSqlite()).concurrency(4);
      List.of(pools).forEach(builder::pool);
      workers.add(workInBackground(runner(builder)));
    }
    return workers;
  }

  /** The maximum that was observed until the end of the test; each read is one snapshot. */
  private static CompletableFuture<Long> mostUntil(AtomicBoolean over, LongSupplier number) {
    return CompletableFuture.supplyAsync(
        () -> {
          long most = 0;
          while (!over.get()) {
            most = Math.max(most, number.getAsLong());
            LockSupport.parkNanos(LOOK_NANOS);
          }
          return most;
        });
  }

  private long running(WorkflowId workflow) {
    return store
        .executions(
            ExecutionQuery.builder()
                .workflow(workflow)
                .states(ExecutionState.RUNNING)
                .limit(1)
                .build())
        .total();
  }

  private Pool gpu() {
    return store.pools().stream()
        .filter(pool -> pool.name().equals("gpu"))
        .findFirst()
        .orElseThrow();
  }

  private boolean isSeen(int underWay) {
    return Files.exists(folder.resolve("seen"))
        && seen().stream().anyMatch(each -> each >= underWay);
  }

  private List<Integer> seen() {
    return lines("seen").stream().map(line -> Integer.valueOf(line.strip())).toList();
  }

  private void assertNeverPassed(int begun) {
    assertThat(seen()).hasSize(begun).allSatisfy(each -> assertThat(each).isBetween(1, MOST));
  }
}
