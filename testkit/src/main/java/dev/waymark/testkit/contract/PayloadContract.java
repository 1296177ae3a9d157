package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Payloads: bytes are read as they were written, an input stays, a result is set before the end,
 * and details only by a live attempt.
 *
 * @since 0.1.0
 */
public abstract class PayloadContract extends ContractTest {
  private static final Payload JSON =
      Payload.json("{\n  \"rows\" : [1, 2.50],\t\"a\":\"\\u0000é\" }");
  private static final Payload BYTES = Payload.of("application/x-any", allBytes());

  /** For backends that run this topic alone. */
  protected PayloadContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder().maxInputBytes(300).maxOutputBytes(280).maxDetailBytes(260).build();
  }

  private static byte[] allBytes() {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    return all;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private ExecutionId started(Payload input) {
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, flow(), null, Map.of(), input));
    return id;
  }

  private TaskRunId created(ExecutionId execution, Payload input) {
    TaskRunId id = ids.taskRunId();
    store.createTaskRun(new NewTaskRun(id, execution, new TaskId("task-" + id), input));
    return id;
  }

  private void set(PayloadRef ref, Payload payload) {
    store.commit(changes().add(new Change.SetPayload(ref, null, payload)).build());
  }

  private ExecutionId executionOf(AttemptId attempt) {
    return stored(attempt.taskRunId()).executionId();
  }

  private ExecutionProgress.Item progress(TaskRunId id) {
    return store.taskRunProgress(List.of(id)).get(0);
  }

  @Test
  @DisplayName("every payload is read as it was written, to the byte, also after a restart")
  void bytesAsTheyWere() {
    for (Payload payload :
        List.of(JSON, BYTES, Payload.json("{}"), Payload.of("a/b", new byte[0]))) {
      AttemptId attempt = attempt();
      ExecutionId execution = executionOf(attempt);
      ExecutionId other = started(payload);
      TaskRunId taskRun = created(execution, payload);
      List<PayloadRef> settable =
          List.of(
              PayloadRef.resultOf(execution),
              PayloadRef.resultOf(attempt.taskRunId()),
              PayloadRef.detailsOf(attempt));
      settable.forEach(ref -> set(ref, payload));
      for (StateStore each : List.of(store, openAnother())) {
        settable.forEach(ref -> assertThat(each.payload(ref)).isEqualTo(payload));
        assertThat(each.payload(PayloadRef.inputOf(other))).isEqualTo(payload);
        assertThat(each.payload(PayloadRef.inputOf(taskRun))).isEqualTo(payload);
        assertThat(exists(each.execution(other)).input()).isEqualTo(payload);
        assertThat(exists(exists(each.payload(settable.get(0)))).bytes())
            .isEqualTo(payload.bytes());
        assertThat(each.taskRunProgress(List.of(attempt.taskRunId())).get(0).result())
            .isEqualTo(payload);
      }
    }
  }

  @Test
  @DisplayName("a record without a payload has none, and so has a record that does not exist")
  void none() {
    AttemptId attempt = attempt();
    ExecutionId execution = executionOf(attempt);
    for (PayloadRef ref :
        List.of(
            PayloadRef.inputOf(execution),
            PayloadRef.resultOf(execution),
            PayloadRef.inputOf(attempt.taskRunId()),
            PayloadRef.resultOf(attempt.taskRunId()),
            PayloadRef.detailsOf(attempt),
            PayloadRef.inputOf(ids.executionId()),
            PayloadRef.resultOf(ids.executionId()),
            PayloadRef.inputOf(ids.taskRunId()),
            PayloadRef.resultOf(ids.taskRunId()),
            PayloadRef.detailsOf(new AttemptId(ids.taskRunId(), 1)))) {
      assertThat(store.payload(ref)).as("%s", ref).isNull();
    }
    assertThat(stored(execution).input()).isNull();
    assertThat(progress(attempt.taskRunId()).result()).isNull();
    assertThat(store.payloads(execution, 10)).isEmpty();
    assertThat(store.payloads(ids.executionId(), 10)).isEmpty();
  }

  @Test
  @DisplayName("maps of names and values are payloads, and every JSON object is such a map")
  void maps() {
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, flow(), null, Map.of(), Map.of("b", "2", "a", "x")));
    assertThat(store.payload(PayloadRef.inputOf(id)))
        .isEqualTo(Payload.json("{\"a\":\"x\",\"b\":\"2\"}"));
    assertThat(
            stored(started(Payload.json("{\"n\": 7, \"o\": {\"p\": [null]}, \"t\": true}")))
                .inputs())
        .isEqualTo(Map.of("n", "7", "o", "{\"p\": [null]}", "t", "true"));
    assertThat(stored(started(Payload.json("[1]"))).inputs()).isEmpty();
    assertThat(stored(started(BYTES)).inputs()).isEmpty();

    AttemptId attempt = attempt();
    store.commit(changes().setOutputs(attempt, Map.of("rows", "42")).build());
    assertThat(store.payload(PayloadRef.resultOf(attempt.taskRunId())))
        .isEqualTo(Payload.json("{\"rows\":\"42\"}"));
    store.commit(changes().setResult(attempt, Payload.json("{\"rows\": 43}")).build());
    assertThat(progress(attempt.taskRunId()).outputs()).isEqualTo(Map.of("rows", "43"));
  }

  @Test
  @DisplayName("the input is part of the request that makes a start idempotent")
  void sameRequest() {
    ExecutionId id = started(JSON);
    NewExecution again = new NewExecution(id, flow(), null, Map.of(), JSON);
    assertThat(store.createExecution(again).changed()).isFalse();
    for (Payload other :
        new Payload[] {null, Payload.json("{}"), BYTES, Payload.of("text/plain", JSON.bytes())}) {
      refusedFor(
          RecordRef.of(id),
          Reason.ALREADY_EXISTS,
          () -> store.createExecution(new NewExecution(id, flow(), null, Map.of(), other)));
    }
    assertThat(stored(id).input()).isEqualTo(JSON);
  }

  @Test
  @DisplayName("a task run that is created again keeps its first input")
  void firstInput() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId id = created(execution, JSON);
    assertThat(
            store
                .createTaskRun(new NewTaskRun(id, execution, new TaskId("task-" + id), BYTES))
                .changed())
        .isFalse();
    assertThat(store.payload(PayloadRef.inputOf(id))).isEqualTo(JSON);
  }

  @Test
  @DisplayName("a result replaces an earlier one, and stays when its record has ended")
  void resultOfExecution() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    PayloadRef result = PayloadRef.resultOf(id);
    set(result, BYTES);
    store.commit(
        changes().setResult(id, JSON).updateExecution(id, ExecutionState.SUCCEEDED).build());
    assertThat(store.payload(result)).isEqualTo(JSON);
    assertThat(stored(id).version()).isEqualTo(3);
    refusedFor(RecordRef.of(id), Reason.OUT_OF_STEP, () -> set(result, BYTES));
    assertThat(store.payload(result)).isEqualTo(JSON);
    ExecutionId unknown = ids.executionId();
    refused(NotFoundException.class, () -> set(PayloadRef.resultOf(unknown), JSON));
  }

  @Test
  @DisplayName("a result is refused when another store has ended the record meanwhile")
  void endedByAnother() {
    StateStore other = openAnother();
    AttemptId attempt = attempt();
    ExecutionId execution = executionOf(attempt);
    store.commit(changes().setResult(execution, JSON).setResult(attempt, JSON).build());
    other.commit(
        changes()
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(attempt.taskRunId(), TaskRunState.SUCCEEDED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    refusedFor(
        RecordRef.of(execution),
        Reason.OUT_OF_STEP,
        () -> set(PayloadRef.resultOf(execution), BYTES));
    refusedFor(
        RecordRef.of(attempt.taskRunId()),
        Reason.OUT_OF_STEP,
        () -> set(PayloadRef.resultOf(attempt.taskRunId()), BYTES));
    refused(LeaseLostException.class, () -> set(PayloadRef.detailsOf(attempt), BYTES));
    assertThat(store.payload(PayloadRef.resultOf(execution))).isEqualTo(JSON);
  }

  @Test
  @DisplayName("an attempt that a newer one has replaced cannot set the result of the task run")
  void resultOfTaskRun() {
    AttemptId first = attempt();
    TaskRunId id = first.taskRunId();
    store.updateAttempt(first, AttemptState.FAILED);
    store.recordAttempt(id, "worker-2");
    refused(LeaseLostException.class, () -> store.commit(changes().setResult(first, JSON).build()));
    assertThat(store.payload(PayloadRef.resultOf(id))).isNull();
    AttemptId second = new AttemptId(id, 2);
    store.commit(
        changes()
            .setResult(second, BYTES)
            .updateAttempt(second, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(id, TaskRunState.SUCCEEDED)
            .build());
    assertThat(store.payload(PayloadRef.resultOf(id))).isEqualTo(BYTES);
    refusedFor(RecordRef.of(id), Reason.OUT_OF_STEP, () -> set(PayloadRef.resultOf(id), JSON));
  }

  @Test
  @DisplayName("only a live attempt sets its details, and each attempt has its own")
  void details() {
    AttemptId first = attempt();
    set(PayloadRef.detailsOf(first), Payload.json("{\"progress\": 0.5}"));
    set(PayloadRef.detailsOf(first), JSON);
    store.updateAttempt(first, AttemptState.FAILED);
    refused(LeaseLostException.class, () -> set(PayloadRef.detailsOf(first), BYTES));
    store.recordAttempt(first.taskRunId(), "worker-2");
    AttemptId second = new AttemptId(first.taskRunId(), 2);
    refused(LeaseLostException.class, () -> set(PayloadRef.detailsOf(first), BYTES));
    set(PayloadRef.detailsOf(second), BYTES);
    assertThat(store.payload(PayloadRef.detailsOf(first))).isEqualTo(JSON);
    assertThat(store.payload(PayloadRef.detailsOf(second))).isEqualTo(BYTES);
    AttemptId unknown = new AttemptId(first.taskRunId(), 3);
    refused(NotFoundException.class, () -> set(PayloadRef.detailsOf(unknown), JSON));
  }

  @Test
  @DisplayName("previews have the beginning, type and size of every payload of an execution")
  void previews() {
    ExecutionId id = ids.executionId();
    TaskRunId run = ids.taskRunId();
    Payload euros = Payload.json("\"€€\"");
    ChangeSet.Builder changes =
        changes()
            .createExecution(new NewExecution(id, flow(), null, Map.of(), euros))
            .createTaskRun(new NewTaskRun(run, id, new TaskId("a"), BYTES))
            .updateExecution(id, ExecutionState.RUNNING)
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "worker-1")
            .setDetails(new AttemptId(run, 1), Payload.of("text/plain", utf8("half")))
            .setResult(run, Payload.json("7"))
            .setResult(id, Payload.of("a/b", new byte[0]));
    store.commit(changes.build());
    started(JSON);

    assertThat(store.payloads(id, 5))
        .containsExactly(
            new PayloadPreview(PayloadRef.inputOf(id), Payload.JSON, 8, utf8("\"€")),
            new PayloadPreview(PayloadRef.resultOf(id), "a/b", 0, new byte[0]),
            new PayloadPreview(
                PayloadRef.inputOf(run), "application/x-any", 256, Arrays.copyOf(BYTES.bytes(), 5)),
            new PayloadPreview(PayloadRef.resultOf(run), Payload.JSON, 1, utf8("7")),
            new PayloadPreview(
                PayloadRef.detailsOf(new AttemptId(run, 1)), "text/plain", 4, utf8("half")));
    for (int most : new int[] {0, 1, 255, 256, Integer.MAX_VALUE}) {
      assertThat(store.payloads(id, most).get(2).start())
          .isEqualTo(Arrays.copyOf(BYTES.bytes(), Math.min(most, 256)));
    }
    assertThat(store.payloads(id, 0).get(1).isWhole()).isTrue();
    assertThat(store.payloads(id, 255).get(2).isWhole()).isFalse();
    invalid(() -> store.payloads(id, -1), "-1 bytes", "use 0 or more");
  }

  @Test
  @DisplayName("maxInputBytes, maxOutputBytes and maxDetailBytes bound payloads; nothing is stored")
  void limitsOfPayloads() {
    AttemptId attempt = attempt();
    ExecutionId execution = executionOf(attempt);
    started(Payload.of("a/b", new byte[300]));
    Payload tooLarge = Payload.of("a/b", new byte[301]);
    invalid(() -> started(tooLarge), "301 bytes", "maxInputBytes of 300");
    invalid(() -> created(execution, tooLarge), "301 bytes", "maxInputBytes of 300");
    for (PayloadRef ref :
        List.of(PayloadRef.resultOf(execution), PayloadRef.resultOf(attempt.taskRunId()))) {
      set(ref, Payload.of("a/b", new byte[280]));
      invalid(() -> set(ref, tooLarge), "301 bytes", "maxOutputBytes of 280");
      assertThat(exists(store.payload(ref)).size()).isEqualTo(280);
    }
    PayloadRef details = PayloadRef.detailsOf(attempt);
    set(details, Payload.of("a/b", new byte[260]));
    invalid(() -> set(details, tooLarge), "301 bytes", "maxDetailBytes of 260");
    assertThat(store.taskRuns(execution)).hasSize(1);
  }

  @Test
  @DisplayName("payloads of an execution and of task runs with the same id are kept apart")
  void sameIds() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    ExecutionId other = executionIn(ExecutionState.RUNNING);
    TaskRunId own = new TaskRunId(id.value());
    TaskRunId foreign = new TaskRunId(other.value());
    for (TaskRunId each : List.of(own, foreign)) {
      store.createTaskRun(new NewTaskRun(each, id, new TaskId("task-" + each), Payload.json("1")));
      set(PayloadRef.resultOf(each), Payload.json("2"));
    }
    set(PayloadRef.resultOf(id), Payload.json("3"));
    set(PayloadRef.resultOf(other), Payload.json("4"));
    assertThat(store.payload(PayloadRef.inputOf(own))).isEqualTo(Payload.json("1"));
    assertThat(store.payload(PayloadRef.resultOf(own))).isEqualTo(Payload.json("2"));
    assertThat(store.payload(PayloadRef.resultOf(id))).isEqualTo(Payload.json("3"));
    assertThat(store.payload(PayloadRef.resultOf(other))).isEqualTo(Payload.json("4"));
    assertThat(store.payloads(id, 5))
        .extracting(PayloadPreview::ref)
        .containsExactlyInAnyOrder(
            PayloadRef.resultOf(id),
            PayloadRef.inputOf(own),
            PayloadRef.resultOf(own),
            PayloadRef.inputOf(foreign),
            PayloadRef.resultOf(foreign));
    assertThat(store.payloads(other, 5))
        .extracting(PayloadPreview::ref)
        .containsExactly(PayloadRef.resultOf(other));
  }

  @Test
  @DisplayName("a repeated commit sets a payload once, and another payload is another change set")
  void repeated() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    PayloadRef result = PayloadRef.resultOf(id);
    ChangeSet first = changes().setResult(id, JSON).build();
    store.commit(first);
    set(result, BYTES);
    assertThat(store.commit(first).outcomes().get(0).changed()).isTrue();
    assertThat(store.payload(result)).isEqualTo(BYTES);
    invalid(
        () -> store.commit(ChangeSet.builder(first.id()).setResult(id, BYTES).build()),
        "another change set");
  }
}
