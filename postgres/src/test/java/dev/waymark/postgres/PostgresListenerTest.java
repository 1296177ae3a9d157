package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testserver.TestServer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("A listener of ready task runs on PostgreSQL")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class PostgresListenerTest {
  private final String schema = TestServer.newSchema();
  private final String sessions =
      "FROM pg_stat_activity WHERE application_name = '"
          + schema
          + "' AND (query LIKE 'LISTEN%' OR query LIKE '%pg_listening_channels%')";
  private final Semaphore calls = new Semaphore(0);
  private StateStore store;
  private StateStore other;

  @BeforeEach
  void open() {
    store = open("ApplicationName=" + schema);
    other = open("ApplicationName=other");
    Sample.saveWorkflow(store);
  }

  private StateStore open(String parameters) {
    return PostgresStateStore.builder(TestServer.url(parameters)).schema(schema).build();
  }

  @AfterEach
  void close() {
    store.close();
    other.close();
    awaitNobody();
    TestServer.drop(schema);
  }

  /** Subscribes, and waits for the call that follows the LISTEN. */
  private Subscription listen(StateStore listening) throws InterruptedException {
    Subscription subscription = listening.onReady(calls::release);
    awaitCall();
    return subscription;
  }

  private void awaitCall() throws InterruptedException {
    assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Commits through the other store, and waits for the call. */
  private void commitAndAwaitCall(ChangeSet.Builder changes) throws InterruptedException {
    calls.drainPermits();
    other.commit(changes.build());
    awaitCall();
  }

  private void makeReady() throws InterruptedException {
    TaskRunId run = Sample.createTaskRun(other);
    commitAndAwaitCall(ChangeSet.builder().readyTaskRun(run));
  }

  private boolean isHeard() {
    return isThreadAlive() || !TestServer.text("SELECT count(*) " + sessions).equals("0");
  }

  private boolean isThreadAlive() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("waymark-listen-" + schema));
  }

  private void awaitNobody() {
    while (isHeard()) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("is called when another store makes something ready or due, or cancels an execution")
  void wakes() throws InterruptedException {
    ExecutionId execution = Sample.createExecution(other);
    try (Subscription subscription = listen(store)) {
      assertThat(subscription).isNotNull();
      makeReady();
      commitAndAwaitCall(ChangeSet.builder().markDue(execution, DueReason.DEADLINE, Duration.ZERO));
      commitAndAwaitCall(ChangeSet.builder().updateExecution(execution, ExecutionState.CANCELLING));
    }
  }

  @Test
  @DisplayName("12: is called again after its connection was ended, and once for what it missed")
  void endedSession() throws InterruptedException {
    try (Subscription subscription = listen(store)) {
      assertThat(subscription).isNotNull();
      for (int i = 0; i < 3; i++) {
        calls.drainPermits();
        assertThat(TestServer.text("SELECT count(pg_terminate_backend(pid)) " + sessions))
            .isEqualTo("1");
        awaitCall();
        makeReady();
      }
    }
  }

  @Test
  @DisplayName("leaves nothing behind when it is closed, and can be added again")
  void stops() throws InterruptedException {
    Subscription one = listen(store);
    Subscription two = store.onReady(calls::release);
    one.close();
    one.close();
    assertThat(isHeard()).isTrue();
    makeReady();
    two.close();
    awaitNobody();
    try (Subscription again = listen(store)) {
      assertThat(again).isNotNull();
      makeReady();
    }
  }

  @Test
  @DisplayName("leaves nothing behind when the store is closed before it")
  void closedStore() throws InterruptedException {
    Subscription subscription = listen(store);
    store.close();
    awaitNobody();
    subscription.close();
  }

  @Test
  @DisplayName("uses one connection of the caller's data source")
  void dataSource() throws InterruptedException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url());
    source.setApplicationName(schema);
    try (StateStore borrowing = PostgresStateStore.builder(source).schema(schema).build();
        Subscription subscription = listen(borrowing)) {
      assertThat(subscription).isNotNull();
      assertThat(TestServer.text("SELECT count(*) " + sessions)).isEqualTo("1");
      makeReady();
    }
  }
}
