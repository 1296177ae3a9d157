package dev.waymark.bench.pages;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Numbers;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pages with their totals on large stores, compared with plain SQL on a copy with the indexes that
 * plain SQL needs.
 */
public final class PagesPart implements Part {
  private static final List<String> COLUMNS =
      List.of(
          "list",
          "page",
          "total",
          "waymark p50 ms",
          "p99 ms",
          "plain SQL p50 ms",
          "p99 ms",
          "plain / waymark");

  private final Report report =
      new Report("pages", "Pages of " + Listing.LIMIT + " executions with their total");

  @Override
  public Report measure(Settings settings) throws Exception {
    report.note(
        "Plain SQL is count(*) with LIMIT and OFFSET, over a copy with an index for each of these"
            + " orders. They take turns at ten reads.");
    for (Backend backend : settings.backends()) {
      List<Chart.Group> groups = new ArrayList<>();
      for (long size : settings.sizes()) {
        LargeStore large = LargeStore.of(settings.storage(), backend, size);
        noteFilling(large);
        StoreLocation plain = PlainCopy.of(settings.storage(), large);
        add(large, measure(large, plain, budget(settings)), groups);
      }
      report.add(
          new Chart(
              backend.toString(),
              "Pages on " + backend.title() + ": all executions, newest first",
              "milliseconds",
              true,
              List.of("waymark", "plain SQL"),
              groups,
              "from the least to the 99th percentile"));
    }
    return report;
  }

  /** How long one kind of page is read. */
  private static Duration budget(Settings settings) {
    return settings.slice().multipliedBy(settings.rounds()).dividedBy(2);
  }

  private void noteFilling(LargeStore large) {
    if (!large.filling().isZero()) {
      report.note(
          String.format(
              Locale.ROOT,
              "Filling %s with %,d executions took %.1f s.",
              large.location().backend().title(),
              large.size(),
              large.filling().toMillis() / 1e3));
    }
  }

  private static List<PageTimes> measure(LargeStore large, StoreLocation copy, Duration budget)
      throws Exception {
    System.err.printf(
        Locale.ROOT, "pages: %s, %,d executions%n", large.location().backend(), large.size());
    List<PageTimes> all = new ArrayList<>();
    try (StateStore store = large.location().open();
        PlainPages plain = new PlainPages(copy)) {
      for (Listing listing : List.of(Listing.all(), Listing.failed(), Listing.busiest())) {
        all.addAll(new PageReader(store, plain, listing, budget).read());
      }
    }
    return all;
  }

  private void add(LargeStore large, List<PageTimes> all, List<Chart.Group> groups) {
    List<List<String>> rows = new ArrayList<>();
    for (PageTimes times : all) {
      rows.add(cells(times));
      report.add(json(large, times));
      if (times.listing().equals(Listing.all())) {
        groups.add(
            new Chart.Group(
                times.page() + ", " + Numbers.size(large.size()),
                List.of(
                    new Chart.Bar("waymark", times.waymark().spread()),
                    new Chart.Bar("plain SQL", times.plain().spread()))));
      }
    }
    String title =
        String.format(
            Locale.ROOT, "%s, %,d executions", large.location().backend().title(), large.size());
    report.add(new Table(title, COLUMNS, rows));
  }

  private static List<String> cells(PageTimes times) {
    return List.of(
        times.listing().title(),
        times.page(),
        String.format(Locale.ROOT, "%,d", times.total()),
        Numbers.brief(times.waymark().percentile(0.5)),
        Numbers.brief(times.waymark().percentile(0.99)),
        Numbers.brief(times.plain().percentile(0.5)),
        Numbers.brief(times.plain().percentile(0.99)),
        String.format(
            Locale.ROOT, "%.2f", times.plain().percentile(0.5) / times.waymark().percentile(0.5)));
  }

  private static Map<String, Object> json(LargeStore large, PageTimes times) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", large.location().backend().toString());
    json.put("executions", large.size());
    json.put("list", times.listing().title());
    json.put("page", times.page());
    json.put("total", times.total());
    json.put("waymark", times.waymark().json());
    json.put("plain", times.plain().json());
    return json;
  }
}
