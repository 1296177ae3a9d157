package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Admission by the number of executions of a workflow that are in progress. A change sees the
 * number that results from the changes before it in its change set, and from the change sets that
 * were decided before.
 *
 * @since 0.1.0
 */
public abstract class AdmitContract extends ContractTest {
  private static final WorkflowId OTHER = new WorkflowId("other");
  private static final List<ExecutionState> PAUSED_AFTER_IT_BEGAN =
      List.of(ExecutionState.RUNNING, ExecutionState.PAUSED);

  /** For the backends. */
  protected AdmitContract() {}

  private static boolean last(CommitResult result) {
    List<Outcome> outcomes = result.outcomes();
    return outcomes.get(outcomes.size() - 1).changed();
  }

  private boolean lastOf(ChangeSet.Builder changes) {
    return last(store.commit(changes.build()));
  }

  private ChangeSet admit(ExecutionId id) {
    return changes().admitExecution(id, FLOW, 1).build();
  }

  private ChangeSet resume(ExecutionId id) {
    return changes().resumeExecution(id, FLOW, 1).build();
  }

  // ---- within one change set

  @Test
  @DisplayName("an execution that begins in the same change set counts")
  void beginsBefore() {
    ExecutionId first = execution();
    ExecutionId second = execution();
    assertThat(
            lastOf(
                changes()
                    .updateExecution(first, ExecutionState.RUNNING)
                    .admitExecution(second, FLOW, 1)))
        .isFalse();
    assertThat(stored(second).state()).isEqualTo(ExecutionState.PENDING);
  }

  @Test
  @DisplayName("an execution that ends in the same change set no longer counts")
  void endsBefore() {
    ExecutionId first = executionIn(ExecutionState.RUNNING);
    ExecutionId second = execution();
    assertThat(
            lastOf(
                changes()
                    .updateExecution(first, ExecutionState.SUCCEEDED)
                    .admitExecution(second, FLOW, 1)))
        .isTrue();
    assertThat(stored(second).state()).isEqualTo(ExecutionState.RUNNING);
  }

  @Test
  @DisplayName("an execution that is created and begins in the same change set counts")
  void createdBefore() {
    ExecutionId created = ids.executionId();
    ExecutionId waiting = execution();
    assertThat(
            lastOf(
                changes()
                    .createExecution(new NewExecution(created, FLOW))
                    .updateExecution(created, ExecutionState.RUNNING)
                    .admitExecution(waiting, FLOW, 1)))
        .isFalse();
    assertThat(
            lastOf(
                changes()
                    .updateExecution(created, ExecutionState.FAILED)
                    .admitExecution(waiting, FLOW, 1)))
        .isTrue();
  }

  @Test
  @DisplayName(
      "an execution counts in every state from its begin to its end, and one that never began does not")
  void everyState() {
    Map<List<ExecutionState>, Boolean> ways = new LinkedHashMap<>();
    for (ExecutionState state : ExecutionState.values()) {
      ways.put(wayTo(state), state == ExecutionState.RUNNING || state == ExecutionState.CANCELLING);
    }
    ways.put(PAUSED_AFTER_IT_BEGAN, true);
    for (Map.Entry<List<ExecutionState>, Boolean> way : ways.entrySet()) {
      ExecutionId one = execution();
      ExecutionId waiting = execution();
      ChangeSet.Builder changes = changes();
      way.getKey().forEach(to -> changes.updateExecution(one, to));
      assertThat(lastOf(changes.admitExecution(waiting, FLOW, 1)))
          .as("in one change set, by %s", way.getKey())
          .isEqualTo(!way.getValue());
      end(waiting);
      ExecutionId next = execution();
      assertThat(last(store.commit(admit(next))))
          .as("in a later one, by %s", way.getKey())
          .isEqualTo(!way.getValue());
      end(one);
      end(next);
    }
  }

  // ---- resuming

  @Test
  @DisplayName("one that was paused before it began is resumed only where there is room")
  void pausedBeforeItBegan() {
    ExecutionId running = executionIn(ExecutionState.RUNNING);
    ExecutionId first = executionIn(ExecutionState.PAUSED);
    ExecutionId second = executionIn(ExecutionState.PAUSED);
    assertThat(last(store.commit(resume(first)))).isFalse();
    assertThat(stored(first).state()).isEqualTo(ExecutionState.PAUSED);
    assertThat(
            lastOf(
                changes()
                    .updateExecution(running, ExecutionState.SUCCEEDED)
                    .resumeExecution(first, FLOW, 1)))
        .isTrue();
    assertThat(stored(first).state()).isEqualTo(ExecutionState.RUNNING);
    assertThat(last(store.commit(resume(second)))).isFalse();
    assertThat(
            lastOf(
                changes()
                    .updateExecution(first, ExecutionState.FAILED)
                    .updateExecution(second, ExecutionState.RUNNING)
                    .resumeExecution(second, FLOW, 1)))
        .isFalse();
    assertThat(stored(second).state()).isEqualTo(ExecutionState.RUNNING);
  }

  @Test
  @DisplayName("one that was paused after it began keeps its place, and is always resumed")
  void pausedAfterItBegan() {
    ExecutionId paused = execution();
    ExecutionId waiting = execution();
    ChangeSet.Builder changes = changes();
    PAUSED_AFTER_IT_BEGAN.forEach(to -> changes.updateExecution(paused, to));
    store.commit(changes.build());
    assertThat(last(store.commit(admit(waiting)))).isFalse();
    assertThat(last(store.commit(admit(paused)))).isFalse();
    assertThat(stored(paused).state()).isEqualTo(ExecutionState.PAUSED);
    assertThat(last(store.commit(resume(paused)))).isTrue();
    assertThat(stored(paused).state()).isEqualTo(ExecutionState.RUNNING);
    assertThat(last(store.commit(resume(waiting)))).isFalse();
    assertThat(stored(waiting).state()).isEqualTo(ExecutionState.PENDING);
  }

  private void end(ExecutionId id) {
    ExecutionState state = stored(id).state();
    if (state.isTerminal()) {
      return;
    }
    ChangeSet.Builder changes = changes();
    if (state != ExecutionState.CANCELLING) {
      changes.updateExecution(id, ExecutionState.CANCELLING);
    }
    store.commit(changes.updateExecution(id, ExecutionState.CANCELLED).build());
  }

  @Test
  @DisplayName("moves of other workflows do not count")
  void otherWorkflows() {
    store.saveWorkflow(new NewWorkflow(OTHER, "x"));
    ExecutionId other = ids.executionId();
    ExecutionId own = execution();
    assertThat(
            lastOf(
                changes()
                    .createExecution(new NewExecution(other, OTHER))
                    .updateExecution(other, ExecutionState.RUNNING)
                    .admitExecution(own, FLOW, 1)))
        .isTrue();
  }

  @Test
  @DisplayName("a refused change set does not change the count")
  void refusedBefore() {
    ExecutionId first = execution();
    ExecutionId second = execution();
    TaskRunId unknown = ids.taskRunId();
    CompletableFuture<CommitResult> refused =
        store.commitAsync(
            changes()
                .updateExecution(first, ExecutionState.RUNNING)
                .recordAttempt(unknown, "w")
                .build());
    CompletableFuture<CommitResult> admitted = store.commitAsync(admit(second));
    assertThat(last(admitted.join())).isTrue();
    assertThat(refused.handle((answer, error) -> error).join()).isNotNull();
  }

  // ---- across change sets of one thread

  @Test
  @DisplayName("earlier asynchronous change sets of the same thread count")
  void inOrder() {
    for (int round = 0; round < 20; round++) {
      ExecutionId first = execution();
      ExecutionId second = execution();
      ExecutionId third = execution();
      List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
      answers.add(commitAsync(changes().updateExecution(first, ExecutionState.RUNNING)));
      answers.add(store.commitAsync(admit(second)));
      answers.add(commitAsync(changes().updateExecution(first, ExecutionState.SUCCEEDED)));
      answers.add(store.commitAsync(admit(second)));
      answers.add(store.commitAsync(admit(third)));
      answers.add(commitAsync(changes().updateExecution(second, ExecutionState.FAILED)));
      answers.add(store.commitAsync(admit(third)));
      answers.add(commitAsync(changes().updateExecution(third, ExecutionState.FAILED)));
      assertThat(answers.stream().map(answer -> last(answer.join())))
          .containsExactly(true, false, true, true, false, true, true, true);
    }
  }

  private CompletableFuture<CommitResult> commitAsync(ChangeSet.Builder changes) {
    return store.commitAsync(changes.build());
  }

  @Test
  @DisplayName("asynchronous change sets of several threads and stores count")
  void neverMore() {
    List<StateStore> stores = List.of(store, openAnother());
    List<ExecutionId> waiting = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      waiting.add(execution());
    }
    Parallel.run(
        4,
        thread -> {
          StateStore own = stores.get(thread % 2);
          List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
          for (ExecutionId id : waiting.subList(thread * 6, thread * 6 + 6)) {
            ExecutionId noise = ids.executionId();
            answers.add(
                own.commitAsync(
                    ChangeSet.builder().createExecution(new NewExecution(noise, FLOW)).build()));
            answers.add(own.commitAsync(ChangeSet.builder().admitExecution(id, FLOW, 3).build()));
          }
          answers.forEach(CompletableFuture::join);
          return true;
        });
    assertThat(waiting.stream().filter(id -> stored(id).state() == ExecutionState.RUNNING))
        .hasSize(3);
  }

  @Test
  @DisplayName("an execution that a claim has begun counts")
  void claimedBefore() {
    ExecutionId first = execution();
    ExecutionId second = execution();
    TaskRunId run = taskRun(first);
    store.commit(changes().readyTaskRun(run).build());
    assertThat(store.claim(ClaimRequest.of("w", 1, Duration.ofHours(1))).claimed()).hasSize(1);
    assertThat(last(store.commit(admit(second)))).isFalse();
  }

  // ---- another workflow

  @Test
  @DisplayName("an execution is not admitted under the id of another workflow")
  void otherWorkflow() {
    store.saveWorkflow(new NewWorkflow(OTHER, "x"));
    ExecutionId own = execution();
    for (WorkflowId wrong : List.of(OTHER, new WorkflowId("unknown"))) {
      refusedFor(
          RecordRef.of(own),
          Reason.ALREADY_EXISTS,
          () -> store.commit(changes().admitExecution(own, wrong, 1).build()));
    }
    assertThat(stored(own).state()).isEqualTo(ExecutionState.PENDING);
    assertThat(last(store.commit(admit(own)))).isTrue();
  }
}
