package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The complete tables of moves: from every state of every kind to every other state and to itself.
 *
 * @since 0.1.0
 */
public abstract class StateMachineContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected StateMachineContract() {}

  @ParameterizedTest(name = "(from {0})")
  @EnumSource
  @DisplayName("an execution makes the moves of the table and no others")
  void executions(ExecutionState from) {
    for (ExecutionState to : ExecutionState.values()) {
      ExecutionId id = executionIn(from);
      if (from.canMoveTo(to)) {
        clock.advance(Duration.ofSeconds(1));
        store.updateExecution(id, to, stored(id).version());
        assertThat(stored(id).state()).isEqualTo(to);
        assertMoved(details(id), RecordRef.of(id), from, to);
      } else {
        assertRefused(
            id,
            RecordRef.of(id),
            from,
            to,
            from.moves(),
            () -> store.updateExecution(id, to, stored(id).version()));
      }
    }
  }

  @ParameterizedTest(name = "(from {0})")
  @EnumSource
  @DisplayName("a task run makes the moves of the table and no others")
  void taskRuns(TaskRunState from) {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    for (TaskRunState to : TaskRunState.values()) {
      TaskRunId id = taskRunIn(execution, from);
      if (from.canMoveTo(to)) {
        clock.advance(Duration.ofSeconds(1));
        store.updateTaskRun(id, to, stored(id).version());
        assertThat(stored(id).state()).isEqualTo(to);
        assertMoved(details(execution), RecordRef.of(id), from, to);
      } else {
        assertRefused(
            execution,
            RecordRef.of(id),
            from,
            to,
            from.moves(),
            () -> store.updateTaskRun(id, to, stored(id).version()));
      }
    }
  }

  @ParameterizedTest(name = "(from {0})")
  @EnumSource
  @DisplayName("an attempt makes the moves of the table and no others")
  void attempts(AttemptState from) {
    for (AttemptState to : AttemptState.values()) {
      AttemptId id = attemptIn(from);
      ExecutionId execution = stored(id.taskRunId()).executionId();
      if (from.canMoveTo(to)) {
        clock.advance(Duration.ofSeconds(1));
        store.updateAttempt(id, to);
        assertThat(stored(id).state()).isEqualTo(to);
        assertMoved(details(execution), RecordRef.of(id), from, to);
      } else if (from == AttemptState.LOST) {
        ExecutionDetails before = details(execution);
        refused(LeaseLostException.class, () -> store.updateAttempt(id, to));
        refusedFor(RecordRef.of(id), Reason.LEASE_LOST, () -> store.updateAttempt(id, to));
        assertThat(details(execution)).isEqualTo(before);
      } else {
        assertRefused(
            execution, RecordRef.of(id), from, to, from.moves(), () -> store.updateAttempt(id, to));
      }
    }
  }

  private void assertMoved(ExecutionDetails details, RecordRef record, State from, State to) {
    List<Transition> history = details.history();
    assertThat(history.get(history.size() - 1))
        .isEqualTo(new Transition(history.size(), record, from, to, clock.instant()));
  }

  private void assertRefused(
      ExecutionId execution,
      RecordRef record,
      State from,
      State to,
      Set<? extends State> allowed,
      Runnable move) {
    ExecutionDetails before = details(execution);
    refused(IllegalTransitionException.class, move::run);
    Refusal refusal = refusedFor(record, Reason.ILLEGAL_MOVE, move::run);
    assertThat(refusal.attempted()).contains(to.name());
    assertThat(refusal.found()).contains(from.name());
    if (allowed.isEmpty()) {
      assertThat(refusal.expected()).contains(from.name(), "final");
    } else {
      assertThat(refusal.expected()).contains(allowed.stream().map(State::name).toList());
    }
    assertThat(details(execution)).isEqualTo(before);
  }
}
