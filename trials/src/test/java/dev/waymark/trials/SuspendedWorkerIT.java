package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.Invariants;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker that is suspended, as when a laptop is closed or a garbage collection is long. {@code
 * -Dwaymark.test.suspend.rounds=50} sets the number of rounds.
 */
@DisplayName("A worker that is suspended for longer than its lease")
class SuspendedWorkerIT {
  private static final long SEED =
      Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000));
  private static final int ROUNDS = Integer.getInteger("waymark.test.suspend.rounds", 5);
  private static final Duration LEASE = Duration.ofSeconds(1);

  @TempDir Path folder = Path.of("");
  private final Random dice = new Random(SEED);
  private final StoreLocation location = StoreLocation.postgres();
  private final StateStore store = StoreLocation.open(location.url());
  private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();

  /** When the script of a suspended worker ends by itself. */
  private enum End {
    NEVER,
    WHILE_SUSPENDED,
    AS_IT_IS_CONTINUED
  }

  @BeforeEach
  void startWorkers() {
    System.out.printf("suspended workers from seed %d%n", SEED);
    for (String name : List.of("host-a", "host-b")) {
      WorkerSettings settings =
          WorkerSettings.of(location.url(), name, folder.resolve(name), LEASE).withConcurrency(2);
      workers.put(name, WorkerProcess.start(settings));
    }
    workers.values().forEach(WorkerProcess::awaitReady);
  }

  @AfterEach
  void end() {
    workers.values().forEach(WorkerProcess::close);
    store.close();
    location.close();
  }

  @Test
  @DisplayName(
      "in the middle of a task changes nothing when it continues, and its children have ended")
  void inTheMiddleOfATask() throws IOException {
    List<HeldTask> all = new ArrayList<>();
    List<ExecutionDetails> results = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      End end = End.values()[round % End.values().length];
      HeldTask held =
          round % 5 == 4 ? HeldTask.handler(store, folder) : HeldTask.script(store, folder);
      try (held) {
        all.add(held);
        results.add(suspend(held, end, round));
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      assertThat(all.get(round).details())
          .as("result of round %d", round)
          .isEqualTo(results.get(round));
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  /** One round; returns the final state of the records. */
  private ExecutionDetails suspend(HeldTask held, End end, int round) throws IOException {
    String name = held.awaitWorker();
    WorkerProcess worker = Objects.requireNonNull(workers.get(name));
    worker.suspend();
    held.awaitDone();
    held.checkTakenFrom(name);
    ExecutionDetails before = held.details();
    assertThat(held.pids())
        .as("children of the suspended worker, in round %d", round)
        .allMatch(Pids::runs);
    // Either may be first when they happen together.
    boolean soon =
        end == End.WHILE_SUSPENDED || (end == End.AS_IT_IS_CONTINUED && dice.nextBoolean());
    if (soon) {
      held.release();
    }
    if (end == End.WHILE_SUSPENDED) {
      // The first is the shell, the second its child.
      Await.until(
          "the end of the script", () -> held.pids().stream().limit(1).noneMatch(Pids::runs));
    }
    worker.resume();
    if (end == End.AS_IT_IS_CONTINUED && !soon) {
      held.release();
    }
    List<Long> pids = held.pids();
    Await.until("the end of " + pids, () -> pids.stream().noneMatch(Pids::runs));
    Ping.answered(store, name);
    assertThat(held.details()).as("after round %d (%s)", round, end).isEqualTo(before);
    return before;
  }

  @Test
  @DisplayName("while it is idle claims tasks again when it continues")
  void whileItIsIdle() {
    String name = "host-a";
    WorkerProcess worker = Objects.requireNonNull(workers.get(name));
    for (int round = 0; round < ROUNDS; round++) {
      Ping.answered(store, name);
      worker.suspend();
      Await.until("the end of its time", () -> !isAlive(name));
      Ping ping = Ping.start(store, name);
      assertThat(ping.isAnswered()).isFalse();
      worker.resume();
      ping.awaitAnswer();
      Await.until("a heartbeat", () -> isAlive(name));
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private boolean isAlive(String name) {
    return store.workers().stream()
        .filter(each -> each.name().equals(name))
        .anyMatch(Worker::alive);
  }
}
