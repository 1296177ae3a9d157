package dev.waymark.runner.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.TaskDefinition;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The pause before a retry")
class TaskRunPictureTest {
  @Test
  @DisplayName(
      "has a random part that is the same for the same attempt and differs between attempts")
  void theRandomPartOfAPauseIsTheSameForTheSameAttemptAndDiffersBetweenThem() {
    RetryPolicy policy = new RetryPolicy(9, Duration.ofSeconds(10), 1, Duration.ofMinutes(1), 0.5);
    Set<Duration> pauses = new HashSet<>();
    for (int run = 0; run < 10; run++) {
      for (int attempt = 1; attempt <= 5; attempt++) {
        Duration pause = failed(policy, run, attempt).pause();
        assertThat(pause).isEqualTo(failed(policy, run, attempt).pause());
        assertThat(pause).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
        pauses.add(pause);
      }
    }
    assertThat(pauses).hasSize(50);
  }

  private static TaskRunPicture failed(RetryPolicy policy, int run, int attempt) {
    TaskDefinition task =
        new TaskDefinition(
            new TaskId("t"), List.of(), "true", null, Map.of(), Map.of(), null, null, policy);
    TaskRunPicture taskRun =
        new TaskRunPicture(
            0, task, new TaskRunId(new UUID(0x0190_0000_0000_7000L, run)), task.id());
    taskRun.attempt = attempt;
    taskRun.attemptState = AttemptState.FAILED;
    taskRun.failed = attempt;
    return taskRun;
  }
}
