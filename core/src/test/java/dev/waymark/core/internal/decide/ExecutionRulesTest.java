package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.NOW;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The times of an execution")
class ExecutionRulesTest {
  private final GroupLedger ledger = new GroupLedger();
  private final ExecutionId id = ledger.execution();

  private ExecutionHead head() {
    return Objects.requireNonNull(ledger.ledger.execution(id));
  }

  @Test
  @DisplayName("begin with its first move to RUNNING and end with its move to a final state")
  void startAndEnd() {
    ledger.accepted(move(id, ExecutionState.PAUSED));
    assertThat(head().startedAt()).isNull();
    ledger.accepted(move(id, ExecutionState.RUNNING));
    assertThat(head().startedAt()).isEqualTo(NOW);
    assertThat(head().endedAt()).isNull();
    ExecutionHead resumed =
        head()
            .moved(ExecutionState.PAUSED, NOW.plusSeconds(1))
            .moved(ExecutionState.RUNNING, NOW.plusSeconds(2));
    assertThat(resumed.startedAt()).isEqualTo(NOW);
    ledger.accepted(move(id, ExecutionState.SUCCEEDED));
    assertThat(head().endedAt()).isEqualTo(NOW);
  }

  @Test
  @DisplayName("have an end and no start when it never ran")
  void neverRan() {
    ledger.accepted(move(id, ExecutionState.CANCELLED));
    assertThat(head().startedAt()).isNull();
    assertThat(head().endedAt()).isEqualTo(NOW);
  }
}
