package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: the store as a library")
class StoreAsLibraryTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName(
      "a lost attempt is followed by one that succeeds, and the history contains both in order")
  void history() {
    try (StateStore store = SqliteStateStore.open(folder.resolve("orders.db"))) {
      assertThat(StoreAsLibrary.run(store))
          .containsExactly(
              "1 execution null -> PENDING",
              "2 task run null -> PENDING",
              "3 execution PENDING -> RUNNING",
              "4 task run PENDING -> RUNNING",
              "5 attempt null -> RUNNING",
              "6 attempt RUNNING -> LOST",
              "7 task run RUNNING -> RETRYING",
              "8 task run RETRYING -> RUNNING",
              "9 attempt null -> RUNNING",
              "10 attempt RUNNING -> SUCCEEDED",
              "11 task run RUNNING -> SUCCEEDED",
              "12 execution RUNNING -> SUCCEEDED");
    }
  }

  @Test
  @DisplayName("is shown in the documentation as it is compiled and run")
  void shown() throws IOException {
    assertThat(Excerpts.embedding()).contains(Excerpts.of("StoreAsLibrary"));
  }
}
