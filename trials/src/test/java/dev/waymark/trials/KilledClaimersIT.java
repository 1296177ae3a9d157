package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import dev.waymark.trials.ClaimChecks.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes with 16 claimers in all on one store, one of which at a time is killed and started
 * again while there is work. {@code waymark.test.claimers.minutes} sets the duration on each
 * backend, {@code waymark.test.seed} the first seed.
 */
@DisplayName("Claimers whose processes are killed repeatedly")
class KilledClaimersIT {
  private static final int PROCESSES = 2;
  private static final int THREADS = 8;

  /** In which processes are killed; each round has a new store. */
  private static final Duration ROUND = Duration.ofSeconds(12);

  private static final Duration LONGEST_DRAIN = Duration.ofMinutes(3);
  private static final int MINUTES = Integer.getInteger("waymark.test.claimers.minutes", 0);
  private static final long SEED =
      Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000));

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("receive each task run once on PostgreSQL, and nothing is lost")
  void postgres() throws IOException {
    rounds("PostgreSQL", StoreLocation::postgres);
  }

  @Test
  @DisplayName("receive each task run once on one SQLite file, and nothing is lost")
  void sqlite() throws IOException {
    rounds("SQLite", () -> StoreLocation.sqlite(folder));
  }

  /** Creates the store of a round. */
  private interface Locations {
    StoreLocation create();
  }

  private void rounds(String backend, Locations locations) throws IOException {
    long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
    long seed = SEED;
    do {
      try (StoreLocation location = locations.create()) {
        Path journals = Files.createDirectory(folder.resolve(backend + "-" + seed));
        String report = new Round(location, journals, seed).run();
        System.out.printf("%s, seed %d: %s%n", backend, seed, report);
      } catch (AssertionError e) {
        throw new AssertionError("%s, seed %d: %s".formatted(backend, seed, e.getMessage()), e);
      }
      seed++;
    } while (System.nanoTime() < end);
  }

  /** One store, from its first task run to its last. */
  private static final class Round {
    private final StoreLocation location;
    private final Path journals;
    private final SplittableRandom random;
    private final List<JavaProcess> processes = new ArrayList<>();
    private int lives;

    Round(StoreLocation location, Path journals, long seed) {
      this.location = location;
      this.journals = journals;
      this.random = new SplittableRandom(seed);
    }

    String run() throws IOException {
      try (StateStore store = StoreLocation.open(location.url())) {
        ClaimLoad load = new ClaimLoad(store, random.split());
        load.fill();
        while (processes.size() < PROCESSES) {
          processes.add(start());
        }
        killRepeatedly(load);
        boolean isDone = Await.within(LONGEST_DRAIN, load::isDone);
        assertThat(isDone).as("everything ends when nobody is killed: %s", load).isTrue();
        stop();
        Figures figures = ClaimChecks.check(store, journals, ClaimLoad.SLOTS);
        assertThat(figures.executions()).isEqualTo(load.created());
        assertThat(figures.lost()).as("attempts of killed processes").isPositive();
        return "%d processes killed; %s".formatted(lives - PROCESSES, figures);
      } finally {
        processes.forEach(JavaProcess::close);
      }
    }

    private JavaProcess start() {
      Path journal = journals.resolve("life-" + lives++);
      return Claimers.start(location.url(), journal, THREADS, random.nextLong());
    }

    private void killRepeatedly(ClaimLoad load) {
      long end = System.nanoTime() + ROUND.toNanos();
      while (System.nanoTime() < end) {
        boolean unused =
            Await.within(
                Duration.ofMillis(1_500 + random.nextInt(1_500)),
                () -> {
                  load.fill();
                  return false;
                });
        int unlucky = random.nextInt(PROCESSES);
        assertThat(processes.get(unlucky).isAlive()).as("no process ends by itself").isTrue();
        processes.get(unlucky).kill();
        processes.set(unlucky, start());
      }
    }

    private void stop() throws IOException {
      Files.createFile(Claimers.stopFile(journals));
      for (JavaProcess process : processes) {
        assertThat(process.waitFor()).as("exit code of a process that was not killed").isZero();
      }
    }
  }
}
