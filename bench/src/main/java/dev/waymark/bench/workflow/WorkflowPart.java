package dev.waymark.bench.workflow;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.process.Child;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Comparisons;
import dev.waymark.bench.turns.Contest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One workflow of 100, 1,000 and 10,000 tasks that do nothing: the time for each task as a ratio to
 * that of the smallest workflow, and the memory of a process with a small heap that runs the
 * smallest or the largest.
 */
public final class WorkflowPart implements Part {
  private static final long MOST_TASKS = 10_000;
  private static final int SHARE_OF_SIZE = 10;
  private static final int LEAST_TASKS = 2;

  private final Report report = new Report("workflow", "One workflow of many tasks");
  private final Comparisons comparisons = Comparisons.ofTimes(report);
  private final List<List<String>> memory = new ArrayList<>();

  @Override
  public Report measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      for (Shape shape : Shape.values()) {
        addTimes(settings, backend, shape);
        addMemory(settings, backend, shape);
      }
    }
    report.note(
        "The tasks call a handler that does nothing, by a runner with eight slots in this process."
            + " The time of a task is that of its execution, from its start to its end, divided by"
            + " the number of tasks.");
    report.note("What runs out of memory fails, and with it this part.");
    comparisons.finish("Time for each task");
    report.add(
        new Table(
            "One execution with " + Child.SMALL_HEAP,
            List.of("backend", "what", "with", "live heap MB", "peak MB of process"),
            memory));
    return report;
  }

  /** The numbers of tasks: the greatest, a tenth and a hundredth of it. */
  private static List<Integer> taskCounts(Settings settings) {
    int most = (int) Math.min(MOST_TASKS, Collections.max(settings.sizes()) / SHARE_OF_SIZE);
    return List.of(Math.max(LEAST_TASKS, most / 100), most / 10, most);
  }

  private void addTimes(Settings settings, Backend backend, Shape shape) throws Exception {
    List<WorkflowSlices> participants = new ArrayList<>();
    for (int tasks : taskCounts(settings)) {
      participants.add(
          new WorkflowSlices(
              location(settings, backend, shape, tasks), shape, tasks, logs(settings)));
    }
    Contest contest = Contest.run(settings, backend, shape.title(), participants);
    comparisons.add(contest);
    for (String name : Comparisons.others(contest)) {
      String title = "time for each task, " + shape.title() + ", " + backend.title() + ", " + name;
      report.add(Target.flat(title, comparisons.toFirst(contest, name)));
    }
  }

  private void addMemory(Settings settings, Backend backend, Shape shape)
      throws IOException, InterruptedException, SQLException {
    List<Integer> counts = taskCounts(settings);
    for (int tasks : List.of(counts.get(0), counts.get(counts.size() - 1))) {
      StoreLocation location = location(settings, backend, shape, tasks);
      location.clear();
      location.open().close();
      Child child =
          Child.inSmallHeap(
              SmallHeapRun.class,
              settings.storage().folder().resolve("workflow.out"),
              location.url(),
              logs(settings).toString(),
              shape.schemaName(),
              Integer.toString(tasks));
      double peak = child.peakMegabytes();
      add(backend, shape, tasks, child.output(), peak);
    }
  }

  private void add(Backend backend, Shape shape, int tasks, String live, double peak) {
    memory.add(
        List.of(
            backend.title(),
            shape.title(),
            String.format(Locale.ROOT, "%,d tasks", tasks),
            live,
            peak == 0 ? "unknown" : String.format(Locale.ROOT, "%.0f", peak)));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", backend.toString());
    json.put("what", shape.title());
    json.put("tasks", tasks);
    json.put("liveMegabytes", Long.parseLong(live));
    json.put("peakMegabytes", peak);
    report.add(json);
  }

  private static StoreLocation location(
      Settings settings, Backend backend, Shape shape, int tasks) {
    return settings.storage().location(backend, "workflow_" + shape.schemaName() + "_" + tasks);
  }

  private static Path logs(Settings settings) {
    return settings.storage().folder().resolve("workflow-logs");
  }
}
