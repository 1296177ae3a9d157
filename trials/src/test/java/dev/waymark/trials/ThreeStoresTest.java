package dev.waymark.trials;

import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.model.Comparison;
import dev.waymark.testkit.model.Tally;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The model test on real databases, each with three stores that are called alternately. The third
 * works within transactions of a caller. Properties set the sizes, see CONTRIBUTING.md: a few new
 * seeds in every build, one seed again, or as many as the time allows.
 */
@DisplayName("SQLite and PostgreSQL beside the reference store")
class ThreeStoresTest {
  private static final String REPLAY =
      "mvn test -pl trials -am -Dtest=ThreeStoresTest -Dwaymark.test.seed={seed}"
          + " -Dwaymark.test.seeds=1 -Dwaymark.test.steps={steps}";

  /** The progress of a long run, because the output of a test is shown only at its end. */
  private static final Path REPORT = Path.of("target", "three-stores.txt");

  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final Tally tally = new Tally();

  /**
   * One run.
   *
   * @param first the first seed, the others follow it
   * @param seeds the number of seeds
   * @param steps the number of operations of each
   * @param minutes if not 0, the duration, instead of the number of seeds
   */
  private record Plan(long first, long seeds, int steps, long minutes) {
    static Plan fromProperties() {
      return new Plan(
          Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000)),
          Long.getLong("waymark.test.seeds", 50),
          Integer.getInteger("waymark.test.steps", 200),
          Long.getLong("waymark.test.minutes", 0));
    }

    /** Whether to continue after this number of seeds and this time. */
    boolean goesOn(long done, Duration time) {
      return minutes == 0 ? done < seeds : time.compareTo(Duration.ofMinutes(minutes)) < 0;
    }

    @Override
    public String toString() {
      String much = minutes == 0 ? seeds + " seeds" : minutes + " minutes";
      return "%s from seed %d, %d steps each".formatted(much, first, steps);
    }
  }

  static Stream<Plan> plan() {
    return Stream.of(Plan.fromProperties());
  }

  /** The plan is part of the name, so that the seed is always printed. */
  @ParameterizedTest(name = "({0})")
  @MethodSource("plan")
  @DisplayName("all three stores give the same answers")
  void sameAnswers(Plan plan, @TempDir Path folder) throws IOException, SQLException {
    String schema = TestServer.newSchema();
    try (StateStore postgres = postgres(schema);
        StateStore another = postgres(schema);
        StateStore caller = new InTransactions(postgres(schema), TestServer.connect())) {
      Instant start = Instant.now();
      for (long done = 0; plan.goesOn(done, since(start)); done++) {
        TestServer.empty(schema);
        run(plan.first() + done, plan.steps(), folder, List.of(postgres, another, caller));
        report(plan, done + 1, since(start));
      }
      System.out.print(Files.readString(REPORT));
    } finally {
      TestServer.drop(schema);
    }
  }

  private static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  private void run(long seed, int steps, Path folder, List<StateStore> postgres)
      throws IOException, SQLException {
    Path file = folder.resolve("waymark.db");
    try (StateStore sqlite = sqlite(file);
        StateStore another = sqlite(file);
        StateStore caller =
            new InTransactions(sqlite(file), DriverManager.getConnection("jdbc:sqlite:" + file))) {
      Map<String, StateStore> stores =
          Map.of(
              "SQLite", AlternatingStores.of(List.of(sqlite, another, caller), seed),
              "PostgreSQL", AlternatingStores.of(postgres, seed));
      tally.add(new Comparison(clock, stores, REPLAY).run(seed, steps));
    }
    Files.delete(file);
  }

  private SqliteStateStore sqlite(Path file) {
    return SqliteStateStore.builder(file).clock(clock).limits(Comparison.limits()).build();
  }

  private PostgresStateStore postgres(String schema) {
    return PostgresStateStore.builder(TestServer.url())
        .schema(schema)
        .clock(clock)
        .limits(Comparison.limits())
        .build();
  }

  private void report(Plan plan, long done, Duration time) throws IOException {
    String report =
        "%s: no difference in %d seeds after %d s%n%s%n"
            .formatted(plan, done, time.toSeconds(), tally);
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, report);
  }
}
