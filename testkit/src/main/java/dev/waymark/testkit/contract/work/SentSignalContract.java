package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.ExecutionEndedException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Signals that are sent twice, too late or too often, and their payloads.
 *
 * @since 0.1.0
 */
public abstract class SentSignalContract extends SignalTopic {
  /** For backends that run this topic alone. */
  protected SentSignalContract() {}

  @Test
  @DisplayName("a signal with the same key is sent once, also after the execution has ended")
  void key() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    store.signal(execution, "approved", YES, "k");
    store.signal(execution, "approved", YES, null);
    for (ExecutionState state : List.of(ExecutionState.RUNNING, ExecutionState.SUCCEEDED)) {
      if (state != ExecutionState.RUNNING) {
        store.updateExecution(execution, state, 2);
      }
      assertThat(store.signal(execution, "approved", YES, "k"))
          .isEqualTo(new Outcome(RecordRef.of(execution), 1, false));
    }
    assertThat(store.signals(execution)).hasSize(2);
    ExecutionId other = execution();
    assertThat(store.signal(other, "approved", YES, "k").changed()).isTrue();
  }

  @Test
  @DisplayName("a key is refused for another name or payload")
  void otherWithKey() {
    ExecutionId execution = execution();
    store.signal(execution, "approved", YES, "k");
    for (ChangeSet other :
        List.of(
            changes().signal(execution, "rejected", YES, "k").build(),
            changes().signal(execution, "approved", null, "k").build(),
            changes().signal(execution, "approved", Payload.json("{}"), "k").build(),
            changes()
                .signal(execution, "approved", Payload.of("text/plain", YES.bytes()), "k")
                .build())) {
      Refusal refusal =
          refusedFor(RecordRef.of(execution), Reason.ALREADY_EXISTS, () -> store.commit(other));
      assertThat(refusal.message()).contains("\"k\"");
      refused(ConflictException.class, () -> store.commit(other));
    }
    assertThat(store.signals(execution)).hasSize(1);
  }

  @ParameterizedTest(name = "(in {0})")
  @EnumSource(
      value = ExecutionState.class,
      names = {"SUCCEEDED", "FAILED", "CANCELLED"})
  @DisplayName("a signal to an execution that has ended is refused by a type of its own")
  void ended(ExecutionState state) {
    ExecutionId execution = executionIn(state);
    refused(ExecutionEndedException.class, () -> send(execution, "approved"));
    Refusal refusal =
        refusedFor(RecordRef.of(execution), Reason.ENDED, () -> send(execution, "approved"));
    assertThat(refusal.found()).contains(state.name());
    assertThat(store.signals(execution)).isEmpty();
  }

  @Test
  @DisplayName(
      "a signal to an unknown execution is refused, and so is the wait of an unknown task run")
  void unknown() {
    ExecutionId execution = ids.executionId();
    refusedFor(RecordRef.of(execution), Reason.NOT_FOUND, () -> send(execution, "approved"));
    TaskRunId run = ids.taskRunId();
    refusedFor(RecordRef.of(run), Reason.NOT_FOUND, () -> await(run, "approved", null));
    assertThat(store.signals(execution)).isEmpty();
    assertThat(store.payload(PayloadRef.ofSignal(execution, 1))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-a", "two words", "a\u00e4", "a\nb", "child:7"})
  @DisplayName("the name of a signal is checked")
  void names(String name) {
    ExecutionId execution = execution();
    invalid(() -> send(execution, name), "name of a signal", "letters");
    TaskRunId run = taskRun(execution);
    invalid(() -> await(run, name, null), "name of a signal");
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("keys, payloads, time-outs and the number of signals have limits")
  void limitsHold() {
    ExecutionId execution = execution();
    invalid(() -> store.signal(execution, "a", null, ""), "key", "255");
    invalid(() -> store.signal(execution, "a", null, "k".repeat(256)), "256", "255");
    invalid(
        () -> store.signal(execution, "a", Payload.of("text/plain", new byte[101]), null),
        "101",
        "maxInputBytes");
    TaskRunId run = taskRun(execution);
    invalid(() -> await(run, "a", Duration.ofDays(4_000)), "time-out", "at most");
    invalid(() -> await(run, "a", Duration.ofMillis(-1)), "time-out", "zero or more");
    for (int i = 1; i <= MAX_SIGNALS; i++) {
      assertThat(send(execution, "a")).isEqualTo(i);
    }
    invalid(() -> send(execution, "a"), "maxSignals", Integer.toString(MAX_SIGNALS));
    assertThat(store.signals(execution)).hasSize(MAX_SIGNALS);
  }

  @Test
  @DisplayName(
      "a refused change set sends nothing and ends no wait; a repeated one sends nothing more")
  void atomic() {
    ExecutionId execution = execution();
    TaskRunId run = waiting(execution, "go");
    ChangeSet refused =
        changes()
            .signal(execution, "go", YES, null)
            .updateExecution(ids.executionId(), ExecutionState.RUNNING)
            .build();
    refused(NotFoundException.class, () -> store.commit(refused));
    assertThat(store.signals(execution)).isEmpty();
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    ChangeSet accepted = changes().signal(execution, "go", YES, null).build();
    assertThat(store.commit(accepted)).isEqualTo(store.commit(accepted));
    assertThat(store.signals(execution)).hasSize(1);
  }

  @Test
  @DisplayName("the payloads of signals are listed with those of their execution")
  void listed() {
    ExecutionId execution = execution();
    byte[] bytes = {0, (byte) 0xff, 7};
    store.signal(execution, "b", Payload.of("application/octet-stream", bytes), null);
    store.signal(execution, "a", null, null);
    store.signal(execution, "a", YES, null);
    assertThat(store.payloads(execution, 2))
        .extracting(PayloadPreview::ref)
        .containsExactly(PayloadRef.ofSignal(execution, 1), PayloadRef.ofSignal(execution, 3));
    assertThat(Objects.requireNonNull(store.payload(PayloadRef.ofSignal(execution, 1))).bytes())
        .isEqualTo(bytes);
    invalid(
        () ->
            store.commit(
                changes()
                    .add(new Change.SetPayload(PayloadRef.ofSignal(execution, 1), null, YES))
                    .build()),
        "signal",
        "cannot be set");
    invalid(() -> PayloadRef.ofSignal(execution, 0), "1 or more");
  }
}
