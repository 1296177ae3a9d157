package dev.waymark.runner.internal.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.runner.internal.worker.LogSettings;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.runner.internal.worker.WorkScope;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A purge in the background")
@Timeout(60)
class BackgroundPurgeTest {
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final Duration OFTEN = Duration.ofMillis(5);
  private static final Duration LEASE = Duration.ofHours(1);
  private static final UUID LIFE = UUID.randomUUID();

  private final StateStore store =
      new InMemoryStateStore(InstantSource.system(), Limits.defaults());

  /** The settings of a worker, and what it publishes. */
  private RunnerConfig config(String worker, boolean worksOnAll) {
    WorkScope scope = new WorkScope();
    if (worksOnAll) {
      scope.addAll();
    }
    return new RunnerConfig(
        store,
        new Definitions(Definitions.reader(store)),
        worker,
        1,
        new TaskLogs(Path.of("logs")),
        RunListener.NONE,
        RunTracer.NONE,
        InstantSource.system(),
        Ids.system(),
        Duration.ZERO,
        Duration.ofMillis(1),
        2,
        LEASE,
        Set.of(ClaimRequest.DEFAULT_POOL),
        new Handlers(Map.of(), null),
        new LogSettings(false, null, null),
        new RetriedCalls(Duration.ZERO),
        scope);
  }

  private void lives(RunnerConfig config) {
    store.commit(
        ChangeSet.builder()
            .keepWorker(config.worker(), LIFE, LEASE, config.life().info().get())
            .build());
  }

  private ExecutionId ended() {
    store.saveWorkflow(
        new NewWorkflow(FLOW, "id: flow\nretention: {succeeded: 0s}\ntasks: {a: {run: 'true'}}\n"));
    ExecutionId id = Ids.system().executionId();
    store.commit(
        ChangeSet.builder()
            .createExecution(new NewExecution(id, FLOW))
            .updateExecution(id, ExecutionState.RUNNING)
            .updateExecution(id, ExecutionState.SUCCEEDED)
            .build());
    return id;
  }

  @Test
  @DisplayName("goes on for as long as its worker lives, and ends with it")
  void again() {
    RunnerConfig config = config("w", true);
    lives(config);
    BackgroundPurge purge = new BackgroundPurge(config, Duration.ZERO, OFTEN);
    purge.begin();
    for (int i = 0; i < 3; i++) {
      ExecutionId id = ended();
      Await.until("the deletion", () -> store.execution(id) == null);
    }
    assertThat(threads()).isEqualTo(1);
    purge.close();
    Await.until("the end of the thread", () -> threads() == 0);
    purge.begin();
    assertThat(threads()).isZero();
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("waymark-retention"))
        .count();
  }

  @Test
  @DisplayName("is done by the first living worker that works on everything, and by no other")
  void first() {
    RunnerConfig only = config("a", false);
    RunnerConfig first = config("b", true);
    RunnerConfig second = config("c", true);
    lives(only);
    lives(first);
    lives(second);
    ExecutionId id = ended();
    try (BackgroundPurge a = new BackgroundPurge(only, Duration.ZERO, OFTEN);
        BackgroundPurge c = new BackgroundPurge(second, Duration.ZERO, OFTEN)) {
      a.begin();
      c.begin();
      try (BackgroundPurge b = new BackgroundPurge(first, Duration.ZERO, OFTEN)) {
        b.begin();
        Await.until("the deletion", () -> store.execution(id) == null);
      }
      ExecutionId next = ended();
      store.commit(ChangeSet.builder().retireWorker("b", LIFE).build());
      Await.until("the deletion by the next", () -> store.execution(next) == null);
    }
  }
}
