package dev.waymark.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Since version 18 the server reports each change of the search path. PgBouncer 1.18 loops without
 * end when it has read a part of such a report at the end of its buffer of 4,096 bytes.
 */
@DisplayName("86: A report of a setting behind PgBouncer")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PgBouncerReportsTest {
  private static final int BUFFER = 4_096;

  @TempDir Path folder = Path.of("");
  private final String schema = TestServer.newName();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  /**
   * What the server sent up to its next ReadyForQuery.
   *
   * @param length in bytes
   * @param reports whether it reports the search path
   */
  private record Answer(int length, boolean reports) {}

  /** Reads the messages of the server: a letter, and the length of what follows. */
  private final class Reader implements Proxy.Tap {
    private static final int HEADER = 5;

    private final ByteArrayOutputStream unread = new ByteArrayOutputStream();
    private int length;
    private boolean reports;

    @Override
    public boolean toClient(byte[] bytes, int count, OutputStream client) throws IOException {
      unread.write(bytes, 0, count);
      ByteBuffer left = ByteBuffer.wrap(unread.toByteArray());
      while (left.remaining() >= HEADER && left.remaining() > left.getInt(left.position() + 1)) {
        byte[] message = new byte[1 + left.getInt(left.position() + 1)];
        left.get(message);
        take(message);
      }
      unread.reset();
      unread.write(left.array(), left.position(), left.remaining());
      client.write(bytes, 0, count);
      return true;
    }

    private void take(byte[] message) {
      length += message.length;
      String text = new String(message, ISO_8859_1);
      reports |= text.startsWith("S") && text.startsWith("search_path\0", HEADER);
      if (text.startsWith("Z")) {
        answers.add(new Answer(length, reports));
        length = 0;
        reports = false;
      }
    }
  }

  private PgBouncer start(Proxy proxy) throws Exception {
    return PgBouncer.startBefore(
        new String[] {"127.0.0.1", Integer.toString(proxy.port())},
        folder,
        "pool_mode = transaction",
        "server_tls_sslmode = disable",
        "ignore_startup_parameters = extra_float_digits");
  }

  private void check() {
    assertThat(answers).anyMatch(each -> each.length() > BUFFER);
    assertThat(answers).filteredOn(Answer::reports).isNotEmpty();
    assertThat(answers).filteredOn(Answer::reports).allMatch(each -> each.length() <= BUFFER);
  }

  @Test
  @DisplayName("comes in a short answer: reads, commits and claims")
  void ownSessions() throws Exception {
    try (Proxy proxy = Proxy.ofTestServer(Reader::new);
        PgBouncer bouncer = start(proxy);
        StateStore store = PostgresStateStore.builder(bouncer.url("")).schema(schema).build()) {
      use(store);
      claimAll(store);
    }
    check();
  }

  private static void use(StateStore store) {
    Sample.useEverything(store, 12);
    for (int i = 0; i < 60; i++) {
      TaskRunId run = Sample.createTaskRun(store);
      store.updateExecution(store.taskRun(run).executionId(), ExecutionState.RUNNING, 1);
      store.commit(ChangeSet.builder().readyTaskRun(run).build());
    }
  }

  private static void claimAll(StateStore store) {
    ClaimRequest claim = ClaimRequest.of("worker", 20, Duration.ofHours(1));
    int claimed = 0;
    while (claimed < 60) {
      claimed += store.claim(claim).claimed().size();
    }
  }

  @Test
  @DisplayName("comes in a short answer: commits within a caller's transaction")
  void callers() throws Exception {
    try (Proxy proxy = Proxy.ofTestServer(Reader::new);
        PgBouncer bouncer = start(proxy)) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(bouncer.url("prepareThreshold=0"));
      config.setMaximumPoolSize(6);
      try (HikariDataSource pool = new HikariDataSource(config);
          PostgresStateStore store = PostgresStateStore.builder(pool).schema(schema).build()) {
        use(store);
        claimAll(store);
        try (Connection connection = pool.getConnection()) {
          connection.setAutoCommit(false);
          use(store.within(connection));
          connection.commit();
        }
      }
    }
    check();
  }
}
