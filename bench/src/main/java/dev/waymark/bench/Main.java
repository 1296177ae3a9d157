package dev.waymark.bench;

import dev.waymark.bench.part.Environment;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.part.Sizes;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command that runs all measurements or some of them. It prints tables to standard output and
 * writes files.
 */
@Command(
    name = "bench/run",
    description =
        "Measures Waymark. Tables go to standard output, tables, values and plots to files.",
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "PART",
      description = "what to measure: ${COMPLETION-CANDIDATES}")
  private List<PartName> parts = List.of();

  @Option(names = "--rounds", paramLabel = "N", description = "rounds, 5 by default")
  private @Nullable Integer rounds;

  @Option(
      names = "--slice",
      paramLabel = "SECONDS",
      description = "how long an implementation works in a round, 2 seconds by default")
  private @Nullable Double sliceSeconds;

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "numbers of threads that commit, 1,8,32 by default")
  private List<Integer> threads = List.of(1, 8, 32);

  @Option(
      names = "--sizes",
      paramLabel = "N",
      split = ",",
      converter = Sizes.class,
      description = "executions in the large stores, such as 100k,1m,10m; 100k,1m by default")
  private @Nullable List<Long> sizes;

  @Option(
      names = "--backends",
      paramLabel = "NAME",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; both by default")
  private List<Backend> backends = Arrays.asList(Backend.values());

  @Option(
      names = "--peers",
      description = "measure other products, too; bench/run then builds with the profile peers")
  private boolean withPeers;

  @Option(names = "--quick", description = "little of everything, to see that it works")
  private boolean isQuick;

  @Option(
      names = "--work",
      paramLabel = "FOLDER",
      description =
          "a folder on the disk to measure; what is put in is removed afterwards. bench/target/work by default")
  private @Nullable Path work;

  @Option(
      names = "--keep",
      paramLabel = "FOLDER",
      description =
          "instead of --work: a folder that stays, so that the next run finds its large stores in it")
  private @Nullable Path kept;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "where the files go; bench/target/results by default")
  private @Nullable Path out;

  /** Used by the parser only. */
  @SuppressWarnings("UnusedVariable")
  @Option(names = "--help", usageHelp = true, description = "this text")
  private boolean isHelpWanted;

  private Main() {}

  /** Runs the measurements. Exits with 0, with 2 for wrong usage, or with 1 when a part failed. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true).execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    Path root = Path.of(System.getProperty("waymark.bench.root", ".")).toAbsolutePath().normalize();
    Path target = root.resolve("bench/target");
    try (Storage storage = storage(target)) {
      Environment environment = new Environment(storage);
      environment.values().forEach((name, value) -> System.out.println(name + ": " + value));
      Settings settings = settings(storage, root);
      Path results = out != null ? out : target.resolve("results");
      Report targets = new Report("targets", "Targets: the ratio of Waymark to others");
      for (PartName part : chosen()) {
        Report report = part.part().measure(settings);
        show(report, results, environment);
        report.targets().forEach(targets::add);
      }
      if (!targets.targets().isEmpty()) {
        targets.add(Target.table(targets.targets()));
        show(targets, results, environment);
      }
    }
    return 0;
  }

  private static void show(Report report, Path results, Environment environment)
      throws IOException {
    report.print(System.out);
    report.write(results, environment.values()).forEach(System.out::println);
  }

  private List<Peer> peers() {
    List<Peer> peers =
        withPeers
            ? ServiceLoader.load(Peer.class).stream().map(ServiceLoader.Provider::get).toList()
            : List.of();
    if (withPeers && peers.isEmpty()) {
      throw new IllegalStateException("no peers are on the class path; use bench/run --peers");
    }
    return peers;
  }

  /** A folder that is removed afterwards belongs to this run only. */
  private Storage storage(Path target) {
    if (kept != null) {
      return new Storage(kept, true);
    }
    Path parent = work != null ? work : target.resolve("work");
    return new Storage(parent.resolve("run-" + ProcessHandle.current().pid()), false);
  }

  private List<PartName> chosen() {
    return parts.contains(PartName.ALL)
        ? Arrays.stream(PartName.values()).filter(part -> part != PartName.ALL).toList()
        : new ArrayList<>(parts);
  }

  private Settings settings(Storage storage, Path root) {
    double seconds = sliceSeconds != null ? sliceSeconds : isQuick ? 0.3 : 2;
    return new Settings(
        storage,
        root,
        backends,
        peers(),
        rounds != null ? rounds : isQuick ? 2 : 5,
        Duration.ofMillis(Math.round(seconds * 1000)),
        threads,
        isQuick ? 100 : 1_000,
        sizes != null ? sizes : isQuick ? List.of(10_000L) : List.of(100_000L, 1_000_000L),
        isQuick ? List.of(100L, 200L, 400L) : List.of(1_000L, 3_000L, 10_000L, 30_000L));
  }
}
