package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Workflows that are deleted, and saved again.
 *
 * @since 0.1.0
 */
public abstract class DeleteWorkflowContract extends DeleteTopic {
  private static final WorkflowId OTHER = new WorkflowId("other");

  /** For backends that run this topic alone. */
  protected DeleteWorkflowContract() {}

  private Outcome delete(WorkflowId id) {
    return delete(store, id);
  }

  private Outcome delete(StateStore from, WorkflowId id) {
    return from.commit(changes().deleteWorkflow(id).build()).outcomes().get(0);
  }

  private long save(String definition) {
    return store
        .saveWorkflow(new NewWorkflow(FLOW, definition, "text", Map.of("a", "b")))
        .version();
  }

  @Test
  @DisplayName("all its revisions are gone, for every reader")
  void everythingIsGone() {
    save("one");
    save("two");
    store.saveWorkflow(new NewWorkflow(OTHER, "x"));
    assertThat(delete(FLOW)).isEqualTo(new Outcome(RecordRef.of(FLOW), 2, true));
    for (StateStore each : List.of(store, openAnother())) {
      assertThat(each.workflow(FLOW)).isNull();
      assertThat(each.workflow(FLOW, 1)).isNull();
      assertThat(each.workflow(FLOW, 2)).isNull();
      assertThat(each.workflowHistory(FLOW, PageRequest.first(10)).total()).isZero();
      assertThat(each.workflows(PageRequest.first(10)).total()).isEqualTo(1);
      assertThat(each.workflows(PageRequest.first(10)).items())
          .extracting(Workflow::id)
          .containsExactly(OTHER);
      assertThat(each.idsStartingWith(RecordKind.WORKFLOW, "n", 10)).isEmpty();
      assertThat(each.idsStartingWith(RecordKind.WORKFLOW, "", 10)).containsExactly("other");
    }
  }

  @Test
  @DisplayName("a workflow that does not exist, or no longer, is no error: nothing changes")
  void repeated() {
    Outcome nothing = new Outcome(RecordRef.of(FLOW), 0, false);
    assertThat(delete(FLOW)).isEqualTo(nothing);
    save("one");
    delete(FLOW);
    assertThat(delete(FLOW)).isEqualTo(nothing);
    assertThat(delete(openAnother(), FLOW)).isEqualTo(nothing);
  }

  @Test
  @DisplayName("saved again, it continues with the next revision, also with the same content")
  void savedAgain() {
    StateStore other = openAnother();
    NewWorkflow content = new NewWorkflow(FLOW, "two", "text", Map.of("a", "b"));
    save("one");
    save("two");
    assertThat(other.saveWorkflow(content).changed()).isFalse();
    delete(FLOW);
    assertThat(other.saveWorkflow(content)).isEqualTo(new Outcome(RecordRef.of(FLOW), 3, true));
    assertThat(store.saveWorkflow(content)).isEqualTo(new Outcome(RecordRef.of(FLOW), 3, false));
    assertThat(save("four")).isEqualTo(4);
    assertThat(store.workflowHistory(FLOW, PageRequest.first(10)).items())
        .extracting(Workflow::revision)
        .containsExactly(3, 4);
    assertThat(stored(FLOW).revision()).isEqualTo(4);
    assertThat(store.workflow(FLOW, 2)).isNull();
    assertThat(store.workflows(PageRequest.first(10)).total()).isEqualTo(1);
    delete(other, FLOW);
    assertThat(save("two")).isEqualTo(5);
  }

  @Test
  @DisplayName("executions prevent it, and the refusal says how many")
  void withExecutions() {
    ExecutionId open = executionIn(ExecutionState.RUNNING);
    ExecutionId ended = executionIn(ExecutionState.SUCCEEDED);
    refusedFor(RecordRef.of(FLOW), Reason.OUT_OF_STEP, () -> delete(FLOW));
    assertThatThrownBy(() -> delete(FLOW))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("delete them first")
        .hasMessageContaining("2 executions");
    delete(ended);
    assertThatThrownBy(() -> delete(FLOW)).hasMessageContaining("1 execution");
    assertThat(stored(FLOW).revision()).isEqualTo(1);
    CommitResult result =
        store.commit(
            changes()
                .updateExecution(open, ExecutionState.SUCCEEDED)
                .deleteExecution(open)
                .deleteWorkflow(FLOW)
                .build());
    assertThat(result.outcomes()).extracting(Outcome::changed).containsOnly(true);
    assertThat(store.workflow(FLOW)).isNull();
    refused(NotFoundException.class, () -> store.createExecution(execution(null)));
  }

  private NewExecution execution(@Nullable Integer revision) {
    return new NewExecution(ids.executionId(), FLOW, revision, Map.of(), Map.of());
  }

  @Test
  @DisplayName("an execution that is created before it in the change set prevents it")
  void createdBefore() {
    save("one");
    assertThatThrownBy(
            () ->
                store.commit(
                    changes().createExecution(execution(null)).deleteWorkflow(FLOW).build()))
        .hasMessageContaining("1 execution");
    assertThatThrownBy(
            () ->
                store.commit(
                    changes().deleteWorkflow(FLOW).createExecution(execution(null)).build()))
        .isInstanceOf(NotFoundException.class);
    assertThat(stored(FLOW).revision()).isEqualTo(1);
  }

  @Test
  @DisplayName("deleted and saved in one change set, it has the next revision alone")
  void savedInTheSameChangeSet() {
    save("one");
    NewExecution next = execution(2);
    CommitResult result =
        store.commit(
            changes()
                .deleteWorkflow(FLOW)
                .saveWorkflow(new NewWorkflow(FLOW, "one"))
                .createExecution(next)
                .build());
    assertThat(result.outcomes()).extracting(Outcome::version).containsExactly(1L, 2L, 1L);
    assertThat(stored(next.id()).workflowRevision()).isEqualTo(2);
    assertThat(store.workflow(FLOW, 1)).isNull();
  }

  @Test
  @DisplayName("no execution runs a deleted revision, also for a store that knew it")
  void deletedRevision() {
    StateStore other = openAnother();
    save("one");
    ExecutionId known = ids.executionId();
    other.createExecution(new NewExecution(known, FLOW));
    other.updateExecution(known, ExecutionState.CANCELLED, 1);
    delete(known);
    delete(FLOW);
    for (StateStore each : List.of(store, other, openAnother())) {
      refusedFor(RecordRef.of(FLOW), Reason.NOT_FOUND, () -> each.createExecution(execution(null)));
      refusedFor(RecordRef.of(FLOW), Reason.NOT_FOUND, () -> each.createExecution(execution(1)));
    }
    save("two");
    for (StateStore each : List.of(other, store, openAnother())) {
      assertThatThrownBy(() -> each.createExecution(execution(1)))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("revisions 2 to 2");
      NewExecution newest = execution(null);
      each.createExecution(newest);
      assertThat(stored(newest.id()).workflowRevision()).isEqualTo(2);
    }
  }
}
