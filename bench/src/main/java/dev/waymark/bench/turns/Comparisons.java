package dev.waymark.bench.turns;

import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds contests to a report in which Waymark takes part several times, under different conditions.
 * The first participant is the one to compare with. Not thread-safe.
 */
public final class Comparisons {
  private final Report report;
  private final String unit;
  private final boolean isTime;
  private final List<List<String>> rows = new ArrayList<>();

  private Comparisons(Report report, String unit, boolean isTime) {
    this.report = report;
    this.unit = unit;
    this.isTime = isTime;
  }

  /** Compares the milliseconds that one unit of work takes. */
  public static Comparisons ofTimes(Report report) {
    return new Comparisons(report, "ms", true);
  }

  /** Compares rates that have this unit. */
  public static Comparisons ofRates(Report report, String unit) {
    return new Comparisons(report, unit, false);
  }

  /** Adds a contest. */
  public void add(Contest contest) {
    contest.rounds().forEach((name, rates) -> add(contest, name, rates));
  }

  /** The ratio of a participant to the first one within each round: of times, or of rates. */
  public Spread toFirst(Contest contest, String name) {
    String first = contest.rounds().keySet().iterator().next();
    return isTime ? contest.ratio(first, name) : contest.ratio(name, first);
  }

  /** The names of all participants of a contest but the first. */
  public static List<String> others(Contest contest) {
    return contest.rounds().keySet().stream().skip(1).toList();
  }

  private void add(Contest contest, String name, List<Double> rates) {
    Spread value = Spread.of(rates.stream().map(rate -> isTime ? 1_000 / rate : rate).toList());
    Spread ratio = toFirst(contest, name);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", contest.backend().toString());
    json.put("what", contest.what());
    json.put("name", name);
    json.put(isTime ? "millis" : "perSecond", value.json());
    json.put("toFirst", ratio.json());
    json.put("rounds", rates);
    report.add(json);
    rows.add(
        List.of(
            contest.backend().title(),
            contest.what(),
            name,
            value.text(isTime ? "%.3f" : "%,.0f"),
            ratio.text("%.2f")));
  }

  /** Adds the table of all contests to the report. */
  public void finish(String title) {
    report.add(new Table(title, List.of("backend", "what", "with", unit, "to the first"), rows));
  }
}
