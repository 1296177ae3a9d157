package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.ProcessGroupsAccess;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that does not answer for a while, or for good. */
@DisplayName("A store in trouble")
class StoreTroubleTest extends RunnerFixture {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("a store that comes back is waited for and nothing is done twice")
  void aStoreThatComesBackIsWaitedForAndNothingIsDoneTwice(boolean afterCommit) {
    ExecutionId id =
        start(flow("flow").task("a", "echo a >> runs").task("b", "echo b >> runs", "a"));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, afterCommit, changes -> true);
    store = faults.asStore();
    faults.failures.set(4);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    store = real;
    assertThat(lines("runs")).containsExactly("a", "b");
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(attemptStates(id, "b")).containsExactly("1 SUCCEEDED");
  }

  @Test
  @DisplayName("a store that stays away ends the run and its processes")
  void aStoreThatStaysAwayEndsTheRunAndItsProcesses() {
    ExecutionId id =
        start(
            flow("flow")
                .task("stays", "echo $$ > pid; test $WAYMARK_ATTEMPT = 2 || sleep 300")
                .task("ends", "while ! test -s pid; do sleep 0.01; done"));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, false, StoreTroubleTest::endsAnAttempt);
    store = faults.asStore();
    faults.failures.set(Integer.MAX_VALUE);
    Runner runner = runner(builder().storePatience(Duration.ofMillis(200)));
    assertThatThrownBy(() -> runner.run(id)).isInstanceOf(StoreUnavailableException.class);
    assertThat(ProcessGroupsAccess.runs(Long.parseLong(read("pid").strip()))).isFalse();
    assertThatThrownBy(() -> runner.run(id))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(StoreUnavailableException.class);

    // The next runner, of this very process, takes it up where the store has it.
    store = real;
    assertThat(attemptStates(id, "ends")).containsExactly("1 RUNNING");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "ends")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attemptStates(id, "stays")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  private static boolean endsAnAttempt(ChangeSet changes) {
    return changes.changes().stream().anyMatch(change -> change instanceof Change.UpdateAttempt);
  }
}
