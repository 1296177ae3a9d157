package dev.waymark.bench.pages;

import dev.waymark.bench.commits.Implementation;
import dev.waymark.bench.commits.Implementations;
import dev.waymark.bench.commits.Load;
import dev.waymark.bench.commits.Rounds;
import dev.waymark.bench.commits.Slice;
import dev.waymark.bench.commits.TallyCheck;
import dev.waymark.bench.commits.WaymarkImplementation;
import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Commits on the largest store of the settings, compared with commits on a store that was empty at
 * the beginning.
 */
public final class LargePart implements Part {
  private static final String LARGE = "large store";
  private static final String EMPTY = "empty store";

  private final Report report = new Report("large", "Commits on a large store");
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Chart.Group> groups = new ArrayList<>();

  @Override
  public Report measure(Settings settings) throws Exception {
    long size = Collections.max(settings.sizes());
    Rounds rounds = new Rounds(settings.slice(), settings.warmUp(), settings.rounds());
    Load load = Load.threads(Collections.max(settings.threads()));
    for (Backend backend : settings.backends()) {
      LargeStore large = LargeStore.of(settings.storage(), backend, size);
      System.err.printf(Locale.ROOT, "large: %s, %,d executions%n", backend, size);
      try (Implementation big = new WaymarkImplementation(LARGE, large.location());
          Implementation small =
              new WaymarkImplementation(
                  EMPTY, Implementations.empty(settings.storage(), backend, "large_none"))) {
        TallyCheck check = new TallyCheck(List.of(big, small));
        Map<String, Rounds.Result> results = rounds.run(List.of(big, small), load);
        check.add(results);
        check.check();
        add(large, load, results);
      }
    }
    return finish();
  }

  private void add(LargeStore large, Load load, Map<String, Rounds.Result> results) {
    List<Double> big = rates(results, LARGE);
    List<Double> small = rates(results, EMPTY);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < big.size(); i++) {
      ratios.add(big.get(i) / small.get(i));
    }
    String title = large.location().backend().title();
    rows.add(
        List.of(
            title,
            String.format(Locale.ROOT, "%,d", large.size()),
            load.title(),
            Spread.of(big).text("%,.0f"),
            Spread.of(small).text("%,.0f"),
            Spread.of(ratios).text("%.2f")));
    groups.add(
        new Chart.Group(
            title,
            List.of(new Chart.Bar(LARGE, Spread.of(big)), new Chart.Bar(EMPTY, Spread.of(small)))));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", large.location().backend().toString());
    json.put("executions", large.size());
    json.put("load", load.title());
    json.put("large", Spread.of(big).json());
    json.put("empty", Spread.of(small).json());
    json.put("ratio", Spread.of(ratios).json());
    report.add(json);
  }

  private static List<Double> rates(Map<String, Rounds.Result> results, String name) {
    return results.entrySet().stream()
        .filter(entry -> entry.getKey().equals(name))
        .flatMap(entry -> entry.getValue().slices().stream())
        .map(Slice::rate)
        .toList();
  }

  private Report finish() {
    report.add(
        new Table(
            "Acknowledged steps a second",
            List.of("store", "executions", "load", LARGE, EMPTY, "ratio"),
            rows));
    report.add(
        new Chart(
            "ratio",
            "Commits on a large and on an empty store",
            "acknowledged steps a second",
            false,
            List.of(LARGE, EMPTY),
            groups));
    return report;
  }
}
