package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

@DisplayName("A busy SQLite file")
class BusyTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Deque<SQLException> errors = new ArrayDeque<>();
  private int tries;

  private String step() throws SQLException {
    tries++;
    SQLException error = errors.poll();
    if (error != null) {
      throw error;
    }
    return "done";
  }

  private static SQLException error(SQLiteErrorCode code) {
    return new SQLiteException("for the test", code);
  }

  @Test
  @DisplayName("6: is retried, also where SQLite itself does not wait")
  void triesAgain() throws Exception {
    errors.addAll(
        List.of(
            error(SQLiteErrorCode.SQLITE_BUSY),
            error(SQLiteErrorCode.SQLITE_BUSY_RECOVERY),
            error(SQLiteErrorCode.SQLITE_LOCKED)));
    assertThat(Busy.await(LONG, this::step)).isEqualTo("done");
    assertThat(tries).isEqualTo(4);
  }

  @Test
  @DisplayName("is not retried after the busy time-out")
  void givesUp() {
    SQLException busy = error(SQLiteErrorCode.SQLITE_BUSY);
    errors.add(busy);
    assertThatThrownBy(() -> Busy.await(Duration.ZERO, this::step)).isSameAs(busy);
    assertThat(tries).isEqualTo(1);
  }

  @Test
  @DisplayName("is the only error that is retried")
  void otherErrors() {
    SQLException full = error(SQLiteErrorCode.SQLITE_FULL);
    errors.add(full);
    assertThatThrownBy(() -> Busy.await(LONG, this::step)).isSameAs(full);
    assertThat(tries).isEqualTo(1);
  }
}
