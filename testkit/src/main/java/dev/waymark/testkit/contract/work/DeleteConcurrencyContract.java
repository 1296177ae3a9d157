package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Deletions beside other calls: each execution is there as a whole or not at all.
 *
 * @since 0.1.0
 */
public abstract class DeleteConcurrencyContract extends DeleteTopic {
  private static final int ROUNDS = 20;

  /** For backends that run this topic alone. */
  protected DeleteConcurrencyContract() {}

  @Test
  @DisplayName("of several deletions at the same moment, in two stores, one deletes")
  void atOnce() {
    StateStore other = openAnother();
    for (int round = 0; round < ROUNDS; round++) {
      Full it = full();
      List<Boolean> deleted =
          Parallel.run(4, thread -> delete(thread % 2 == 0 ? store : other, it.id).changed());
      assertThat(deleted).containsOnlyOnce(true);
      assertThat(store.execution(it.id)).isNull();
    }
  }

  @Test
  @DisplayName("a deletion beside a signal, a label and a start under the same id")
  void besideChanges() {
    StateStore other = openAnother();
    List<BiConsumer<ChangeSet.Builder, Full>> changes =
        List.of(
            (c, it) -> c.signal(it.id, "kept", YES, "key"),
            (c, it) -> c.setLabels(it.id, Map.of("a", "b")),
            (c, it) -> c.deleteLogs(it.id));
    for (int round = 0; round < ROUNDS; round++) {
      Full it = full();
      BiConsumer<ChangeSet.Builder, Full> change = changes.get(round % changes.size());
      List<Boolean> done =
          Parallel.run(
              3,
              thread ->
                  switch (thread) {
                    case 0 -> delete(it.id).changed();
                    case 1 -> isCommitted(other, change, it);
                    default -> store.createExecution(it.request).changed();
                  });
      assertThat(done.get(0)).isTrue();
      if (done.get(2)) {
        assertThat(stored(it.id).state()).isEqualTo(ExecutionState.PENDING);
        assertThat(details(it.id).history()).hasSize(1);
        assertThat(store.taskRuns(it.id)).isEmpty();
        move(it.id, ExecutionState.CANCELLED);
        delete(it.id);
      }
      assertThat(store.execution(it.id)).isNull();
      assertThat(store.signals(it.id)).isEmpty();
    }
    assertThat(store.executions(ExecutionQuery.builder().build()).total()).isZero();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private boolean isCommitted(
      StateStore from, BiConsumer<ChangeSet.Builder, Full> change, Full it) {
    ChangeSet.Builder changes = changes();
    change.accept(changes, it);
    try {
      from.commit(changes.build());
      return true;
    } catch (NotFoundException | IllegalTransitionException e) {
      return false; // It was deleted before, or deleted and started again.
    }
  }

  @Test
  @DisplayName("a deletion beside claims of what was still ready at the end")
  void besideClaims() {
    StateStore other = openAnother();
    for (int round = 0; round < ROUNDS; round++) {
      ExecutionId id = executionIn(ExecutionState.RUNNING);
      TaskRunId run = taskRun(id);
      store.commit(
          changes()
              .readyTaskRun(run)
              .updateTaskRun(run, TaskRunState.SKIPPED)
              .updateExecution(id, ExecutionState.SUCCEEDED)
              .build());
      List<Boolean> done =
          Parallel.run(
              3,
              thread ->
                  thread == 0
                      ? delete(id).changed()
                      : (thread == 1 ? store : other)
                          .claim(ClaimRequest.of("worker-" + thread, 10, LONG))
                          .claimed()
                          .isEmpty());
      assertThat(done).containsOnly(true);
      assertThat(store.pools()).isEmpty();
    }
  }

  @Test
  @DisplayName("a deletion beside the end of its last child: it is refused, or the child stays")
  void besideTheEndOfAChild() {
    for (int round = 0; round < ROUNDS; round++) {
      ExecutionId id = executionIn(ExecutionState.RUNNING);
      TaskRunId run = taskRun(id);
      ExecutionId child = child(run);
      store.commit(changes().updateTaskRun(run, TaskRunState.SKIPPED).build());
      move(id, ExecutionState.SUCCEEDED);
      List<Boolean> done =
          Parallel.run(
              2,
              thread -> {
                try {
                  if (thread == 0) {
                    end(child);
                    return true;
                  }
                  return delete(id).changed();
                } catch (RefusedException e) {
                  return false;
                }
              });
      assertThat(done.get(0)).isTrue();
      assertThat(store.execution(id) == null).isEqualTo(done.get(1));
      assertThat(stored(child).state()).isEqualTo(ExecutionState.SUCCEEDED);
    }
  }

  @Test
  @DisplayName("a workflow is deleted beside starts: never an execution without its workflow")
  void workflowBesideStarts() {
    StateStore other = openAnother();
    for (int round = 0; round < ROUNDS; round++) {
      String definition = "round " + round;
      store.saveWorkflow(new NewWorkflow(FLOW, definition));
      List<ExecutionId> started = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        started.add(ids.executionId());
      }
      List<Boolean> done =
          Parallel.run(
              4,
              thread -> {
                try {
                  if (thread == 3) {
                    return store.commit(changes().deleteWorkflow(FLOW).build()) != null;
                  }
                  NewExecution start = new NewExecution(started.get(thread), FLOW);
                  return (thread == 0 ? store : other).createExecution(start).changed();
                } catch (RefusedException e) {
                  return false;
                }
              });
      assertThat(store.workflow(FLOW) == null).isEqualTo(done.get(3));
      for (int i = 0; i < 3; i++) {
        assertThat(store.execution(started.get(i)) != null).isEqualTo(done.get(i));
        if (done.get(i)) {
          move(started.get(i), ExecutionState.CANCELLED);
          delete(started.get(i));
        }
      }
      store.commit(changes().deleteWorkflow(FLOW).build());
      assertThat(store.workflow(FLOW)).isNull();
    }
  }
}
