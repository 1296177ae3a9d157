package dev.waymark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Every measurement runs, with small sizes")
class SmokeTest {
  @TempDir static Path folder;
  private static Storage storage;
  private static Settings settings;

  @BeforeAll
  static void prepare() throws IOException {
    storage = new Storage(folder.resolve("work"), false);
    settings = settings(2_000L);
  }

  private static Settings settings(long size) throws IOException {
    return settings(size, List.of(10L, 20L));
  }

  private static Settings settings(long size, List<Long> executions) throws IOException {
    return new Settings(
        storage,
        root(),
        List.of(Backend.values()),
        List.of(),
        1,
        Duration.ofMillis(50),
        List.of(2),
        20,
        List.of(size),
        executions);
  }

  @AfterAll
  static void remove() throws IOException {
    storage.close();
  }

  /** A folder with a launcher that starts the command line from the class path of this test. */
  private static Path root() throws IOException {
    Path root = Files.createDirectories(folder.resolve("root"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path launcher = root.resolve("waymark");
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 ${WAYMARK_JAVA_OPTS:-} -cp '%s' dev.waymark.cli.Main \"$@\"\n"
            .formatted(java, System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(root.resolve("examples"));
    Files.writeString(
        root.resolve("examples/fan-out.yaml"), "id: one\ntasks:\n  only:\n    run: 'true'\n");
    return root;
  }

  @Test
  @DisplayName("commits: every implementation works, and its store holds what it acknowledged")
  void commits() throws Exception {
    // The part itself compares the stores with what was acknowledged.
    Report report = measure(PartName.COMMITS);
    assertThat(report.values()).hasSize(2 * (3 + 2));
    assertThat(report.values()).allSatisfy(line -> positive(line, "stepsPerSecond"));
    assertThat(report.values())
        .filteredOn(line -> !line.get("implementation").equals("ceiling"))
        .allSatisfy(line -> positive(line, "toCeiling"));
  }

  @Test
  @DisplayName("listeners: commits notify the stores that listen")
  void listeners() throws Exception {
    // The part itself checks that the stores were notified.
    assertThat(measure(PartName.LISTENERS).values())
        .hasSize(2 * 3)
        .allSatisfy(line -> positive(line, "perSecond"))
        .allSatisfy(line -> positive(line, "toFirst"));
  }

  @Test
  @DisplayName("pages: both backends give the same totals")
  void pages() throws Exception {
    // With a separate size: other parts add to the stores that they share.
    Report report = measure(PartName.PAGES, settings(1_500L));
    assertThat(totals(report, Backend.SQLITE))
        .isNotEmpty()
        .isEqualTo(totals(report, Backend.POSTGRES));
  }

  private static List<String> totals(Report report, Backend backend) {
    return report.values().stream()
        .filter(line -> line.get("backend").equals(backend.toString()))
        .map(line -> line.get("list") + " " + line.get("page") + " " + line.get("total"))
        .toList();
  }

  @Test
  @DisplayName("large: commits on a large store beside an empty one")
  void large() throws Exception {
    assertThat(measure(PartName.LARGE).values())
        .hasSize(2)
        .allSatisfy(line -> positive(line, "ratio"));
  }

  @Test
  @DisplayName("claims: with a backlog, beside a bare queue, and by a worker of another process")
  void claims() throws Exception {
    Report report = measure(PartName.CLAIMS, settings(4_000L));
    assertThat(report.values())
        .extracting(line -> line.get("backend") + " " + line.get("what"))
        .containsExactlyInAnyOrder(
            "sqlite latency",
            "sqlite perSecond",
            "sqlite wakeup by a program",
            "sqlite wakeup by run --detach",
            "postgres latency",
            "postgres perSecond",
            "postgres wakeup by a program",
            "postgres wakeup by run --detach");
    assertThat(report.values())
        .allSatisfy(line -> positive(line, "waymark"))
        .allSatisfy(line -> positive(line, "baseline"));
    assertThat(report.values())
        .filteredOn(line -> line.get("what").equals("wakeup by a program"))
        .allSatisfy(line -> assertThat((double) line.get("aboveP99")).isFinite());
    assertThat(report.targets()).hasSize(2 * 2);
    assertThat(report.values())
        .filteredOn(line -> !line.get("what").toString().startsWith("wakeup"))
        .allSatisfy(line -> positive(line, "ratio"));
  }

  @Test
  @DisplayName("flat: claims under each condition, beside a store without it")
  void flat() throws Exception {
    // The part itself compares the stores with what was claimed.
    Report report = measure(PartName.FLAT, settings(1_000L));
    assertThat(report.values())
        .hasSize(2 * 2 * 8)
        .allSatisfy(line -> positive(line, "millis"))
        .allSatisfy(line -> positive(line, "toFirst"));
    assertThat(report.targets()).hasSize(2 * 2 * 7);
  }

  @Test
  @DisplayName("jobs: every handled job is recorded as done")
  void jobs() throws Exception {
    // The part itself compares the stores with what was handled.
    assertThat(measure(PartName.JOBS).values())
        .filteredOn(line -> List.of("jobs", "jobs by two processes").contains(line.get("what")))
        .hasSize(4)
        .allSatisfy(line -> positive(line, "perSecond"));
  }

  @Test
  @DisplayName("jobs: every job writes to the WAL and leaves a record in tables and indexes")
  void bytesOfJobs() throws Exception {
    // With enough jobs to fill new pages.
    assertThat(measure(PartName.JOBS, settings(2_000L, List.of(200L))).values())
        .filteredOn(line -> line.get("what").equals("bytes"))
        .hasSize(2)
        .allSatisfy(line -> positive(line, "walEnqueuing"))
        .allSatisfy(line -> positive(line, "walRunning"))
        .allSatisfy(line -> positive(line, "tables"))
        .allSatisfy(line -> positive(line, "indexes"));
  }

  @Test
  @DisplayName("queue: the stores record what was claimed and finished")
  void queue() throws Exception {
    // The part itself compares the stores with what was counted.
    assertThat(measure(PartName.QUEUE).values())
        .hasSize(4 + 2 * 4)
        .allSatisfy(line -> positive(line, "perSecond"));
  }

  @Test
  @DisplayName("workflow: every task runs, also in a small heap")
  void workflow() throws Exception {
    // The part itself compares the stores with what was handled.
    Report report = measure(PartName.WORKFLOW, settings(1_000L));
    assertThat(report.values())
        .filteredOn(line -> line.containsKey("millis"))
        .hasSize(2 * 2 * 3)
        .allSatisfy(line -> positive(line, "toFirst"));
    assertThat(report.values())
        .filteredOn(line -> line.containsKey("liveMegabytes"))
        .hasSize(2 * 2 * 2)
        .allSatisfy(line -> assertThat((long) line.get("liveMegabytes")).isPositive());
    assertThat(report.targets()).hasSize(2 * 2 * 2);
  }

  @Test
  @DisplayName("startup: whole processes of the command line")
  void startup() throws Exception {
    assertThat(measure(PartName.STARTUP).values())
        .hasSize(3)
        .allSatisfy(line -> positive(line, "millis"));
  }

  @Test
  @DisplayName("disk: a store grows")
  void disk() throws Exception {
    assertThat(measure(PartName.DISK).values())
        .hasSize(4)
        .allSatisfy(line -> assertThat((double) line.get("bytesPerExecution")).isPositive());
  }

  @Test
  @DisplayName("memory: library and commands run with 64 MiB")
  void memory() throws Exception {
    assertThat(measure(PartName.MEMORY).values()).hasSize(6);
  }

  @Test
  @DisplayName("micro: JMH measures the given benchmarks")
  void micro() throws Exception {
    assertThat(measure(PartName.MICRO).values())
        .hasSize(6)
        .allSatisfy(line -> assertThat((double) line.get("nanos")).isPositive());
  }

  @Test
  @DisplayName("invalid arguments exit with 2")
  void wrongUsage() {
    assertThat(Main.run("everything")).isEqualTo(2);
    assertThat(Main.run("pages", "--sizes", "many")).isEqualTo(2);
    assertThat(Main.run()).isEqualTo(2);
  }

  private static Report measure(PartName name) throws Exception {
    return measure(name, settings);
  }

  private static Report measure(PartName name, Settings settings) throws Exception {
    Report report = name.part().measure(settings);
    List<Path> files = report.write(folder.resolve("results"), Map.of("file system", "some"));
    assertThat(files).allSatisfy(file -> assertThat(file).isNotEmptyFile());
    return report;
  }

  @SuppressWarnings("unchecked")
  private static void positive(Map<String, Object> line, String key) {
    Map<String, Object> spread = (Map<String, Object>) line.get(key);
    assertThat((double) spread.get("median")).isPositive().isFinite();
    assertThat((double) spread.get("min")).isLessThanOrEqualTo((double) spread.get("max"));
  }
}
