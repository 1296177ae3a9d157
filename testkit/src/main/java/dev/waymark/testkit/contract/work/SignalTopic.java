package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the topics of signals share. */
abstract class SignalTopic extends ContractTest {
  static final Duration LONG = Duration.ofHours(1);
  static final Duration SHORT = Duration.ofMillis(300);
  static final int MAX_SIGNALS = 30;
  static final Payload YES = Payload.json("{\"by\": \"Ada\"}");

  @Override
  protected Limits limits() {
    return Limits.builder().maxSignals(MAX_SIGNALS).maxInputBytes(100).build();
  }

  final List<Claimed> claim() {
    return store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed();
  }

  /** Lets a task run wait; a null time-out waits without an end. */
  final void await(TaskRunId run, String name, @Nullable Duration timeout) {
    store.commit(changes().awaitSignal(run, name, timeout).build());
  }

  final TaskRunId waiting(ExecutionId execution, String name) {
    TaskRunId run = taskRun(execution);
    await(run, name, null);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    return run;
  }

  final int send(ExecutionId execution, String name) {
    return (int) store.signal(execution, name, null, null).version();
  }

  /** The task run to which a signal was delivered, or null. */
  final @Nullable TaskRunId receiver(ExecutionId execution, int number) {
    return store.signals(execution).get(number - 1).taskRunId();
  }

  final List<WaitReason> reasons(TaskRunId run) {
    Waiting waiting = Objects.requireNonNull(store.waiting(stored(run).executionId()));
    return waiting.taskRuns().stream()
        .filter(item -> item.taskRunId().equals(run))
        .findFirst()
        .orElseThrow()
        .reasons();
  }
}
