package dev.waymark.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The text of a wait reason")
class WaitTextTest {
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final WorkflowId FLOW = new WorkflowId("flow");
  private static final ExecutionId EXECUTION = new ExecutionId(new UUID(1, 1));
  private static final LeaseHolder ALIVE = holder(true);
  private static final LeaseHolder DEAD = holder(false);

  private static LeaseHolder holder(boolean alive) {
    AttemptId attempt = new AttemptId(new TaskRunId(new UUID(2, 2)), 1);
    return new LeaseHolder(EXECUTION, new TaskId("task"), attempt, "w", AT, alive);
  }

  @Test
  @DisplayName("has a code and a message for each kind")
  void everyKind() {
    Map<WaitReason, String> texts = new LinkedHashMap<>();
    texts.put(new WaitReason.Paused(), "PAUSED: the execution is paused");
    texts.put(new WaitReason.Cancelling(), "CANCELLING: the execution is being cancelled");
    texts.put(new WaitReason.StartsLater(AT), "STARTS_LATER: starts at 2026-03-01T12:00:00Z");
    texts.put(new WaitReason.RetriesLater(AT), "RETRIES_LATER: retries at 2026-03-01T12:00:00Z");
    texts.put(new WaitReason.WaitsUntil(AT), "WAITS_UNTIL: waits until 2026-03-01T12:00:00Z");
    texts.put(
        new WaitReason.WaitsForSignal("approved", AT),
        "WAITS_FOR_SIGNAL: waits for signal approved until 2026-03-01T12:00:00Z");
    texts.put(
        new WaitReason.WaitsForChild(EXECUTION, AT),
        "WAITS_FOR_CHILD: waits for child " + EXECUTION + " until 2026-03-01T12:00:00Z");
    texts.put(
        new WaitReason.WaitsOutside(),
        "WAITS_OUTSIDE: waits for something outside; it has no timer");
    texts.put(
        new WaitReason.WorkerLost(DEAD),
        "WORKER_LOST: worker w is dead; its lease ends at 2026-03-01T12:00:00Z");
    texts.put(
        new WaitReason.PoolFull("gpu", 2, 2, List.of()),
        "POOL_FULL: pool \"gpu\" is full (2 of 2 slots in use)");
    texts.put(new WaitReason.NoWorker(), "NO_WORKER: no living worker works on it");
    texts.put(
        new WaitReason.PoolNotServed("gpu", List.of("a")),
        "POOL_NOT_SERVED: no living worker serves pool \"gpu\" (alive: a)");
    texts.put(
        new WaitReason.HandlerNotServed("mail", "handler-mail", List.of("a")),
        "HANDLER_NOT_SERVED: no living worker has handler \"mail\" (alive: a)");
    texts.put(
        new WaitReason.NotClaimed("gpu", List.of("a")),
        "NOT_CLAIMED: ready; no worker of pool \"gpu\" has claimed it yet (alive: a)");
    texts.put(
        new WaitReason.ParallelLimit(FLOW, null, 2, List.of()),
        "PARALLEL_LIMIT: workflow flow has 2 executions in progress");
    texts.put(
        new WaitReason.Needs(List.of(new TaskId("a"), new TaskId("b"))),
        "NEEDS: needs a, b to end");
    texts.put(new WaitReason.NotReady(), "NOT_READY: not ready yet");
    texts.put(
        new WaitReason.Due(DueReason.SETTLE, AT),
        "DUE: due since 2026-03-01T12:00:00Z; no worker has examined it yet");
    texts.put(
        new WaitReason.Due(DueReason.DEADLINE, AT),
        "DUE: time-out passed at 2026-03-01T12:00:00Z; no worker has ended it yet");
    texts.put(
        new WaitReason.Due(DueReason.CANCEL, AT),
        "DUE: to be cancelled with its parent since 2026-03-01T12:00:00Z; no worker has done it"
            + " yet");
    texts.put(
        new WaitReason.Unattended(),
        "UNATTENDED: nothing is ready, leased or due; the next sweep of all executions finds it");
    texts.forEach(
        (reason, text) -> assertThat(reason.code() + ": " + reason.message()).isEqualTo(text));
    assertThat(texts.keySet().stream().<Class<?>>map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(WaitReason.class.getPermittedSubclasses());
  }

  @Test
  @DisplayName("says who holds the slots of a full pool, and which of them are dead")
  void holders() {
    String task = "task task of execution " + EXECUTION;
    assertThat(new WaitReason.PoolFull("gpu", 1, 3, List.of(ALIVE, DEAD)).message())
        .isEqualTo(
            "pool \"gpu\" is full (3 of 1 slot in use), held by "
                + task
                + " (worker w), "
                + task
                + " (worker w, dead; its lease ends at 2026-03-01T12:00:00Z)");
  }

  @Test
  @DisplayName("says which executions of a workflow are in progress")
  void parallel() {
    WaitReason.Started started = new WaitReason.Started(EXECUTION, ExecutionState.PAUSED);
    assertThat(new WaitReason.ParallelLimit(FLOW, 1, 1, List.of(started)).message())
        .isEqualTo("workflow flow has 1 execution in progress (limit 1): " + EXECUTION + " PAUSED");
  }

  @Test
  @DisplayName("names at most three of many")
  void many() {
    assertThat(notServed()).isEqualTo("no living worker serves pool \"p\"");
    assertThat(notServed("a", "b", "c")).endsWith("(alive: a, b, c)");
    assertThat(notServed("a", "b", "c", "d")).endsWith("(alive: a, b, c and 1 more)");
    String[] names = Collections.nCopies(10, "a").toArray(String[]::new);
    assertThat(notServed(names)).endsWith("(alive: a, a, a and 7 more)");
  }

  private static String notServed(String... workers) {
    return new WaitReason.PoolNotServed("p", Arrays.asList(workers)).message();
  }

  @Test
  @DisplayName("is found by the task run that waits")
  void byTaskRun() {
    TaskRunId id = new TaskRunId(new UUID(3, 3));
    List<WaitReason> reasons = List.of(new WaitReason.NotReady());
    List<Waiting.Item> items =
        Stream.of(id, new TaskRunId(new UUID(4, 4)))
            .map(
                each ->
                    new Waiting.Item(
                        each,
                        new TaskId("task"),
                        TaskRunState.PENDING,
                        each.equals(id) ? reasons : List.of(new WaitReason.Paused())))
            .toList();
    Waiting waiting =
        new Waiting(EXECUTION, ExecutionState.RUNNING, List.of(), items, List.of(), List.of());
    assertThat(waiting.of(id)).isEqualTo(reasons);
    assertThat(waiting.of(new TaskRunId(new UUID(5, 5)))).isEmpty();
  }
}
