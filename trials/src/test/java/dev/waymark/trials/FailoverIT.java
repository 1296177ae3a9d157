package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testserver.RestartableServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary with a synchronous standby, under writers and claimers that name both in their URL. The
 * primary is killed with all its processes, the standby takes over, and gets a new standby. {@code
 * waymark.test.failovers} sets how often.
 */
@DisplayName("A PostgreSQL primary that is killed repeatedly, with a synchronous standby")
class FailoverIT {
  private static final int FAILOVERS = Integer.getInteger("waymark.test.failovers", 1);
  private static final long SEED =
      Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000));

  /** The number of commits of each writer between two failovers. */
  private static final int COMMITS = 50;

  private static final Duration WITHOUT_STANDBY = Duration.ofMillis(300);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  @TempDir Path folder = Path.of("");

  private RestartableServer primary;
  private RestartableServer standby;

  FailoverIT() throws Exception {
    primary = RestartableServer.start();
    standby = primary.standby(freePort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void closeServers() throws IOException {
    standby.close();
    primary.close();
  }

  @Test
  @DisplayName("loses no acknowledged commit, and does nothing twice")
  void failOver() throws Exception {
    Path journals = Files.createDirectory(folder.resolve("journals"));
    try (StateStore store = open();
        FailoverLoad load = new FailoverLoad(store, journals, SEED)) {
      for (int i = 1; i <= FAILOVERS; i++) {
        primary.replicateSynchronously();
        await("writers commit", load, load.after(COMMITS));
        System.out.printf("failover %d: %s%n", i, failOver(load));
        if (i < FAILOVERS) {
          replaceStandby();
        }
      }
      System.out.println(load.finish());
    }
  }

  private StateStore open() {
    return PostgresStateStore.open(
        "postgresql://postgres@localhost:%d,localhost:%d/postgres"
            .formatted(primary.port(), standby.port()));
  }

  /**
   * Before the kill, the standby receives nothing for a moment: what is acknowledged without it is
   * certainly lost.
   */
  private String failOver(FailoverLoad load) throws Exception {
    primary.suspendReplication();
    boolean unused = Await.within(WITHOUT_STANDBY, () -> false);
    long killed = System.nanoTime();
    primary.kill();
    standby.takeOver();
    long promoted = System.nanoTime();
    await("writers commit again", load, load.after(1));
    long back = load.lastReturn(promoted);
    return String.format(
        Locale.ROOT,
        "promoted %d ms after the kill, all writers back %d ms after the promotion",
        Duration.ofNanos(promoted - killed).toMillis(),
        Duration.ofNanos(back - promoted).toMillis());
  }

  private static void await(String what, FailoverLoad load, FailoverLoad.Progress progress) {
    assertThat(Await.within(LONGEST_WAIT, progress::isReached)).as("%s: %s", what, load).isTrue();
  }

  /** Its new standby has the port of the killed one, as in the URL of the store. */
  private void replaceStandby() throws Exception {
    int port = primary.port();
    primary.close();
    primary = standby;
    standby = primary.standby(port);
  }
}
