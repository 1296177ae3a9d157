package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.trials.CommandLine.Result;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dwaymark.test.open.rounds=100} opens a hundred new stores of each kind. */
@DisplayName("Two processes that open a new store at the same moment")
class OpenTogetherIT {
  private static final int ROUNDS = Integer.getInteger("waymark.test.open.rounds", 3);

  @TempDir Path home = Path.of("");

  @Test
  @DisplayName("both succeed on an SQLite file")
  void sqlite() {
    openTogether(() -> StoreLocation.sqlite(home));
  }

  @Test
  @DisplayName("both succeed on a schema of PostgreSQL")
  void postgres() {
    openTogether(StoreLocation::postgres);
  }

  private void openTogether(Supplier<StoreLocation> places) {
    for (int round = 1; round <= ROUNDS; round++) {
      try (StoreLocation location = places.get()) {
        CommandLine one =
            CommandLine.start(home, location.url(), "pools", "set", "a", "--slots", "1");
        CommandLine other =
            CommandLine.start(home, location.url(), "pools", "set", "b", "--slots", "1");
        assertDone(round, one.await());
        assertDone(round, other.await());
      }
    }
  }

  private static void assertDone(int round, Result result) {
    assertThat(result.err()).as("messages in round %d", round).isEmpty();
    assertThat(result.exitCode()).as("exit code in round %d", round).isZero();
  }
}
