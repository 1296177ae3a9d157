package dev.waymark.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The tables of moves")
class StatesTest {

  private static <S extends Enum<S>> Set<S> reachable(S start, Function<S, Set<S>> moves) {
    Set<S> reached = EnumSet.of(start);
    Deque<S> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      for (S next : moves.apply(open.pop())) {
        if (reached.add(next)) {
          open.push(next);
        }
      }
    }
    return reached;
  }

  @Test
  @DisplayName("reach every state from the first one")
  void everyStateIsReached() {
    assertThat(reachable(ExecutionState.PENDING, ExecutionState::moves))
        .containsExactly(ExecutionState.values());
    assertThat(reachable(TaskRunState.PENDING, TaskRunState::moves))
        .containsExactly(TaskRunState.values());
    assertThat(reachable(AttemptState.RUNNING, AttemptState::moves))
        .containsExactly(AttemptState.values());
  }

  @Test
  @DisplayName("lead from every state to a terminal one")
  void everyStateEnds() {
    for (ExecutionState state : ExecutionState.values()) {
      assertThat(reachable(state, ExecutionState::moves)).anyMatch(State::isTerminal);
    }
    for (TaskRunState state : TaskRunState.values()) {
      assertThat(reachable(state, TaskRunState::moves)).anyMatch(State::isTerminal);
    }
    for (AttemptState state : AttemptState.values()) {
      assertThat(reachable(state, AttemptState::moves)).anyMatch(State::isTerminal);
    }
  }

  @Test
  @DisplayName("have no move from a state to itself")
  void noMoveToItself() {
    for (ExecutionState state : ExecutionState.values()) {
      assertThat(state.canMoveTo(state)).isFalse();
    }
    for (TaskRunState state : TaskRunState.values()) {
      assertThat(state.canMoveTo(state)).isFalse();
    }
    for (AttemptState state : AttemptState.values()) {
      assertThat(state.canMoveTo(state)).isFalse();
    }
  }

  @Test
  @DisplayName("have exactly these terminal states")
  void terminalStates() {
    assertThat(ExecutionState.values())
        .filteredOn(State::isTerminal)
        .containsExactly(ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.CANCELLED);
    assertThat(TaskRunState.values())
        .filteredOn(State::isTerminal)
        .containsExactly(
            TaskRunState.SUCCEEDED,
            TaskRunState.FAILED,
            TaskRunState.CANCELLED,
            TaskRunState.SKIPPED);
    assertThat(AttemptState.values())
        .filteredOn(state -> !state.isTerminal())
        .containsExactly(AttemptState.RUNNING);
  }
}
