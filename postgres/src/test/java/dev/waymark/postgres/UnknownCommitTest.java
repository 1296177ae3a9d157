package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.CommitCutter.Cut;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A connection that breaks around a COMMIT")
class UnknownCommitTest {
  /** Attempts of each thread; raise it with -Dwaymark.test.cut.rounds=… for a test of hours. */
  private static final int ROUNDS = Integer.getInteger("waymark.test.cut.rounds", 40);

  private final String schema = TestServer.newSchema();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName(
      "11: many connections break before, inside and after COMMIT: each change set is applied once")
  void cutsAroundCommit() throws Exception {
    long seed = Long.getLong("waymark.test.seed", System.nanoTime());
    Random random = new Random(seed);
    CommitCutter cutter = new CommitCutter(() -> cut(random));
    try (Proxy proxy = Proxy.ofTestServer(cutter);
        StateStore store =
            PostgresStateStore.builder(proxy.url("prepareThreshold=0")).schema(schema).build();
        StateStore direct = open(schema);
        Connection sql = TestServer.connect()) {
      Workload work = new Workload(store, 4, ROUNDS);
      work.run();
      work.check(direct, sql, schema);
      int inside = cutter.count(Cut.INSIDE) + cutter.count(Cut.BEFORE_REPLY);
      System.out.printf(
          "%d change sets; cut: %d before COMMIT, %d inside it, %d before its reply; seed %d%n",
          work.commits(),
          cutter.count(Cut.BEFORE),
          cutter.count(Cut.INSIDE),
          cutter.count(Cut.BEFORE_REPLY),
          seed);
      assertThat(inside).as("cuts inside COMMIT, seed " + seed).isPositive();
      assertThat(cutter.count(Cut.BEFORE_REPLY)).as("cuts before the reply").isPositive();
    }
  }

  private static synchronized Cut cut(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> Cut.BEFORE;
      case 1 -> Cut.INSIDE;
      case 2, 3 -> Cut.BEFORE_REPLY;
      default -> Cut.NOT;
    };
  }

  @Test
  @DisplayName("11: a change set is repeated while the server still runs its COMMIT")
  void serverStillAtIt() throws Exception {
    String twin = TestServer.newSchema();
    ExecutionId id = Sample.IDS.executionId();
    ChangeSet create =
        ChangeSet.builder().createExecution(new NewExecution(id, Sample.WORKFLOW)).build();
    ChangeSet start = ChangeSet.builder().updateExecution(id, ExecutionState.RUNNING, 1L).build();
    try (StateStore store = open(schema);
        StateStore other = open(twin);
        Connection lost = TestServer.connect();
        Statement sql = lost.createStatement()) {
      Sample.saveWorkflow(store);
      Sample.saveWorkflow(other);
      store.commit(create);
      other.commit(create);
      CommitResult first = other.commit(start);

      // The work of the session whose connection was lost: it holds its locks until it has
      // committed.
      lost.setAutoCommit(false);
      sql.execute(
          "UPDATE %s.executions e SET state = t.state, version = t.version, started_at = t.started_at FROM %s.executions t WHERE e.id = t.id"
              .formatted(schema, twin));
      sql.execute(
          "INSERT INTO %s.commits SELECT * FROM %s.commits WHERE id = '%s'"
              .formatted(schema, twin, start.id()));
      CompletableFuture<CommitResult> again =
          CompletableFuture.supplyAsync(() -> store.commit(start));
      Sample.awaitLockWaiters(schema, 1);
      lost.commit();

      CommitResult answer = again.get(30, TimeUnit.SECONDS);
      assertThat(answer).isEqualTo(first);
      assertThat(answer.outcomes()).extracting(Outcome::version).containsExactly(2L);
    } finally {
      TestServer.drop(twin);
    }
  }

  private static StateStore open(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).build();
  }
}
