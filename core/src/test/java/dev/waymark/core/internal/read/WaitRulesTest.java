package dev.waymark.core.internal.read;

import static dev.waymark.core.model.ExecutionState.CANCELLING;
import static dev.waymark.core.model.ExecutionState.PAUSED;
import static dev.waymark.core.model.ExecutionState.PENDING;
import static dev.waymark.core.model.ExecutionState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.internal.read.WaitFacts.DueFact;
import dev.waymark.core.internal.read.WaitFacts.PoolFact;
import dev.waymark.core.internal.read.WaitFacts.ReadyFact;
import dev.waymark.core.internal.read.WaitFacts.TaskFact;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("Why an execution waits")
class WaitRulesTest {
  private static final Ids IDS = Ids.system();
  private static final ExecutionId EXECUTION = IDS.executionId();
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final TaskRunId TASK_RUN = IDS.taskRunId();
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final WorkerFact EVERYWHERE = WorkerFact.of("everywhere", Map.of());
  private static final WorkerFact ELSEWHERE =
      WorkerFact.of(
          "elsewhere", Map.of(Worker.EXECUTIONS_INFO, IDS.executionId() + "," + IDS.executionId()));

  private final List<TaskFact> taskRuns = new ArrayList<>();
  private final Map<String, PoolFact> pools = new HashMap<>();
  private final List<WorkerFact> workers = new ArrayList<>();
  private final List<DueFact> due = new ArrayList<>();
  private final List<WaitReason.Started> others = new ArrayList<>();

  private Waiting explain(ExecutionState state) {
    return WaitRules.explain(
        new WaitFacts(
            EXECUTION, FLOW, state, taskRuns, pools, workers, due, others.size(), others));
  }

  private List<WaitReason> ofExecution(ExecutionState state) {
    return explain(state).reasons();
  }

  /** Why the only task run waits. */
  private List<WaitReason> ofTaskRun(
      ExecutionState execution,
      TaskRunState state,
      @Nullable ReadyFact ready,
      @Nullable LeaseHolder lease) {
    taskRuns.clear();
    taskRuns.add(task(state, ready, lease));
    return explain(execution).of(TASK_RUN);
  }

  private List<WaitReason> ofReadyTaskRun() {
    return ofTaskRun(RUNNING, TaskRunState.PENDING, ready(true), null);
  }

  private static TaskFact task(
      TaskRunState state, @Nullable ReadyFact ready, @Nullable LeaseHolder lease) {
    return new TaskFact(TASK_RUN, new TaskId("task"), state, null, ready, lease);
  }

  private static ReadyFact ready(boolean now) {
    return new ReadyFact("gpu", AT, now);
  }

  private static LeaseHolder lease(boolean alive) {
    return new LeaseHolder(
        EXECUTION, new TaskId("task"), new AttemptId(TASK_RUN, 1), "w", AT, alive);
  }

  private void startOther() {
    others.add(new WaitReason.Started(IDS.executionId(), RUNNING));
  }

  @Nested
  @DisplayName("as a whole")
  class OfExecution {
    @Test
    @DisplayName("is that it is paused, whatever else is true")
    void paused() {
      due.add(new DueFact(DueReason.SETTLE, AT, true));
      assertThat(ofExecution(PAUSED)).containsExactly(new WaitReason.Paused());
    }

    @Test
    @DisplayName("is that it is being cancelled, besides other reasons")
    void cancelling() {
      workers.add(EVERYWHERE);
      due.add(new DueFact(DueReason.SETTLE, AT, true));
      assertThat(ofExecution(CANCELLING))
          .containsExactly(new WaitReason.Cancelling(), new WaitReason.Due(DueReason.SETTLE, AT));
    }

    @Test
    @DisplayName("is other executions of its workflow, only before it has begun")
    void behindOthers() {
      startOther();
      assertThat(ofExecution(PENDING))
          .containsExactly(new WaitReason.ParallelLimit(FLOW, null, 1, others));
      assertThat(ofExecution(RUNNING)).containsExactly(new WaitReason.Unattended());
      taskRuns.add(task(TaskRunState.PENDING, ready(true), null));
      assertThat(ofExecution(PENDING)).isEmpty();
      taskRuns.set(0, task(TaskRunState.RUNNING, null, lease(true)));
      assertThat(ofExecution(PENDING)).isEmpty();
    }

    @Test
    @DisplayName("is not other executions when none of them has started")
    void noOthers() {
      assertThat(ofExecution(PENDING)).containsExactly(new WaitReason.Unattended());
    }

    @Test
    @DisplayName("is that it is due now, and that no worker examines it if none works on it")
    void due() {
      due.add(new DueFact(DueReason.SETTLE, AT, true));
      due.add(new DueFact(DueReason.DEADLINE, AT, false));
      workers.add(ELSEWHERE);
      WaitReason now = new WaitReason.Due(DueReason.SETTLE, AT);
      assertThat(ofExecution(RUNNING)).containsExactly(now, new WaitReason.NoWorker());
      workers.add(EVERYWHERE);
      assertThat(ofExecution(RUNNING)).containsExactly(now);
    }

    @Test
    @DisplayName("is nothing when it is due later")
    void dueLater() {
      due.add(new DueFact(DueReason.DEADLINE, AT, false));
      assertThat(ofExecution(RUNNING)).isEmpty();
    }

    @Test
    @DisplayName("is that nobody attends to it when nothing is ready, leased or due")
    void unattended() {
      taskRuns.add(task(TaskRunState.PENDING, null, null));
      assertThat(ofExecution(RUNNING)).containsExactly(new WaitReason.Unattended());
      taskRuns.add(task(TaskRunState.PENDING, ready(false), null));
      assertThat(ofExecution(RUNNING)).isEmpty();
      taskRuns.set(1, task(TaskRunState.RUNNING, null, lease(true)));
      assertThat(ofExecution(RUNNING)).isEmpty();
    }

    @Test
    @DisplayName("is nothing after its end")
    void ended() {
      taskRuns.add(task(TaskRunState.PENDING, null, null));
      due.add(new DueFact(DueReason.SETTLE, AT, true));
      Waiting ended = explain(ExecutionState.FAILED);
      assertThat(ended.reasons()).isEmpty();
      assertThat(ended.taskRuns()).isEmpty();
    }

    @Test
    @DisplayName("comes with who runs its task runs and which workers work on it")
    void running() {
      taskRuns.add(task(TaskRunState.RUNNING, null, lease(true)));
      taskRuns.add(task(TaskRunState.PENDING, null, null));
      workers.addAll(List.of(EVERYWHERE, ELSEWHERE));
      workers.add(WorkerFact.of("here", Map.of(Worker.EXECUTIONS_INFO, "x, " + EXECUTION)));
      Waiting waiting = explain(RUNNING);
      assertThat(waiting.executionId()).isEqualTo(EXECUTION);
      assertThat(waiting.state()).isEqualTo(RUNNING);
      assertThat(waiting.running()).containsExactly(lease(true));
      assertThat(waiting.workers()).containsExactly("everywhere", "here");
    }
  }

  @Nested
  @DisplayName("in one of its task runs")
  class OfTaskRun {
    @Test
    @DisplayName("is the worker of a running one, if it is dead")
    void running() {
      assertThat(ofTaskRun(RUNNING, TaskRunState.RUNNING, null, lease(false)))
          .containsExactly(new WaitReason.WorkerLost(lease(false)));
      assertThat(ofTaskRun(PAUSED, TaskRunState.RUNNING, null, lease(false)))
          .containsExactly(new WaitReason.WorkerLost(lease(false)));
      assertThat(ofTaskRun(RUNNING, TaskRunState.RUNNING, null, lease(true))).isEmpty();
      assertThat(ofTaskRun(RUNNING, TaskRunState.RUNNING, null, null)).isEmpty();
    }

    @Test
    @DisplayName("is that the execution is paused, also when it is ready")
    void paused() {
      assertThat(ofTaskRun(PAUSED, TaskRunState.PENDING, ready(true), null))
          .containsExactly(new WaitReason.Paused());
    }

    @Test
    @DisplayName("is that it is not ready, or that its execution is being cancelled")
    void notReady() {
      assertThat(ofTaskRun(RUNNING, TaskRunState.PENDING, null, null))
          .containsExactly(new WaitReason.NotReady());
      assertThat(ofTaskRun(CANCELLING, TaskRunState.PENDING, null, null))
          .containsExactly(new WaitReason.Cancelling());
    }

    @Test
    @DisplayName("is the time from which it may be claimed, for a start or for a retry")
    void later() {
      assertThat(ofTaskRun(RUNNING, TaskRunState.PENDING, ready(false), null))
          .containsExactly(new WaitReason.StartsLater(AT));
      assertThat(ofTaskRun(RUNNING, TaskRunState.RETRYING, ready(false), null))
          .containsExactly(new WaitReason.RetriesLater(AT));
    }

    @Test
    @DisplayName("is that no worker works on the execution, also when its pool is full")
    void noWorker() {
      workers.add(ELSEWHERE);
      assertThat(ofReadyTaskRun()).containsExactly(new WaitReason.NoWorker());
      pools.put("gpu", new PoolFact("gpu", 1, 1, List.of(lease(true))));
      assertThat(ofReadyTaskRun())
          .containsExactly(
              new WaitReason.PoolFull("gpu", 1, 1, List.of(lease(true))),
              new WaitReason.NoWorker());
    }

    @Test
    @DisplayName("is that no worker of the execution serves its pool")
    void poolNotServed() {
      workers.add(WorkerFact.of("cpu", Map.of(Worker.POOLS_INFO, "cpu, default")));
      assertThat(ofReadyTaskRun())
          .containsExactly(new WaitReason.PoolNotServed("gpu", List.of("cpu")));
    }

    @Test
    @DisplayName("is that no worker has claimed it yet, although some serve its pool")
    void notClaimed() {
      workers.add(WorkerFact.of("cpu", Map.of(Worker.POOLS_INFO, "cpu")));
      workers.add(WorkerFact.of("gpu", Map.of(Worker.POOLS_INFO, "cpu, gpu")));
      workers.add(EVERYWHERE);
      assertThat(ofReadyTaskRun())
          .containsExactly(new WaitReason.NotClaimed("gpu", List.of("gpu", "everywhere")));
      pools.put("gpu", new PoolFact("gpu", null, 7, List.of()));
      assertThat(ofReadyTaskRun())
          .as("a pool without a limit is never full")
          .containsExactly(new WaitReason.NotClaimed("gpu", List.of("gpu", "everywhere")));
    }

    @Test
    @DisplayName("is that its pool is full, from the last slot on")
    void poolFull() {
      workers.add(EVERYWHERE);
      pools.put("gpu", new PoolFact("gpu", 2, 2, List.of()));
      assertThat(ofReadyTaskRun()).containsExactly(new WaitReason.PoolFull("gpu", 2, 2, List.of()));
      pools.put("gpu", new PoolFact("gpu", 2, 1, List.of()));
      assertThat(ofReadyTaskRun())
          .containsExactly(new WaitReason.NotClaimed("gpu", List.of("everywhere")));
    }
  }

  @Test
  @DisplayName("a worker serves a pool everywhere unless it publishes other pools or executions")
  void servesEverywhere() {
    WorkerFact gpu = WorkerFact.of("gpu", Map.of(Worker.POOLS_INFO, "gpu"));
    assertThat(
            Arrays.asList(
                EVERYWHERE.servesEverywhere("gpu"),
                gpu.servesEverywhere("gpu"),
                gpu.servesEverywhere("cpu"),
                ELSEWHERE.servesEverywhere("gpu")))
        .containsExactly(true, true, false, false);
  }
}
