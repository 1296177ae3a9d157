package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Executions: the revision that they pin, idempotent starts, and the times, versions and reasons
 * that they keep.
 *
 * @since 0.1.0
 */
public abstract class ExecutionContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected ExecutionContract() {}

  private void revision(String definition) {
    store.saveWorkflow(new NewWorkflow(FLOW, definition));
  }

  private ExecutionId start(@Nullable Integer revision) {
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW, revision, Map.of(), Map.of()));
    return id;
  }

  @Test
  @DisplayName(
      "a new execution is PENDING at version 1, with the values of its start and nothing else")
  void created() {
    ExecutionId id = ids.executionId();
    Map<String, String> labels = Map.of("team", "data", "app.example/tier", "1");
    Map<String, String> inputs = Map.of("day", "today", "_x-1", "");
    flow();
    assertThat(store.createExecution(new NewExecution(id, FLOW, null, labels, inputs)))
        .isEqualTo(new Outcome(RecordRef.of(id), 1, true));
    assertThat(stored(id))
        .isEqualTo(
            new Execution(
                id, FLOW, 1, ExecutionState.PENDING, 1, labels, inputs, START, null, null, null));
  }

  @Test
  @DisplayName("an execution pins the latest revision at its start, or the requested one")
  void pins() {
    revision("one");
    ExecutionId atOne = start(null);
    revision("two");
    ExecutionId atTwo = start(null);
    ExecutionId explicit = start(1);
    revision("three");
    assertThat(stored(atOne).workflowRevision()).isEqualTo(1);
    assertThat(stored(atTwo).workflowRevision()).isEqualTo(2);
    assertThat(stored(explicit).workflowRevision()).isEqualTo(1);
    assertThat(stored(FLOW, stored(atTwo).workflowRevision()).definition()).isEqualTo("two");
  }

  @Test
  @DisplayName("in one change set an execution pins the revision that was saved before it")
  void pinsWithinOneChangeSet() {
    ExecutionId first = ids.executionId();
    ExecutionId second = ids.executionId();
    store.commit(
        changes()
            .saveWorkflow(new NewWorkflow(FLOW, "one"))
            .createExecution(new NewExecution(first, FLOW))
            .saveWorkflow(new NewWorkflow(FLOW, "two"))
            .createExecution(new NewExecution(second, FLOW))
            .build());
    assertThat(stored(first).workflowRevision()).isEqualTo(1);
    assertThat(stored(second).workflowRevision()).isEqualTo(2);
  }

  @Test
  @DisplayName("an execution of a missing workflow or revision is refused")
  void unknownWorkflow() {
    revision("one");
    ExecutionId id = ids.executionId();
    WorkflowId unknown = new WorkflowId("unknown");
    refusedFor(
        RecordRef.of(unknown),
        Reason.NOT_FOUND,
        () -> store.createExecution(new NewExecution(id, unknown)));
    NotFoundException noRevision =
        refused(
            NotFoundException.class,
            () -> store.createExecution(new NewExecution(id, FLOW, 2, Map.of(), Map.of())));
    assertThat(noRevision).hasMessageContaining("revision 2").hasMessageContaining(id.toString());
    for (int revision : new int[] {0, -1}) {
      invalid(
          () -> store.createExecution(new NewExecution(id, FLOW, revision, Map.of(), Map.of())),
          "revision " + revision);
    }
    assertThat(store.execution(id)).isNull();
  }

  @Test
  @DisplayName("creating it again by the same request changes nothing, in every state")
  void idempotent() {
    revision("one");
    NewExecution request =
        new NewExecution(
            ids.executionId(), FLOW, null, Map.of("a", "1", "b", "2"), Map.of("x", "y"));
    store.createExecution(request);
    store.updateExecution(request.id(), ExecutionState.RUNNING, 1);
    revision("two");
    ExecutionDetails before = details(request.id());
    clock.advance(Duration.ofHours(1));
    assertThat(store.createExecution(request))
        .isEqualTo(new Outcome(RecordRef.of(request.id()), 2, false));
    assertThat(details(request.id())).isEqualTo(before);
  }

  @Test
  @DisplayName("creating it again by another request is a conflict that names it")
  void conflictingRequest() {
    revision("one");
    store.saveWorkflow(new NewWorkflow(new WorkflowId("other"), "x"));
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of("x", "y")));
    ExecutionDetails before = details(id);
    for (NewExecution other :
        List.of(
            new NewExecution(id, new WorkflowId("other"), null, Map.of("a", "1"), Map.of("x", "y")),
            new NewExecution(id, FLOW, 1, Map.of("a", "1"), Map.of("x", "y")),
            new NewExecution(id, FLOW, null, Map.of("a", "2"), Map.of("x", "y")),
            new NewExecution(id, FLOW, null, Map.of(), Map.of("a", "1", "x", "y")),
            new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of("x", "z")),
            new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of()))) {
      Refusal refusal =
          refusedFor(RecordRef.of(id), Reason.ALREADY_EXISTS, () -> store.createExecution(other));
      assertThat(refusal.found()).isNotBlank();
      refused(ConflictException.class, () -> store.createExecution(other));
    }
    assertThat(details(id)).isEqualTo(before);
  }

  @Test
  @DisplayName("any UUID may be the id of an execution")
  void anyUuid() {
    flow();
    for (UUID uuid :
        List.of(
            new UUID(0, 0),
            new UUID(-1, -1),
            new UUID(Long.MIN_VALUE, 1),
            new UUID(1, Long.MIN_VALUE))) {
      store.createExecution(new NewExecution(new ExecutionId(uuid), FLOW));
      assertThat(stored(new ExecutionId(uuid)).id().value()).isEqualTo(uuid);
    }
    assertThat(store.execution(new ExecutionId(new UUID(0, 1)))).isNull();
    assertThat(store.executionDetails(new ExecutionId(new UUID(0, 1)))).isNull();
  }

  @Test
  @DisplayName(
      "startedAt is the time of its first move to RUNNING, and endedAt the time of its end")
  void times() {
    ExecutionId id = execution();
    assertThat(stored(id).startedAt()).isNull();
    Instant first = clock.advance(Duration.ofSeconds(1));
    store.updateExecution(id, ExecutionState.RUNNING, 1);
    clock.advance(Duration.ofSeconds(1));
    store.updateExecution(id, ExecutionState.PAUSED, 2);
    clock.advance(Duration.ofSeconds(1));
    store.updateExecution(id, ExecutionState.RUNNING, 3);
    assertThat(stored(id).startedAt()).isEqualTo(first);
    assertThat(stored(id).endedAt()).isNull();
    Instant end = clock.advance(Duration.ofSeconds(1));
    store.updateExecution(id, ExecutionState.SUCCEEDED, 4);
    assertThat(stored(id).createdAt()).isEqualTo(START);
    assertThat(stored(id).startedAt()).isEqualTo(first);
    assertThat(stored(id).endedAt()).isEqualTo(end);
  }

  @Test
  @DisplayName("an execution that never ran has no startedAt, even after its end")
  void neverRan() {
    ExecutionId id = executionIn(ExecutionState.PAUSED);
    store.updateExecution(id, ExecutionState.CANCELLED, 2);
    assertThat(stored(id).startedAt()).isNull();
    assertThat(stored(id).endedAt()).isEqualTo(START);
  }

  @Test
  @DisplayName("every move increases the version by one, and the outcome contains it")
  void versions() {
    ExecutionId id = execution();
    long version = 1;
    for (int i = 0; i < 4; i++) {
      for (ExecutionState to : List.of(ExecutionState.RUNNING, ExecutionState.PAUSED)) {
        assertThat(store.updateExecution(id, to, version))
            .isEqualTo(new Outcome(RecordRef.of(id), version + 1, true));
        version++;
        assertThat(stored(id).version()).isEqualTo(version);
      }
    }
  }

  @Test
  @DisplayName("a move without an expected version only has to be in the table of moves")
  void withoutVersion() {
    ExecutionId id = execution();
    store.commit(changes().updateExecution(id, ExecutionState.RUNNING).build());
    store.commit(changes().updateExecution(id, ExecutionState.SUCCEEDED).build());
    assertThat(stored(id).version()).isEqualTo(3);
  }

  @Test
  @DisplayName("the reason of a move is kept, and a later move without one does not clear it")
  void error() {
    ExecutionId failed = executionIn(ExecutionState.RUNNING);
    store.commit(
        changes()
            .add(new Change.UpdateExecution(failed, ExecutionState.FAILED, 2L, "task x failed"))
            .build());
    assertThat(stored(failed).error()).isEqualTo("task x failed");

    ExecutionId cancelled = executionIn(ExecutionState.RUNNING);
    store.commit(
        changes().updateExecution(cancelled, ExecutionState.CANCELLING, "asked by ann").build());
    assertThat(stored(cancelled).error()).isEqualTo("asked by ann");
    store.commit(changes().updateExecution(cancelled, ExecutionState.CANCELLED).build());
    assertThat(stored(cancelled).error()).isEqualTo("asked by ann");

    ExecutionId replaced = executionIn(ExecutionState.RUNNING);
    store.commit(changes().updateExecution(replaced, ExecutionState.CANCELLING, "first").build());
    store.commit(changes().updateExecution(replaced, ExecutionState.CANCELLED, "second").build());
    assertThat(stored(replaced).error()).isEqualTo("second");
  }

  @Test
  @DisplayName("moving a missing execution is refused and creates none")
  void unknownExecution() {
    ExecutionId id = ids.executionId();
    refusedFor(
        RecordRef.of(id),
        Reason.NOT_FOUND,
        () -> store.updateExecution(id, ExecutionState.RUNNING, 1));
    assertThat(store.execution(id)).isNull();
  }
}
