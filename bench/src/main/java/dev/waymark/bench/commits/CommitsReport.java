package dev.waymark.bench.commits;

import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.turns.Contest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Adds rounds of commits to a report, with ratios that are computed within each round. */
final class CommitsReport {
  private static final List<String> COLUMNS =
      List.of(
          "load",
          "implementation",
          "steps/s",
          "to ceiling",
          "to plain",
          "p50 ms",
          "p99 ms",
          "p99 to ceiling");
  private static final List<String> SERIES = List.of("waymark", "ceiling", "plain");

  private final Report report = new Report("commits", "Commits: steps of executions a second");
  private final Map<Backend, List<List<String>>> rows = new LinkedHashMap<>();
  private final Map<Backend, List<Chart.Group>> groups = new LinkedHashMap<>();

  private final List<String> peers;

  CommitsReport(List<String> peers) {
    this.peers = peers;
  }

  void add(Backend backend, Load load, Map<String, Rounds.Result> results) {
    List<Chart.Bar> bars = new ArrayList<>();
    results.forEach(
        (name, result) -> {
          Line line = new Line(result, results.get("ceiling"), results.get("plain"));
          rows.computeIfAbsent(backend, b -> new ArrayList<>()).add(line.cells(load, name));
          report.add(line.json(backend, load, name));
          if (SERIES.contains(name)) {
            bars.add(new Chart.Bar(name, line.rate));
          }
        });
    addTargets(backend, load, results);
    groups
        .computeIfAbsent(backend, b -> new ArrayList<>())
        .add(new Chart.Group(load.title(), bars));
  }

  private void addTargets(Backend backend, Load load, Map<String, Rounds.Result> results) {
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    results.forEach(
        (name, result) -> rounds.put(name, result.slices().stream().map(Slice::rate).toList()));
    Contest contest = new Contest(backend, "lifecycle steps, " + load.title(), rounds);
    if (load.isAsync()) {
      return;
    }
    if (backend == Backend.POSTGRES) {
      switch (load.count()) {
        case 1 -> contest.addTarget(report, "plain", List.of("plain"), 0.95);
        case 8 -> contest.addTarget(report, "the best peer", peers, 1.3);
        case 32 -> contest.addTarget(report, "the best peer", peers, 2.5);
        default -> {}
      }
    } else if (load.count() == 32) {
      contest.addTarget(report, "the best peer", peers, 6);
    }
  }

  Report finish() {
    report.note(
        "An execution with three task runs goes from PENDING to SUCCEEDED in nine steps; a step counts when it was acknowledged.");
    report.note(
        "The ceiling writes the same records, history, commit ids and counts; plain writes all of these but the counts.");
    rows.forEach((backend, all) -> report.add(new Table(backend.title(), COLUMNS, all)));
    groups.forEach(
        (backend, all) ->
            report.add(
                new Chart(
                    backend.toString(),
                    "Commits on " + backend.title(),
                    "acknowledged steps a second",
                    false,
                    SERIES,
                    all)));
    return report;
  }

  /** One implementation under one load. */
  private static final class Line {
    private final Rounds.Result result;
    private final Spread rate;
    private final Spread p50;
    private final Spread p99;
    private final @Nullable Spread toCeiling;
    private final @Nullable Spread toPlain;
    private final @Nullable Spread p99ToCeiling;

    Line(Rounds.Result result, Rounds.@Nullable Result ceiling, Rounds.@Nullable Result plain) {
      this.result = result;
      this.rate = spread(result, Slice::rate);
      this.p50 = spread(result, slice -> slice.p50Nanos() / 1e6);
      this.p99 = spread(result, slice -> slice.p99Nanos() / 1e6);
      this.toCeiling = ratio(result, ceiling, Slice::rate);
      this.toPlain = ratio(result, plain, Slice::rate);
      this.p99ToCeiling = ratio(result, ceiling, Slice::p99Nanos);
    }

    private static Spread spread(Rounds.Result result, ToDoubleFunction<Slice> value) {
      return Spread.of(result.slices().stream().map(value::applyAsDouble).toList());
    }

    /** The ratio within each round, so that a disturbance of both implementations cancels out. */
    private static @Nullable Spread ratio(
        Rounds.Result result, Rounds.@Nullable Result other, ToDoubleFunction<Slice> value) {
      if (other == null || other.equals(result)) {
        return null;
      }
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < result.slices().size(); i++) {
        ratios.add(
            value.applyAsDouble(result.slices().get(i))
                / value.applyAsDouble(other.slices().get(i)));
      }
      return Spread.of(ratios);
    }

    List<String> cells(Load load, String name) {
      return List.of(
          load.title(),
          name,
          rate.text("%,.0f"),
          text(toCeiling),
          text(toPlain),
          String.format(Locale.ROOT, "%.2f", p50.median()),
          p99.text("%.2f"),
          text(p99ToCeiling));
    }

    private static String text(@Nullable Spread ratio) {
      return ratio == null ? "" : ratio.text("%.2f");
    }

    Map<String, Object> json(Backend backend, Load load, String name) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("backend", backend.toString());
      json.put("load", load.title());
      json.put("implementation", name);
      json.put("stepsPerSecond", rate.json());
      put(json, "toCeiling", toCeiling);
      put(json, "toPlain", toPlain);
      json.put("p50Millis", p50.json());
      json.put("p99Millis", p99.json());
      put(json, "p99ToCeiling", p99ToCeiling);
      json.put("rounds", result.slices().stream().map(Slice::rate).toList());
      return json;
    }

    private static void put(Map<String, Object> json, String key, @Nullable Spread ratio) {
      if (ratio != null) {
        json.put(key, ratio.json());
      }
    }
  }
}
