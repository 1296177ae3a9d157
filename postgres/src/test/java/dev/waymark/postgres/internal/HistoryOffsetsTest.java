package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The offsets of the rows of the history in a group")
class HistoryOffsetsTest {
  @Test
  @DisplayName("count the transitions of the same execution in the rows before")
  void perExecution() {
    UUID a = new UUID(0, 1);
    UUID b = new UUID(0, 2);
    Rows rows = WriteStatement.INSERT_HISTORY.rows();
    add(rows, a, 3);
    add(rows, b, 5);
    add(rows, a, 1);
    add(rows, a, 2);
    add(rows, b, 4);
    assertThat(HistoryOffsets.of(rows)).containsExactly(0L, 0L, 3L, 4L, 5L);
  }

  private static void add(Rows rows, UUID execution, int transitions) {
    rows.add(execution, Instant.EPOCH, transitions, "[]");
  }

  @Test
  @DisplayName("are of the history only")
  void otherRows() {
    assertThatThrownBy(() -> HistoryOffsets.of(WriteStatement.INSERT_COMMIT.rows()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INSERT_COMMIT");
  }
}
