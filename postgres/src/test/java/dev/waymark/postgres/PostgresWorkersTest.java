package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Old workers on PostgreSQL")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresWorkersTest {
  private static final UUID LIFE = new UUID(1, 1);

  private final String schema = TestServer.newSchema();

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  private static void keep(StateStore store, String name) {
    store.commit(ChangeSet.builder().keepWorker(name, LIFE, Duration.ofHours(1), Map.of()).build());
  }

  private void age(String days, String condition) {
    TestServer.execute(
        "UPDATE %s.workers SET seen_at = seen_at - interval '%s days' WHERE %s"
            .formatted(schema, days, condition));
  }

  @Test
  @DisplayName("without a heartbeat for a week are deleted, except one that has come back")
  void forgotten() {
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      keep(store, "gone");
      keep(store, "back");
      keep(store, "quiet");
      age("8", "name <> 'quiet'");
      age("6", "name = 'quiet'");
      keep(store, "back");
      assertThat(store.workers()).extracting(Worker::name).containsExactly("back", "quiet");
    }
  }

  @Test
  @DisplayName("that another program has locked are skipped by the deletion")
  void heldByAnother() throws SQLException {
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build();
        Connection other = TestServer.connect();
        Statement sql = other.createStatement()) {
      keep(store, "held");
      age("8", "true");
      other.setAutoCommit(false);
      sql.execute("SELECT 1 FROM " + schema + ".workers WHERE name = 'held' FOR UPDATE");
      keep(store, "w");
      assertThat(store.workers()).hasSize(2);
      other.rollback();
      keep(store, "w");
      assertThat(store.workers()).extracting(Worker::name).containsExactly("w");
    }
  }
}
