package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.WaitReason.NotReady;
import dev.waymark.core.store.WaitReason.WaitsOutside;
import dev.waymark.core.store.WaitReason.WaitsUntil;
import dev.waymark.core.store.Waiting;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Task runs that wait, and timers that end a wait.
 *
 * @since 0.1.0
 */
public abstract class TimerContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  /** For backends that run this topic alone. */
  protected TimerContract() {}

  private List<Claimed> claim() {
    return store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed();
  }

  /** A task run whose first attempt has ended, and which waits for this time. */
  private TaskRunId waiting(ExecutionId execution, Duration timer) {
    TaskRunId run = taskRun(execution);
    store.commit(changes().readyTaskRun(run).build());
    AttemptId first = claim().get(0).attempt().id();
    store.commit(
        changes()
            .updateAttempt(first, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(first, TaskRunState.WAITING)
            .readyTaskRun(run, "default", 0, timer)
            .build());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    return run;
  }

  private List<WaitReason> reasons(TaskRunId run) {
    Waiting waiting = Objects.requireNonNull(store.waiting(stored(run).executionId()));
    return waiting.taskRuns().stream()
        .filter(item -> item.taskRunId().equals(run))
        .findFirst()
        .orElseThrow()
        .reasons();
  }

  @Test
  @DisplayName("a timer starts the next attempt when its time has come, and not before")
  void timer() {
    long before = System.nanoTime();
    TaskRunId run = waiting(execution(), SHORT);
    List<Claimed> claimed = claim();
    while (claimed.isEmpty()) {
      claimed = claim();
    }
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(SHORT.toNanos());
    assertThat(claimed).hasSize(1);
    assertThat(claimed.get(0).attempt().id()).isEqualTo(new AttemptId(run, 2));
    assertThat(claimed.get(0).taskRun().state()).isEqualTo(TaskRunState.RUNNING);
    assertThat(transitions(run)).containsExactly("PENDING", "RUNNING", "WAITING", "RUNNING");
  }

  private List<String> transitions(TaskRunId run) {
    return details(run).history().stream()
        .filter(each -> each.record().equals(RecordRef.of(run)))
        .map(each -> each.to().name())
        .toList();
  }

  @Test
  @DisplayName("a timer can be moved later, and earlier")
  void moved() {
    TaskRunId run = waiting(execution(), Duration.ofMillis(1));
    store.commit(changes().readyTaskRun(run, "default", 0, LONG).build());
    assertThat(claim()).isEmpty();
    assertThat(reasons(run).get(0)).isInstanceOf(WaitsUntil.class);
    store.commit(changes().readyTaskRun(run).build());
    assertThat(claim()).extracting(each -> each.attempt().id().number()).containsExactly(2);
  }

  @Test
  @DisplayName("a timer can be cancelled: the task run is then PENDING and not ready")
  void cancelled() {
    TaskRunId run = waiting(execution(), Duration.ZERO);
    store.commit(changes().updateTaskRun(run, TaskRunState.PENDING).build());
    assertThat(claim()).isEmpty();
    assertThat(reasons(run)).containsExactly(new NotReady());
    store.commit(changes().readyTaskRun(run).build());
    assertThat(claim()).hasSize(1);
  }

  @Test
  @DisplayName("a task run that was ready and waits is not ready, also when both happen at once")
  void noLongerReady() {
    TaskRunId run = taskRun(execution());
    store.commit(changes().readyTaskRun(run).build());
    store.commit(changes().updateTaskRun(run, TaskRunState.WAITING).build());
    assertThat(claim()).isEmpty();
    TaskRunId other = taskRun(execution());
    store.commit(
        changes()
            .readyTaskRun(other)
            .updateTaskRun(other, TaskRunState.WAITING)
            .readyTaskRun(other, "default", 0, LONG)
            .build());
    assertThat(claim()).isEmpty();
    store.commit(changes().updateTaskRun(other, TaskRunState.PENDING).readyTaskRun(other).build());
    assertThat(claim()).extracting(each -> each.taskRun().id()).containsExactly(other);
  }

  @Test
  @DisplayName("a task run waits only without a live attempt, and gets none while it waits")
  void noAttempt() {
    TaskRunId run = attempt().taskRunId();
    Refusal refusal =
        refusedFor(
            RecordRef.of(run),
            Reason.OUT_OF_STEP,
            () -> store.updateTaskRun(run, TaskRunState.WAITING, 2));
    assertThat(refusal.expected()).contains("attempt 1");
    TaskRunId waits = taskRunIn(execution(), TaskRunState.WAITING);
    Refusal other =
        refusedFor(
            RecordRef.of(waits), Reason.OUT_OF_STEP, () -> store.recordAttempt(waits, "worker-1"));
    assertThat(other.found()).isEqualTo("state WAITING");
    assertThat(store.attempts(waits)).isEmpty();
  }

  @Test
  @DisplayName("an execution does not end while a task run waits")
  void holdsExecution() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRunIn(execution, TaskRunState.WAITING);
    refusedFor(
        RecordRef.of(execution),
        Reason.OUT_OF_STEP,
        () -> store.updateExecution(execution, ExecutionState.SUCCEEDED, 2));
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.SUCCEEDED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("an execution in which a task run waits is not stalled, and says why it waits")
  void notStalled() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    store.commit(changes().clearDue(execution, DueReason.SETTLE).build());
    TaskRunId run = taskRun(execution);
    assertThat(store.stalled(null, 10)).containsExactly(execution);
    store.updateTaskRun(run, TaskRunState.WAITING, 1);
    assertThat(store.stalled(null, 10)).isEmpty();
    assertThat(reasons(run)).containsExactly(new WaitsOutside());
    assertThat(Objects.requireNonNull(store.waiting(execution)).reasons()).isEmpty();
    store.commit(changes().readyTaskRun(run, "default", 0, LONG).build());
    assertThat(reasons(run))
        .singleElement()
        .isInstanceOfSatisfying(
            WaitsUntil.class,
            until -> assertThat(until.at()).isAfter(Instant.now().plus(LONG.dividedBy(2))));
  }

  @Test
  @DisplayName(
      "a timer that ends during a pause leaves its task run PENDING, to be made ready again")
  void duringPause() {
    TaskRunId run = waiting(execution(), SHORT);
    ExecutionId execution = stored(run).executionId();
    TaskRunId other = taskRun(execution);
    store.commit(changes().updateExecution(execution, ExecutionState.PAUSED).build());
    store.commit(changes().awaitSignal(other, "go", SHORT).build());
    while (stored(run).state() == TaskRunState.WAITING
        || stored(other).state() == TaskRunState.WAITING) {
      assertThat(claim()).isEmpty();
    }
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(transitions(run)).containsExactly("PENDING", "RUNNING", "WAITING", "PENDING");
    assertThat(store.signal(execution, "go", null, null).changed()).isTrue();
    assertThat(store.signals(execution).get(0).taskRunId()).isNull();
    store.commit(
        changes()
            .updateExecution(execution, ExecutionState.RUNNING)
            .readyTaskRun(run)
            .readyTaskRun(other)
            .build());
    assertThat(claim())
        .extracting(each -> each.taskRun().id())
        .containsExactlyInAnyOrder(run, other);
  }

  @Test
  @DisplayName("cancelling the execution ends the timers in it; a pause keeps them")
  void ofExecution() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRunIn(execution, TaskRunState.WAITING);
    store.commit(
        changes().readyTaskRun(run).updateExecution(execution, ExecutionState.PAUSED).build());
    assertThat(claim()).isEmpty();
    store.commit(changes().updateExecution(execution, ExecutionState.RUNNING).build());
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING).build());
    assertThat(claim()).isEmpty();
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.CANCELLED)
            .updateExecution(execution, ExecutionState.CANCELLED)
            .build());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.CANCELLED);
  }
}
