package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A listener of ready task runs on SQLite")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class SqliteListenerTest {
  @TempDir Path folder;
  private final Semaphore calls = new Semaphore(0);
  private SqliteStateStore store;
  private SqliteStateStore other;

  @BeforeEach
  void open() {
    store = SqliteStateStore.open(folder.resolve("waymark.db"));
    other = SqliteStateStore.open(folder.resolve("waymark.db"));
  }

  @AfterEach
  void close() {
    store.close();
    other.close();
    awaitNoThread();
  }

  private void awaitCall() throws InterruptedException {
    assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Subscribes, and waits for the call that follows the first read of the file. */
  private Subscription listen() throws InterruptedException {
    Subscription subscription = store.onReady(calls::release);
    awaitCall();
    return subscription;
  }

  private void write() {
    other.commit(
        ChangeSet.builder()
            .keepWorker("w", new UUID(7, 7), Duration.ofMinutes(1), Map.of())
            .build());
  }

  private static boolean isThreadAlive() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("waymark-listen-sqlite"));
  }

  private static void awaitNoThread() {
    while (isThreadAlive()) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("is called for every commit of another store on the file")
  void hearsOthers() throws Exception {
    try (Subscription subscription = listen()) {
      for (int i = 0; i < 3; i++) {
        calls.drainPermits();
        write();
        awaitCall();
      }
    }
  }

  @Test
  @DisplayName("is not called while nothing is written, and keeps nothing open meanwhile")
  void silent() throws Exception {
    try (Subscription subscription = listen()) {
      calls.drainPermits();
      assertThat(calls.tryAcquire(300, TimeUnit.MILLISECONDS)).isFalse();
      assertThat(store.walBytes()).isZero();
    }
  }

  @Test
  @DisplayName(
      "keeps no connection open after the store is closed: the file is complete and has no log")
  void leavesNoLog() throws Exception {
    for (int i = 0; i < 20; i++) {
      Subscription subscription = listen();
      write();
      other.close();
      if (i % 2 == 0) {
        subscription.close();
      }
      store.close();
      assertThat(folder.resolve("waymark.db-wal")).doesNotExist();
      open();
    }
  }

  @Test
  @DisplayName("has a thread only while there is a subscription")
  void thread() throws Exception {
    assertThat(isThreadAlive()).isFalse();
    Subscription first = listen();
    Subscription second = listen(store);
    first.close();
    first.close();
    assertThat(isThreadAlive()).isTrue();
    second.close();
    awaitNoThread();
    listen().close();
    awaitNoThread();
  }

  private Subscription listen(SqliteStateStore again) {
    return again.onReady(calls::release);
  }
}
