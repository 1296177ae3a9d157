package dev.waymark.bench.process;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Time and peak memory of whole processes of the command line, compared with the minimum that any
 * Java program needs. The processes take turns, so that all of them run under the same conditions.
 */
public final class StartupPart implements Part {
  private static final int TIMED_FOR_EACH_ROUND = 2;

  private final Report report = new Report("startup", "The command line: time and peak memory");

  /** One command line and its measurements. */
  private static final class Line {
    private final String title;
    private final Child child;
    private final List<Double> millis = new ArrayList<>();
    private final List<Double> megabytes = new ArrayList<>();

    Line(String title, Child child) {
      this.title = title;
      this.child = child;
    }
  }

  @Override
  public Report measure(Settings settings) throws Exception {
    List<Line> lines = lines(settings);
    for (Line line : lines) {
      // The first run may build the program, and creates the archive of classes.
      line.child.millis();
    }
    int rounds = TIMED_FOR_EACH_ROUND * settings.rounds();
    System.err.printf(Locale.ROOT, "startup: %d rounds%n", rounds);
    for (int round = 0; round < rounds; round++) {
      for (Line line : lines) {
        line.millis.add(line.child.millis());
      }
    }
    for (int round = 0; round < settings.rounds() && Child.canTellMemory(); round++) {
      for (Line line : lines) {
        line.megabytes.add(line.child.peakMegabytes());
      }
    }
    report(lines);
    return report;
  }

  private static List<Line> lines(Settings settings) {
    Path folder = settings.storage().folder();
    Path out = folder.resolve("startup.out");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String waymark = settings.root().resolve("waymark").toString();
    StoreLocation location = settings.storage().location(Backend.SQLITE, "startup");
    location.open().close();
    String store = location.url();
    Map<String, String> own = Map.of("WAYMARK_STORE", store);
    return List.of(
        new Line(
            "java -Xshare:auto -version",
            new Child(List.of(java, "-Xshare:auto", "-version"), Map.of(), out)),
        new Line("waymark version", new Child(List.of(waymark, "version"), own, out)),
        new Line(
            "waymark executions list",
            new Child(List.of(waymark, "executions", "list"), own, out)));
  }

  private void report(List<Line> lines) {
    List<List<String>> rows = new ArrayList<>();
    List<Chart.Group> times = new ArrayList<>();
    for (Line line : lines) {
      Spread ratio = ratio(line, lines.get(0));
      rows.add(cells(line, ratio));
      report.add(json(line, ratio));
      times.add(
          new Chart.Group(line.title, List.of(new Chart.Bar("time", Spread.of(line.millis)))));
    }
    report.add(new Table("Whole processes", List.of("command", "ms", "to java", "peak MB"), rows));
    report.add(
        new Chart(
            "time", "Time of whole processes", "milliseconds", false, List.of("time"), times));
  }

  /** The ratio within each round. */
  private static Spread ratio(Line line, Line least) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < line.millis.size(); i++) {
      ratios.add(line.millis.get(i) / least.millis.get(i));
    }
    return Spread.of(ratios);
  }

  private static List<String> cells(Line line, Spread ratio) {
    return List.of(
        line.title,
        Spread.of(line.millis).text("%.0f"),
        String.format(Locale.ROOT, "%.2f", ratio.median()),
        line.megabytes.isEmpty() ? "unknown" : Spread.of(line.megabytes).text("%.0f"));
  }

  private static Map<String, Object> json(Line line, Spread ratio) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("command", line.title);
    json.put("millis", Spread.of(line.millis).json());
    json.put("toJava", ratio.json());
    if (!line.megabytes.isEmpty()) {
      json.put("peakMegabytes", Spread.of(line.megabytes).json());
    }
    return json;
  }
}
