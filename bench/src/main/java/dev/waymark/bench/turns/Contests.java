package dev.waymark.bench.turns;

import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds contests to a report: a row for each participant, and all rounds. Not thread-safe. */
public final class Contests {
  private final Report report;
  private final String unit;
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds contests of which all rates have this unit. */
  public Contests(Report report, String unit) {
    this.report = report;
    this.unit = unit;
  }

  /** Adds a contest. */
  public void add(Contest contest) {
    contest.rounds().keySet().forEach(name -> add(contest, name));
  }

  private void add(Contest contest, String name) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", contest.backend().toString());
    json.put("what", contest.what());
    json.put("implementation", name);
    json.put("perSecond", contest.rate(name).json());
    Spread ratio = name.equals(Contest.WAYMARK) ? null : contest.ratioTo(List.of(name));
    if (ratio != null) {
      json.put("waymarkToIt", ratio.json());
    }
    json.put("rounds", contest.rounds().get(name));
    report.add(json);
    rows.add(
        List.of(
            contest.backend().title(),
            contest.what(),
            name,
            contest.rate(name).text("%,.0f"),
            ratio == null ? "" : ratio.text("%.2f")));
  }

  /** Adds the table of all contests to the report. */
  public void finish(String title) {
    List<String> columns = List.of("backend", "what", "implementation", unit, "waymark to it");
    report.add(new Table(title, columns, rows));
  }
}
