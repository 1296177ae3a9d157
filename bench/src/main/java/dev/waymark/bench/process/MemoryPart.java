package dev.waymark.bench.process;

import dev.waymark.bench.pages.LargeStore;
import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Listing, committing and running with a heap of 64 MiB, on the largest store of the settings. */
public final class MemoryPart implements Part {
  private final Report report = new Report("memory", "A heap of 64 MiB on a large store");
  private final List<List<String>> rows = new ArrayList<>();

  @Override
  public Report measure(Settings settings) throws Exception {
    long size = Collections.max(settings.sizes());
    for (Backend backend : settings.backends()) {
      LargeStore large = LargeStore.of(settings.storage(), backend, size);
      System.err.printf(Locale.ROOT, "memory: %s, %,d executions%n", backend, size);
      measureLibrary(large, settings);
      measureCommands(large, settings);
    }
    report.note("What runs out of memory fails, and with it this part.");
    report.add(
        new Table(
            "With " + Child.SMALL_HEAP,
            List.of("what", "store", "executions", "did", "live heap MB", "peak MB of process"),
            rows));
    return report;
  }

  private void measureLibrary(LargeStore large, Settings settings) throws Exception {
    long executions = Collections.max(settings.executions());
    Child child =
        Child.inSmallHeap(
            SmallHeap.class,
            settings.storage().folder().resolve("memory.out"),
            large.location().url(),
            Long.toString(settings.slice().multipliedBy(settings.rounds()).toMillis()),
            Long.toString(executions));
    double peak = child.peakMegabytes();
    String[] words = child.output().split(" ", -1);
    String did =
        String.format(Locale.ROOT, "listed %,d, ran %,d", Long.parseLong(words[0]), executions);
    add("library", large, did, words[2], peak);
  }

  private void measureCommands(LargeStore large, Settings settings) throws Exception {
    String list = "executions list --limit 1000 -o json";
    add(list, large, settings);
    add("run -f " + settings.root().resolve("examples/fan-out.yaml"), large, settings);
  }

  private void add(String words, LargeStore large, Settings settings) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(settings.root().resolve("waymark").toString());
    command.addAll(List.of(words.split(" ", -1)));
    Child child =
        new Child(
            command,
            Map.of("WAYMARK_STORE", large.location().url(), "WAYMARK_JAVA_OPTS", Child.SMALL_HEAP),
            settings.storage().folder().resolve("memory.out"));
    double peak = child.peakMegabytes();
    String title = "waymark " + words.replaceAll(" [^ ]*/", " ");
    add(title, large, "", "", peak);
  }

  private void add(String what, LargeStore large, String did, String live, double peak) {
    String executions = String.format(Locale.ROOT, "%,d", large.size());
    String megabytes = peak == 0 ? "unknown" : String.format(Locale.ROOT, "%.0f", peak);
    rows.add(List.of(what, large.location().backend().title(), executions, did, live, megabytes));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("what", what);
    json.put("backend", large.location().backend().toString());
    json.put("executions", large.size());
    json.put("did", did);
    json.put("peakMegabytes", peak);
    report.add(json);
  }
}
