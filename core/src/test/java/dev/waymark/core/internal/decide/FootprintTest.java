package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.create;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static dev.waymark.core.internal.decide.GroupLedger.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A footprint")
class FootprintTest {
  private static final Ids IDS = Ids.system();
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final UUID LIFE = new UUID(1, 1);
  private static final ExecutionId EXECUTION = IDS.executionId();
  private static final TaskRunId TASK_RUN = IDS.taskRunId();

  private static final Change SAVE = save("x");
  private static final Change KEEP = new Change.KeepWorker("w", LIFE, LEASE, Map.of());
  private static final Change RETIRE = new Change.RetireWorker("w", LIFE);
  private static final Change POOL = new Change.SetPool("gpu", 1);
  private static final Change ADMIT =
      new Change.AdmitExecution(EXECUTION, FLOW, 1, ExecutionState.PENDING);
  private static final Change LOSE = new Change.LoseAttempt(new AttemptId(TASK_RUN, 1), null);

  private static Footprint of(Change... changes) {
    Footprint footprint = new Footprint();
    footprint.add(new ChangeSet(IDS.commitId(), List.of(changes)));
    return footprint;
  }

  @Test
  @DisplayName("must be queried when it depends on a clock, a worker, a pool or a number")
  void mustQuery() {
    for (Change change : List.of(LOSE, KEEP, RETIRE, POOL, ADMIT)) {
      assertThat(of(change).mustQuery()).as("%s", change).isTrue();
    }
    assertThat(of(SAVE, create(EXECUTION), move(TASK_RUN, TaskRunState.RUNNING)).mustQuery())
        .isFalse();
  }

  @Test
  @DisplayName("is shared when it changes a workflow, a worker or a pool, or counts executions")
  void areShared() {
    for (Change change : List.of(SAVE, KEEP, RETIRE, POOL, ADMIT)) {
      assertThat(of(change).areShared()).as("%s", change).isTrue();
    }
    assertThat(of(LOSE, create(EXECUTION), move(TASK_RUN, TaskRunState.RUNNING)).areShared())
        .isFalse();
  }

  @Test
  @DisplayName("asks for the counts of an execution that may end, grow or be settled")
  void counts() {
    Change settle =
        new Change.SettleExecution(EXECUTION, new Standing(1, ExecutionState.RUNNING, 0, 0));
    for (Change change :
        List.of(move(EXECUTION, ExecutionState.SUCCEEDED), create(TASK_RUN, EXECUTION), settle)) {
      assertThat(of(change).taskRunCounts()).as("%s", change).containsExactly(EXECUTION);
    }
    assertThat(of(settle).settled()).containsExactly(EXECUTION);
    assertThat(of(move(EXECUTION, ExecutionState.PAUSED)).taskRunCounts()).isEmpty();
  }

  @Test
  @DisplayName("asks for the newest revision only for an execution that names none")
  void newestRevision() {
    Change pinned =
        new Change.CreateExecution(new NewExecution(EXECUTION, FLOW, 1, Map.of(), Map.of()));
    assertThat(of(create(EXECUTION)).newestRevisions()).containsExactly(FLOW);
    assertThat(of(pinned).newestRevisions()).isEmpty();
    assertThat(of(pinned).workflows()).containsExactly(FLOW);
    assertThat(of(pinned).savedWorkflows()).isEmpty();
    assertThat(of(ADMIT).savedWorkflows()).containsExactly(FLOW);
  }

  @Test
  @DisplayName("has a claimed task run")
  void claimed() {
    Footprint footprint = new Footprint();
    footprint.add(TASK_RUN);
    assertThat(footprint.taskRuns()).containsExactly(TASK_RUN);
  }
}
