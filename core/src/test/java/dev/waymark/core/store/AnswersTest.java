package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ExecutionProgress.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The records that a store returns")
class AnswersTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final ExecutionId EXECUTION = new ExecutionId(new UUID(1, 1));

  private static Execution execution(long version) {
    return new Execution(
        EXECUTION,
        new WorkflowId("flow"),
        1,
        ExecutionState.RUNNING,
        version,
        Map.of(),
        Map.of(),
        AT,
        AT,
        null,
        null);
  }

  private static Item item(int number, TaskRunState state, AttemptState... attempts) {
    TaskRunId id = new TaskRunId(new UUID(2, number));
    List<Attempt> all = new ArrayList<>();
    for (AttemptState attempt : attempts) {
      AttemptId attemptId = new AttemptId(id, all.size() + 1);
      all.add(new Attempt(attemptId, attempt, "w", AT, null, null, null));
    }
    TaskRun taskRun =
        new TaskRun(
            id, EXECUTION, new TaskId("task-" + number), state, 1, all.size(), AT, null, null);
    return new Item(taskRun, all, Map.of(), false);
  }

  @Test
  @DisplayName("give the standing of an execution: what has not ended, and all ends so far")
  void standing() {
    ExecutionProgress progress =
        new ExecutionProgress(
            execution(7),
            List.of(
                item(1, TaskRunState.SUCCEEDED, AttemptState.FAILED, AttemptState.SUCCEEDED),
                item(2, TaskRunState.RUNNING, AttemptState.LOST, AttemptState.RUNNING),
                item(3, TaskRunState.PENDING),
                item(4, TaskRunState.PENDING)));
    assertThat(progress.standing())
        .isEqualTo(new Standing(7, ExecutionState.RUNNING, 3, 1 + 2 + 1));
  }

  @Test
  @DisplayName("number the attempts of a task run")
  void attemptNumbers() {
    Item item = item(1, TaskRunState.RUNNING, AttemptState.LOST, AttemptState.RUNNING);
    assertThat(item.attempts()).extracting(Attempt::number).containsExactly(1, 2);
  }

  @Test
  @DisplayName("of a claim are empty when there is nothing to do, to settle or to recover")
  void emptyClaims() {
    AttemptId attempt = new AttemptId(new TaskRunId(new UUID(2, 2)), 1);
    List<Claims.Due> due = List.of(new Claims.Due(EXECUTION, DueReason.SETTLE));
    List<Claims.Leased> expired = List.of(new Claims.Leased(attempt, EXECUTION, "w"));
    assertThat(new Claims(List.of(), List.of(), List.of(), null, null).isEmpty()).isTrue();
    assertThat(new Claims(List.of(), due, List.of(), null, null).isEmpty()).isFalse();
    assertThat(new Claims(List.of(), List.of(), expired, null, null).isEmpty()).isFalse();
    Item item = item(1, TaskRunState.RUNNING, AttemptState.RUNNING);
    List<Claims.Claimed> claimed =
        List.of(new Claims.Claimed(execution(1), item.taskRun(), item.attempts().get(0)));
    assertThat(new Claims(claimed, List.of(), List.of(), null, null).isEmpty()).isFalse();
  }

  @Test
  @DisplayName("hold a part of a log as a copy, compared by its content")
  void logPart() {
    byte[] bytes = {1, 2};
    LogPart part = new LogPart(bytes, 3, 9);
    bytes[0] = 0;
    part.bytes()[1] = 0;
    assertThat(part.bytes()).containsExactly(1, 2);
    LogPart same = new LogPart(new byte[] {1, 2}, 3, 9);
    assertThat(part).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(part)
        .isNotEqualTo(new LogPart(new byte[] {1, 3}, 3, 9))
        .isNotEqualTo(new LogPart(new byte[] {1, 2}, 4, 9))
        .isNotEqualTo(new LogPart(new byte[] {1, 2}, 3, 8))
        .isNotEqualTo(null)
        .hasToString("LogPart[2 bytes, position=3, length=9]");
    assertThat(part.hashCode()).isNotEqualTo(new LogPart(new byte[] {1, 2}, 4, 9).hashCode());
  }
}
