package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Population;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Times are cut to the microsecond, never rounded. Reads return the same times as the writes.
 *
 * @since 0.1.0
 */
public abstract class TimeContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected TimeContract() {}

  @ParameterizedTest(name = "({0} to {1})")
  @CsvSource({
    "2026-03-01T12:00:00.123456789Z, 2026-03-01T12:00:00.123456Z",
    "2026-03-01T12:00:00.999999999Z, 2026-03-01T12:00:00.999999Z",
    "2026-03-01T12:00:00.000000999Z, 2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00Z, 2026-03-01T12:00:00Z",
    "1970-01-01T00:00:00.000000001Z, 1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999Z",
    "1582-10-10T00:00:00.000001500Z, 1582-10-10T00:00:00.000001Z",
    "0001-01-01T00:00:00.000000001Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999Z",
  })
  @DisplayName("every time of every record is truncated to the microsecond")
  void cut(Instant now, Instant kept) {
    clock.set(now);
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    AttemptId attempt = new AttemptId(run, 1);
    CommitResult result = store.commit(wholeLife(execution, run));
    assertThat(result.at()).isEqualTo(kept);
    assertThat(stored(FLOW).createdAt()).isEqualTo(kept);
    assertThat(stored(execution).createdAt()).isEqualTo(kept);
    assertThat(stored(execution).startedAt()).isEqualTo(kept);
    assertThat(stored(execution).endedAt()).isEqualTo(kept);
    assertThat(stored(run).createdAt()).isEqualTo(kept);
    assertThat(stored(run).startedAt()).isEqualTo(kept);
    assertThat(stored(run).endedAt()).isEqualTo(kept);
    assertThat(stored(attempt).startedAt()).isEqualTo(kept);
    assertThat(stored(attempt).endedAt()).isEqualTo(kept);
    assertThat(details(execution).history()).extracting(Transition::at).containsOnly(kept);
  }

  @ParameterizedTest(name = "({0})")
  @CsvSource({
    "2026-03-01T12:00:00.123456789Z",
    "1969-12-31T23:59:59.999999999Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999998Z",
    "9999-12-31T23:59:59.999999999Z",
  })
  @DisplayName("a time that was read finds its record")
  void readTimeFinds(Instant now) {
    clock.set(now);
    ExecutionId id = execution();
    Instant createdAt = stored(id).createdAt();
    assertThat(found(ExecutionQuery.builder().since(createdAt))).isEqualTo(1);
    assertThat(found(ExecutionQuery.builder().until(createdAt))).isZero();
    assertThat(found(ExecutionQuery.builder().since(createdAt).until(createdAt.plusNanos(1))))
        .isEqualTo(1);
    Cursor after = Population.cursorAfter(stored(id), Order.OLDEST);
    assertThat(store.executions(ExecutionQuery.builder().after(after).build()).items()).isEmpty();
  }

  @ParameterizedTest(name = "({0})")
  @CsvSource({
    "0000-12-31T23:59:59.999999999Z",
    "+10000-01-01T00:00:00Z",
    "-1000000000-01-01T00:00:00Z",
    "+1000000000-12-31T23:59:59.999999999Z",
  })
  @DisplayName("nothing is written while the clock is outside the years 1 to 9999")
  void clockOutOfRange(Instant now) {
    ExecutionId id = execution();
    ChangeSet changes = changes().updateExecution(id, ExecutionState.PAUSED).build();
    CommitResult result = store.commit(changes);
    ExecutionDetails before = details(id);
    clock.set(now);
    String year = now.toString().substring(0, 5);
    invalid(() -> store.updateExecution(id, ExecutionState.RUNNING, 2), year, "clock");
    assertThat(details(id)).isEqualTo(before);
    assertThat(store.commit(changes)).as("committed before").isEqualTo(result);
  }

  @Test
  @DisplayName(
      "a claim fails while the clock is out of range only where there is something to claim")
  void claimOutOfRange() {
    ExecutionId execution = execution();
    for (int i = 0; i < 2; i++) {
      store.commit(changes().readyTaskRun(taskRun(execution)).build());
    }
    ClaimRequest one = ClaimRequest.of("w", 1, Duration.ofHours(1));
    Instant now = clock.instant();
    Instant outside = Instant.parse("+10000-01-01T00:00:00Z");
    // After a claim that got all it asked for, the next one begins in another way.
    assertThat(store.claim(one).claimed()).hasSize(1);
    clock.set(outside);
    invalid(() -> store.claim(one), "+10000", "clock");
    clock.set(now);
    assertThat(store.claim(one).claimed()).hasSize(1);
    clock.set(outside);
    assertThat(store.claim(one).claimed()).isEmpty();
  }

  private long found(ExecutionQuery.Builder query) {
    return store.executions(query.build()).total();
  }

  private ChangeSet wholeLife(ExecutionId execution, TaskRunId run) {
    return changes()
        .saveWorkflow(new NewWorkflow(FLOW, "x"))
        .createExecution(new NewExecution(execution, FLOW))
        .updateExecution(execution, ExecutionState.RUNNING)
        .createTaskRun(new NewTaskRun(run, execution, new TaskId("a")))
        .updateTaskRun(run, TaskRunState.RUNNING)
        .recordAttempt(run, "w")
        .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0)
        .updateTaskRun(run, TaskRunState.SUCCEEDED)
        .updateExecution(execution, ExecutionState.SUCCEEDED)
        .build();
  }
}
