package dev.waymark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Pool;
import dev.waymark.sqlite.SqliteStateStore;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The meters of a store")
class WaymarkMetricsTest {
  private static final WorkflowId WORKFLOW = new WorkflowId("flow");
  private static final Duration LEASE = Duration.ofHours(1);

  @TempDir Path folder = Path.of("");
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final WaymarkMetrics metrics = WaymarkMetrics.of(registry);
  private SqliteStateStore store;

  @BeforeEach
  void open() {
    store = SqliteStateStore.builder(folder.resolve("waymark.db")).observer(metrics).build();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Makes this many task runs ready, with one commit. */
  private void makeReady(String pool, int taskRuns) {
    ExecutionId execution = Ids.system().executionId();
    ChangeSet.Builder changes =
        ChangeSet.builder()
            .saveWorkflow(new NewWorkflow(WORKFLOW, "a definition"))
            .createExecution(new NewExecution(execution, WORKFLOW))
            .updateExecution(execution, ExecutionState.RUNNING);
    for (int i = 0; i < taskRuns; i++) {
      TaskRunId taskRun = Ids.system().taskRunId();
      changes.createTaskRun(new NewTaskRun(taskRun, execution, new TaskId("task-" + i)));
      changes.readyTaskRun(taskRun, pool, 0, Duration.ZERO);
    }
    store.commit(changes.build());
  }

  private double ofPool(String name, String pool) {
    return registry.get(name).tag("pool", pool).gauge().value();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  @DisplayName("a commit counts as a group with its change sets and its time")
  void commits() {
    makeReady("a", 1);
    makeReady("a", 1);
    assertThat(registry.get("waymark.commit.group.size").summary().totalAmount()).isEqualTo(2);
    assertThat(registry.get("waymark.commit.duration").timer().count()).isEqualTo(2);
    assertThat(registry.get("waymark.commit.duration").timer().max(TimeUnit.NANOSECONDS))
        .isPositive();
    assertThat(registry.get("waymark.commit.refused").counter().count()).isZero();
  }

  @Test
  @DisplayName("a refused change set is counted")
  void refusals() {
    ExecutionId nowhere = Ids.system().executionId();
    assertThatThrownBy(() -> store.updateExecution(nowhere, ExecutionState.RUNNING, 1))
        .isInstanceOf(NotFoundException.class);
    assertThat(registry.get("waymark.commit.refused").counter().count()).isEqualTo(1);
  }

  @Test
  @DisplayName("a claim is counted with its task runs and its time")
  void claims() {
    makeReady("a", 3);
    store.claim(new ClaimRequest("worker", 2, LEASE, Set.of("a")));
    store.claim(new ClaimRequest("worker", 2, LEASE, Set.of("a")));
    assertThat(registry.get("waymark.claim.task.runs").summary().count()).isEqualTo(2);
    assertThat(registry.get("waymark.claim.task.runs").summary().totalAmount()).isEqualTo(3);
    assertThat(registry.get("waymark.claim.duration").timer().totalTime(TimeUnit.NANOSECONDS))
        .isPositive();
  }

  @Test
  @DisplayName("a lost lease is counted")
  void lostLeases() {
    metrics.leaseLost(new AttemptId(Ids.system().taskRunId(), 1));
    assertThat(registry.get("waymark.leases.lost").counter().count()).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "gauges show waiting and running task runs of each pool and live workers, at most a second old")
  void gauges() {
    makeReady("a", 3);
    metrics.bind(store);
    assertThat(ofPool("waymark.ready.task.runs", "a")).isEqualTo(3);
    assertThat(ofPool("waymark.running.task.runs", "a")).isZero();
    assertThat(gauge("waymark.workers.alive")).isZero();

    store.claim(new ClaimRequest("worker", 2, LEASE, Set.of("a")));
    store.commit(ChangeSet.builder().keepWorker("worker", new UUID(1, 1), LEASE, Map.of()).build());
    clock.add(Duration.ofMillis(999));
    assertThat(ofPool("waymark.ready.task.runs", "a")).isEqualTo(3);
    clock.add(Duration.ofMillis(1));
    assertThat(ofPool("waymark.ready.task.runs", "a")).isEqualTo(1);
    assertThat(ofPool("waymark.running.task.runs", "a")).isEqualTo(2);
    assertThat(gauge("waymark.workers.alive")).isEqualTo(1);
  }

  @Test
  @DisplayName("a new pool gets its gauges, and they show 0 after it is removed")
  void pools() {
    metrics.bind(store);
    makeReady("late", 1);
    assertThat(registry.find("waymark.ready.task.runs").tag("pool", "late").gauge()).isNull();
    clock.add(Duration.ofSeconds(1));
    gauge("waymark.workers.alive");
    assertThat(ofPool("waymark.ready.task.runs", "late")).isEqualTo(1);

    TaskRunId taken =
        store
            .claim(new ClaimRequest("w", 1, LEASE, Set.of("late")))
            .claimed()
            .get(0)
            .taskRun()
            .id();
    store.commit(
        ChangeSet.builder()
            .updateAttempt(new AttemptId(taken, 1), AttemptState.LOST, "gone")
            .build());
    assertThat(store.pools()).extracting(Pool::name).doesNotContain("late");
    clock.add(Duration.ofSeconds(1));
    assertThat(ofPool("waymark.running.task.runs", "late")).isZero();
  }

  @Test
  @DisplayName("gauges of a closed store are NaN")
  void closed() {
    makeReady("a", 1);
    metrics.bind(store);
    store.close();
    clock.add(Duration.ofSeconds(1));
    assertThat(ofPool("waymark.ready.task.runs", "a")).isNaN();
    assertThat(gauge("waymark.workers.alive")).isNaN();
  }

  @Test
  @DisplayName("the size of the write-ahead log grows with commits")
  void wal() {
    metrics.bindWal(store::walBytes);
    makeReady("a", 1);
    double before = gauge("waymark.sqlite.wal.bytes");
    makeReady("a", 20);
    assertThat(gauge("waymark.sqlite.wal.bytes")).isGreaterThan(before);
  }
}
