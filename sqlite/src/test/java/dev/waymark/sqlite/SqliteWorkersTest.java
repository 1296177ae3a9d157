package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Old workers on SQLite")
class SqliteWorkersTest {
  private static final UUID LIFE = new UUID(1, 1);

  @TempDir Path folder = Path.of("");

  private static void keep(StateStore store, String name) {
    store.commit(ChangeSet.builder().keepWorker(name, LIFE, Duration.ofHours(1), Map.of()).build());
  }

  @Test
  @DisplayName("without a heartbeat for a week are deleted, except one that has come back")
  void forgotten() throws SQLException {
    Path file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file);
        Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      keep(store, "gone");
      keep(store, "back");
      keep(store, "quiet");
      sql.execute("UPDATE workers SET seen_at = seen_at - 8 * 86400000000");
      sql.execute("UPDATE workers SET seen_at = seen_at + 172800000000 WHERE name = 'quiet'");
      keep(store, "back");
      assertThat(store.workers()).extracting(Worker::name).containsExactly("back", "quiet");
    }
  }
}
