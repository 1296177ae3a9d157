package dev.waymark.trials;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program that uses only the state store, on all three stores at the same time, each opened
 * twice: no execution may be left that nothing will ever move. {@code
 * waymark.test.embedder.minutes} sets the duration, {@code waymark.test.seed} the first seed.
 */
@DisplayName("Programs that use only the state store")
class EmbedderIT {
  private static final int SHORT_SECONDS = 12;

  /** The progress of a long run, because the output of a test is shown only at its end. */
  private static final Path REPORTS = Path.of("target");

  /** One run: the first seed, and the duration. */
  private record Plan(long first, Duration time) {
    static Plan fromProperties() {
      int minutes = Integer.getInteger("waymark.test.embedder.minutes", 0);
      return new Plan(
          Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000)),
          minutes == 0 ? Duration.ofSeconds(SHORT_SECONDS) : Duration.ofMinutes(minutes));
    }

    @Override
    public String toString() {
      return "%s s from seed %d".formatted(time.toSeconds(), first);
    }
  }

  static Stream<Plan> plan() {
    return Stream.of(Plan.fromProperties());
  }

  @ParameterizedTest(name = "({0})")
  @MethodSource("plan")
  @DisplayName("bring every execution to its end, on all three stores")
  void everyExecutionEnds(Plan plan, @TempDir Path folder) throws InterruptedException {
    Map<String, Callable<String>> runs = new LinkedHashMap<>();
    runs.put("in memory", () -> inMemory(plan));
    runs.put("SQLite", () -> sqlite(plan, folder));
    runs.put("PostgreSQL", () -> postgres(plan));
    ExecutorService threads = Executors.newFixedThreadPool(runs.size());
    try {
      List<String> failures = new ArrayList<>();
      List<Throwable> causes = new ArrayList<>();
      for (Future<String> run : threads.invokeAll(runs.values())) {
        try {
          System.out.println(run.get());
        } catch (ExecutionException e) {
          failures.add(e.getCause().getMessage());
          causes.add(e.getCause());
        }
      }
      if (!failures.isEmpty()) {
        AssertionError error = new AssertionError(String.join("\n", failures));
        causes.forEach(error::addSuppressed);
        throw error;
      }
    } finally {
      threads.shutdown();
    }
  }

  private static String inMemory(Plan plan) throws IOException, InterruptedException {
    // A new one for each round: every answer reads through all its records.
    return rounds(
        "in memory",
        plan,
        () -> {
          InMemoryStateStore store = new InMemoryStateStore();
          return List.of(store, store.openAnother(InstantSource.system(), Limits.defaults()));
        });
  }

  private static String sqlite(Plan plan, Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file);
        StateStore another = SqliteStateStore.open(file)) {
      return rounds("SQLite", plan, () -> List.of(store, another));
    }
  }

  private static String postgres(Plan plan) throws IOException, InterruptedException {
    String schema = TestServer.newSchema();
    try (StateStore store = openPostgres(schema);
        StateStore another = openPostgres(schema)) {
      return rounds("PostgreSQL", plan, () -> List.of(store, another));
    } finally {
      TestServer.drop(schema);
    }
  }

  private static StateStore openPostgres(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).build();
  }

  private static String rounds(String name, Plan plan, Supplier<List<StateStore>> stores)
      throws IOException, InterruptedException {
    Instant start = Instant.now();
    long seed = plan.first();
    int executions = 0;
    String report = "";
    while (Duration.between(start, Instant.now()).compareTo(plan.time()) < 0) {
      try {
        executions += new EmbedderRound(stores.get(), seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "%s, seed %d, after %s: %s"
                .formatted(name, seed, Duration.between(start, Instant.now()), e.getMessage()),
            e);
      }
      seed++;
      report =
          "%s: %d rounds, %d executions ended in %d s"
              .formatted(
                  name,
                  seed - plan.first(),
                  executions,
                  Duration.between(start, Instant.now()).toSeconds());
      Files.createDirectories(REPORTS);
      Files.writeString(
          REPORTS.resolve("embedder-" + name.replace(' ', '-') + ".txt"), report + "\n");
    }
    return report;
  }
}
