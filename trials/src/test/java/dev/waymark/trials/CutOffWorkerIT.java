package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.Invariants;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers that reach PostgreSQL by separate connections, of which one is cut for longer than a
 * lease. {@code -Dwaymark.test.cutoff.rounds=50} sets the number of rounds.
 */
@DisplayName("A worker that is cut off from the database for longer than its lease")
class CutOffWorkerIT {
  private static final int ROUNDS = Integer.getInteger("waymark.test.cutoff.rounds", 2);
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final List<String> NAMES = List.of("host-a", "host-b");

  @TempDir Path folder = Path.of("");
  private final StoreLocation location = StoreLocation.postgres();
  private final StateStore store = StoreLocation.open(location.url());
  private final Map<String, WorkerProcess> workers = new LinkedHashMap<>();
  private final Map<String, Way> ways = new LinkedHashMap<>();
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** How a worker reaches the database. */
  private interface Way {
    void cut() throws IOException;

    void mend() throws IOException;
  }

  @AfterEach
  void end() throws Exception {
    workers.values().forEach(WorkerProcess::close);
    for (AutoCloseable each : opened) {
      each.close();
    }
    store.close();
    location.close();
  }

  @Test
  @DisplayName("by a broken link ends its children, and its late write changes nothing")
  void linkDown() throws IOException {
    String whyNot = NetworkNamespace.whyNot();
    assumeTrue(whyNot == null, whyNot);
    for (String name : NAMES) {
      NetworkNamespace network = NetworkNamespace.create(NAMES.indexOf(name));
      opened.push(network);
      Relay relay = relay(network.hostAddress());
      ways.put(name, way(network));
      startWorker(name, network.launcher(), relay);
    }
    cutOff();
  }

  @Test
  @DisplayName("by connections that hang ends its children, and its late write changes nothing")
  void connectionsHang() throws IOException {
    for (String name : NAMES) {
      Relay relay = relay(InetAddress.getLoopbackAddress());
      ways.put(name, way(relay));
      startWorker(name, List.of(), relay);
    }
    cutOff();
  }

  private Relay relay(InetAddress address) throws IOException {
    String[] server = TestServer.hostAndPort();
    Relay relay =
        Relay.start(address, new InetSocketAddress(server[0], Integer.parseInt(server[1])));
    opened.push(relay);
    return relay;
  }

  private static Way way(NetworkNamespace network) {
    return new Way() {
      @Override
      public void cut() throws IOException {
        network.cut();
      }

      @Override
      public void mend() throws IOException {
        network.mend();
      }
    };
  }

  private static Way way(Relay relay) {
    return new Way() {
      @Override
      public void cut() {
        relay.hold();
      }

      @Override
      public void mend() {
        relay.release();
      }
    };
  }

  private void startWorker(String name, List<String> launcher, Relay relay) {
    WorkerSettings settings =
        WorkerSettings.of(relay.urlBy(location.url()), name, folder.resolve(name), LEASE);
    workers.put(name, WorkerProcess.startBy(launcher, settings));
  }

  private void cutOff() throws IOException {
    workers.values().forEach(WorkerProcess::awaitReady);
    for (int round = 0; round < ROUNDS; round++) {
      try (HeldTask held = HeldTask.script(store, folder)) {
        cutOff(held, round % 2 == 1, round);
      }
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  /**
   * One round.
   *
   * @param ends whether the script ends meanwhile, so that there is a result to write
   */
  private void cutOff(HeldTask held, boolean ends, int round) throws IOException {
    String name = held.awaitWorker();
    Way way = Objects.requireNonNull(ways.get(name));
    List<Long> pids = held.pids();
    way.cut();
    if (ends) {
      held.release();
    }
    Await.until("the end of " + pids, () -> pids.stream().noneMatch(Pids::runs));
    held.awaitDone();
    held.checkTakenFrom(name);
    ExecutionDetails before = held.details();
    way.mend();
    Ping.answered(store, name);
    assertThat(held.details()).as("after round %d", round).isEqualTo(before);
  }
}
