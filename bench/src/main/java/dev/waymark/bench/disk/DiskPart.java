package dev.waymark.bench.disk;

import dev.waymark.bench.commits.Implementations;
import dev.waymark.bench.commits.Workload;
import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Chart;
import dev.waymark.bench.report.Numbers;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bytes on the disk for each execution that ran its whole lifecycle, as a store grows. */
public final class DiskPart implements Part {
  private final Report report = new Report("disk", "Bytes on the disk for each execution");
  private final Map<Long, List<Chart.Bar>> bars = new LinkedHashMap<>();

  @Override
  public Report measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      measure(Implementations.empty(settings.storage(), backend, "disk"), settings.executions());
    }
    report.note(
        "An execution has three task runs with an attempt each, nine commits and their history;"
            + " indexes included.");
    List<Chart.Group> groups = new ArrayList<>();
    bars.forEach(
        (count, each) -> groups.add(new Chart.Group(Numbers.size(count) + " executions", each)));
    List<String> series = settings.backends().stream().map(Backend::title).toList();
    report.add(new Chart("growth", "Disk for each execution", "bytes", false, series, groups));
    return report;
  }

  private void measure(StoreLocation location, List<Long> counts) throws Exception {
    List<List<String>> rows = new ArrayList<>();
    try (StateStore store = location.open()) {
      Workload workload = new Workload(store);
      long empty = location.bytes();
      for (long count : counts) {
        System.err.printf(Locale.ROOT, "disk: %s, %,d executions%n", location.backend(), count);
        workload.runUntil(count);
        rows.add(line(location, count, location.bytes() - empty));
      }
    }
    List<String> columns = List.of("executions", "MB", "bytes for each");
    report.add(new Table(location.backend().title(), columns, rows));
  }

  private List<String> line(StoreLocation location, long count, long bytes) {
    double each = (double) bytes / count;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", location.backend().toString());
    json.put("executions", count);
    json.put("bytes", bytes);
    json.put("bytesPerExecution", each);
    report.add(json);
    bars.computeIfAbsent(count, c -> new ArrayList<>())
        .add(new Chart.Bar(location.backend().title(), Spread.ofOne(each)));
    return List.of(
        String.format(Locale.ROOT, "%,d", count),
        String.format(Locale.ROOT, "%.1f", bytes / 1e6),
        String.format(Locale.ROOT, "%,.0f", each));
  }
}
