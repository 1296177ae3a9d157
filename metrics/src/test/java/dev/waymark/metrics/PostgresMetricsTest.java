package dev.waymark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testserver.TestServer;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The meters of a store on PostgreSQL")
class PostgresMetricsTest {
  private static final WorkflowId WORKFLOW = new WorkflowId("flow");

  @TempDir Path folder = Path.of("");
  private final String schema = TestServer.newName();
  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final WaymarkMetrics metrics = WaymarkMetrics.of(registry);

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  private PostgresStateStore.Builder builder() {
    return PostgresStateStore.builder(TestServer.url()).schema(schema);
  }

  private Runner runner(StateStore store, String pool) {
    return Runner.builder(store)
        .listener(metrics)
        .logDirectory(folder.resolve("logs"))
        .pool(pool)
        .build();
  }

  private double ofPool(String name, String pool) {
    return registry.get(name).tag("pool", pool).gauge().value();
  }

  @Test
  @DisplayName("count its commits, refusals and claims, and show the changes of other processes")
  void all() {
    try (StateStore store = builder().observer(metrics).build();
        StateStore other = builder().build();
        Runner runner = runner(store, "gpu")) {
      store.saveWorkflow(
          new NewWorkflow(WORKFLOW, "id: flow\ntasks: {a: {pool: gpu, run: 'true'}}\n"));
      assertThat(registry.get("waymark.commit.group.size").summary().totalAmount()).isEqualTo(1);
      assertThat(registry.get("waymark.commit.duration").timer().max(TimeUnit.NANOSECONDS))
          .isPositive();
      metrics.bind(store);

      // Commits of another store are not counted here, but their results are shown.
      try (Runner elsewhere = runner(other, "other")) {
        var id = elsewhere.start(StartRequest.of(WORKFLOW));
        assertThat(registry.get("waymark.commit.group.size").summary().totalAmount()).isEqualTo(1);
        clock.add(Duration.ofSeconds(1));
        assertThat(registry.get("waymark.workers.alive").gauge().value()).isZero();
        assertThat(ofPool("waymark.ready.task.runs", "gpu")).isEqualTo(1);
        assertThat(ofPool("waymark.running.task.runs", "gpu")).isZero();

        assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
      }
      assertThat(registry.get("waymark.claim.task.runs").summary().totalAmount()).isEqualTo(1);
      assertThat(registry.get("waymark.claim.duration").timer().totalTime(TimeUnit.NANOSECONDS))
          .isPositive();
      assertThat(registry.get("waymark.commit.group.size").summary().totalAmount())
          .isGreaterThan(1);
      assertThat(registry.get("waymark.commit.refused").counter().count()).isZero();
      clock.add(Duration.ofSeconds(1));
      assertThat(registry.get("waymark.workers.alive").gauge().value()).isEqualTo(1);
      assertThat(ofPool("waymark.ready.task.runs", "gpu")).isZero();
      assertThat(registry.get("waymark.leases.lost").counter().count()).isZero();

      var nowhere = Ids.system().executionId();
      ChangeSet refused =
          ChangeSet.builder().updateExecution(nowhere, ExecutionState.RUNNING).build();
      assertThatThrownBy(() -> store.commit(refused)).isInstanceOf(NotFoundException.class);
      assertThat(registry.get("waymark.commit.refused").counter().count()).isEqualTo(1);
    }
    clock.add(Duration.ofSeconds(1));
    assertThat(registry.get("waymark.workers.alive").gauge().value()).isNaN();
    assertThat(ofPool("waymark.ready.task.runs", "gpu")).isNaN();
  }
}
