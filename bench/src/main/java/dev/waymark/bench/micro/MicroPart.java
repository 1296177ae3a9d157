package dev.waymark.bench.micro;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Nanoseconds of the parts without a database, measured by JMH in a separate process. */
public final class MicroPart implements Part {
  private final Report report = new Report("micro", "The parts of a commit without a database");

  @Override
  public Report measure(Settings settings) throws Exception {
    Path folder = settings.storage().folder().resolve("micro");
    String classPath = new Generated(folder).classPath(PureParts.class);
    Path results = folder.resolve("results.csv");
    System.err.println("micro: JMH");
    run(settings, classPath, folder, results);
    report(Files.readAllLines(results));
    return report;
  }

  private static void run(Settings settings, String classPath, Path folder, Path results)
      throws IOException, InterruptedException {
    String time = settings.slice().toMillis() + "ms";
    String rounds = Integer.toString(settings.rounds());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath, "org.openjdk.jmh.Main"));
    // A single round is only a quick run, for which separate processes are not worthwhile.
    String forks = settings.rounds() == 1 ? "0" : "1";
    command.addAll(List.of("-f", forks, "-foe", "true", "-wi", rounds, "-i", rounds));
    command.addAll(List.of("-w", time, "-r", time));
    command.addAll(List.of("-rf", "csv", "-rff", results.toString()));
    Path log = folder.resolve("jmh.log");
    int exit =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IllegalStateException("JMH ended with " + exit + ": " + Files.readString(log));
    }
  }

  /** The columns of each line: benchmark, mode, threads, samples, score, error, unit. */
  private void report(List<String> lines) {
    List<List<String>> rows = new ArrayList<>();
    List<Chart.Group> groups = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.replace("\"", "").split(",", -1);
      String name = cells[0].substring(cells[0].lastIndexOf('.') + 1);
      double score = Double.parseDouble(cells[4]);
      // One or two rounds give no error.
      boolean isKnown = !cells[5].equals("NaN");
      double error = isKnown ? Double.parseDouble(cells[5]) : 0;
      rows.add(List.of(name, format(score), isKnown ? "± " + format(error) : "unknown"));
      Spread spread = new Spread(score, Math.max(0, score - error), score + error);
      groups.add(new Chart.Group(name, List.of(new Chart.Bar("time", spread))));
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("what", name);
      json.put("nanos", score);
      json.put("errorNanos", error);
      report.add(json);
    }
    report.add(new Table("Nanoseconds", List.of("what", "ns", "error (99.9 %)"), rows));
    report.add(
        new Chart("time", "Without a database", "nanoseconds", false, List.of("time"), groups));
  }

  private static String format(double nanos) {
    return String.format(Locale.ROOT, "%,.0f", nanos);
  }
}
