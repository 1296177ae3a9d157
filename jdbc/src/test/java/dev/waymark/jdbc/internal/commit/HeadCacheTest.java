package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The cache of heads")
class HeadCacheTest {
  private static final Ids IDS = Ids.system();
  private static final WorkflowId FLOW = new WorkflowId("flow");

  private final HeadCache cache = new HeadCache();
  private final ExecutionId first = IDS.executionId();
  private final ExecutionId second = IDS.executionId();

  /** What a group leaves that has created these executions. */
  private static Ledger ledger(ExecutionId... executions) {
    Ledger ledger = new Ledger();
    for (ExecutionId id : executions) {
      ledger.load(
          new ExecutionHead(
              id, FLOW, ExecutionState.PENDING, 1, Instant.EPOCH, null, null, "hash", null, null));
    }
    return ledger;
  }

  private static ChangeSet set(Change... changes) {
    return new ChangeSet(IDS.commitId(), List.of(changes));
  }

  private static Change move(ExecutionId id) {
    return new Change.UpdateExecution(id, ExecutionState.RUNNING, null, null);
  }

  private static Change move(TaskRunId id) {
    return new Change.UpdateTaskRun(id, TaskRunState.RUNNING, null, null);
  }

  /** Looks up both executions. */
  private @Nullable Ledger lookup(@Nullable Object stamp) {
    Footprint footprint = new Footprint();
    footprint.add(set(move(first), move(second)));
    return cache.lookup(footprint, stamp);
  }

  /** Which of the two executions the cache has. */
  private List<ExecutionId> cached(@Nullable Object stamp) {
    Ledger found = Objects.requireNonNull(lookup(stamp));
    List<ExecutionId> cached = new ArrayList<>(List.of(first, second));
    cached.removeIf(id -> found.execution(id) == null);
    return cached;
  }

  @Nested
  @DisplayName("with a stamp")
  class WithStamp {
    @Test
    @DisplayName("is used only while the stamp stays the same")
    void sameStamp() {
      assertThat(lookup("1")).isNull();
      cache.put(ledger(first), "1");
      assertThat(cached("1")).containsExactly(first);
      assertThat(lookup("2")).isNull();
      cache.put(ledger(second), "1");
      assertThat(cached("1")).containsExactly(first, second);
    }

    @Test
    @DisplayName("drops what it had when a group commits at another stamp")
    void otherStamp() {
      cache.put(ledger(first), "1");
      cache.put(ledger(second), "2");
      assertThat(lookup("1")).isNull();
      assertThat(cached("2")).containsExactly(second);
    }

    @Test
    @DisplayName("is not used after a transaction was aborted, even if the stamp is the same")
    void invalidated() {
      cache.put(ledger(first), "1");
      cache.invalidate();
      assertThat(lookup("1")).isNull();
      cache.put(ledger(second), "1");
      assertThat(cached("1")).containsExactly(second);
    }

    @Test
    @DisplayName("is not bypassed after a miss")
    void missesDoNotCount() {
      cache.put(ledger(first), "1");
      cache.recordMiss();
      assertThat(cached("1")).containsExactly(first);
    }

    @Test
    @DisplayName("does not fail a commit whose heads it cannot add, and has nothing afterwards")
    void failedPut() {
      cache.put(ledger(first), "1");
      Object broken =
          new Object() {
            @Override
            public boolean equals(@Nullable Object other) {
              throw new IllegalStateException("a stamp that cannot be compared");
            }

            @Override
            public int hashCode() {
              return 1;
            }
          };
      cache.putIfPossible(ledger(second), broken);
      assertThat(lookup("1")).isNull();
      assertThat(cached(null)).isEmpty();
      cache.putIfPossible(ledger(second), "1");
      assertThat(cached("1")).containsExactly(second);
    }
  }

  @Nested
  @DisplayName("without a stamp")
  class WithoutStamp {
    @Test
    @DisplayName("returns a copy of what a group touches, which later groups do not change")
    void copy() {
      ExecutionId untouched = IDS.executionId();
      cache.put(ledger(first, untouched), null);
      Ledger before = Objects.requireNonNull(lookup(null));
      cache.put(ledger(second), null);
      assertThat(before.execution(first)).isNotNull();
      assertThat(before.execution(untouched)).isNull();
      assertThat(before.execution(second)).isNull();
      assertThat(cached(null)).containsExactly(first, second);
    }

    @Test
    @DisplayName("has nothing after a transaction was aborted")
    void invalidated() {
      cache.put(ledger(first), null);
      cache.invalidate();
      assertThat(cached(null)).isEmpty();
    }

    @Test
    @DisplayName(
        "is bypassed after each miss, twice as long after consecutive ones, up to 64 groups")
    void pauses() {
      List<Integer> pauses = new ArrayList<>();
      for (int miss = 0; miss < 8; miss++) {
        cache.recordMiss();
        pauses.add(bypassed());
      }
      assertThat(pauses).containsExactly(1, 3, 7, 15, 31, 63, 64, 64);
    }

    @Test
    @DisplayName("is bypassed for one group again when a miss follows a hit")
    void hit() {
      cache.recordMiss();
      cache.recordMiss();
      assertThat(bypassed()).isEqualTo(3);
      cache.recordHit();
      cache.recordMiss();
      assertThat(bypassed()).isEqualTo(1);
    }

    /** How many groups the cache is not used for. */
    private int bypassed() {
      int groups = 0;
      while (lookup(null) == null) {
        groups++;
      }
      return groups;
    }
  }

  @Nested
  @DisplayName("knows the executions of a change set")
  class Executions {
    private final TaskRunId taskRun = IDS.taskRunId();

    private void cacheTaskRun() {
      Ledger ledger = ledger(first);
      ledger.load(
          new TaskRunHead(
              taskRun,
              first,
              new TaskId("task"),
              TaskRunState.PENDING,
              1,
              0,
              null,
              LeaseState.NONE,
              null,
              null));
      cache.put(ledger, null);
    }

    /** The ids that a change set touches, without its own. */
    private Set<Object> touched(Change... changes) {
      ChangeSet set = set(changes);
      Set<Object> touched = new HashSet<>(Objects.requireNonNull(cache.touched(set)));
      assertThat(touched.remove(set.id())).isTrue();
      return touched;
    }

    @Test
    @DisplayName("that names executions and task runs that are cached")
    void known() {
      cacheTaskRun();
      assertThat(touched(move(taskRun))).containsExactly(first);
      assertThat(touched(move(second), move(taskRun))).containsExactlyInAnyOrder(first, second);
    }

    @Test
    @DisplayName("that creates the task run which it moves")
    void created() {
      Change create = new Change.CreateTaskRun(new NewTaskRun(taskRun, second, new TaskId("t")));
      assertThat(touched(create, move(taskRun))).containsExactlyInAnyOrder(second, taskRun);
      Change begin = new Change.CreateExecution(new NewExecution(first, FLOW));
      assertThat(touched(begin)).containsExactly(first);
    }

    @Test
    @DisplayName("but not of one that names a task run which is not cached")
    void unknown() {
      assertThat(cache.touched(set(move(first), move(taskRun)))).isNull();
      cacheTaskRun();
      assertThat(cache.touched(set(move(taskRun), move(IDS.taskRunId())))).isNull();
    }

    @Test
    @DisplayName("but not of one that changes a workflow, a worker or a pool")
    void shared() {
      UUID life = new UUID(1, 1);
      Change worker = new Change.KeepWorker("w", life, Duration.ofSeconds(1), Map.of());
      for (Change change :
          List.of(
              new Change.SaveWorkflow(new NewWorkflow(FLOW, "x")),
              worker,
              new Change.SetPool("gpu", 1))) {
        assertThat(cache.touched(set(move(first), change))).as("%s", change).isNull();
      }
    }
  }
}
