package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The sums in the history rows of a group")
class HistorySumsTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);

  @Test
  @DisplayName("are separate for each execution: earlier transitions and ends")
  void perExecution() {
    Rows rows = WriteStatement.INSERT_HISTORY.rows();
    rows.add(A, Instant.EPOCH, 3, "1", 2, 0);
    rows.add(B, Instant.EPOCH, 5, "2", 4, 0);
    rows.add(A, Instant.EPOCH, 1, "3", 0, 1);
    rows.add(A, Instant.EPOCH, 2, "4", -1, 2);
    rows.add(B, Instant.EPOCH, 4, "5", -1, 1);
    assertThat(HistorySums.of(rows))
        .containsExactly(
            new Object[] {A, Instant.EPOCH, 3, "1", 2, 0, 0L},
            new Object[] {B, Instant.EPOCH, 5, "2", 4, 0, 0L},
            new Object[] {A, Instant.EPOCH, 1, "3", 2, 1, 3L},
            new Object[] {A, Instant.EPOCH, 2, "4", 1, 3, 4L},
            new Object[] {B, Instant.EPOCH, 4, "5", 3, 1, 5L});
    assertThat(HistorySums.types(rows)).hasSize(7);
  }
}
