package dev.waymark.jdbc.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.jdbc.internal.sql.CountChanges.Change;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Changes of the counts of executions")
class CountChangesTest {
  private static final WorkflowId A = new WorkflowId("a");
  private static final WorkflowId B = new WorkflowId("b");
  private static final Instant FIRST_DAY = Instant.EPOCH;

  private final CountChanges changes = new CountChanges();

  @Test
  @DisplayName("are added up by workflow and for all workflows")
  void addedUp() {
    changes.add(A, null, ExecutionState.PENDING, FIRST_DAY);
    changes.add(A, null, ExecutionState.PENDING, FIRST_DAY);
    changes.add(B, ExecutionState.PENDING, ExecutionState.RUNNING, FIRST_DAY);
    assertThat(changes.list())
        .containsExactly(
            new Change("", "PENDING", 0, 1),
            new Change("", "RUNNING", 0, 1),
            new Change("a", "PENDING", 0, 2),
            new Change("b", "PENDING", 0, -1),
            new Change("b", "RUNNING", 0, 1));
  }

  @Test
  @DisplayName("are none where one move reverses another")
  void reversed() {
    changes.add(A, ExecutionState.RUNNING, ExecutionState.PAUSED, FIRST_DAY);
    changes.add(A, ExecutionState.PAUSED, ExecutionState.RUNNING, FIRST_DAY);
    assertThat(changes.list()).isEmpty();
  }

  @Test
  @DisplayName("belong to the day of creation in UTC, before 1970 too")
  void days() {
    changes.add(A, null, ExecutionState.PENDING, Instant.parse("1969-12-31T23:59:59.999999Z"));
    changes.add(A, null, ExecutionState.PENDING, Instant.parse("1970-01-01T23:59:59.999999Z"));
    changes.add(A, null, ExecutionState.PENDING, Instant.parse("2026-11-28T00:00:00Z"));
    assertThat(changes.list())
        .extracting(Change::workflow, Change::day)
        .contains(tuple("a", -1), tuple("a", 0), tuple("a", 20_785));
  }
}
