package dev.waymark.bench.flat;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.turns.Comparisons;
import dev.waymark.bench.turns.Contest;
import java.util.ArrayList;
import java.util.List;

/**
 * The time of a claim under each condition, as a ratio to the time of the same claim in a store
 * without the condition. All stores of a backend take turns.
 */
public final class FlatPart implements Part {
  private static final List<Integer> BATCHES = List.of(1, 50);

  private final Report report = new Report("flat", "The cost of a claim");
  private final Comparisons comparisons = Comparisons.ofTimes(report);

  @Override
  public Report measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      measure(settings, backend);
    }
    report.note(
        "One thread claims from task runs that became ready before, and finishes them after a block"
            + " of claims. Only the claims are measured; the time is the mean of a slice.");
    report.note(
        "SQLite has no dead rows. There, a reader with an old snapshot prevents the WAL from being"
            + " written back, and the WAL grows.");
    comparisons.finish("Time of a claim");
    return report;
  }

  private void measure(Settings settings, Backend backend) throws Exception {
    Amounts amounts = Amounts.of(settings);
    List<ConditionStore> stores = new ArrayList<>();
    try {
      for (Condition condition : Condition.values()) {
        System.err.println("flat: " + backend + ", filling: " + condition.title(backend, amounts));
        stores.add(ConditionStore.create(settings.storage(), backend, condition, amounts));
      }
      for (int batch : BATCHES) {
        add(run(settings, backend, stores, batch));
      }
    } finally {
      for (ConditionStore store : stores) {
        store.close();
      }
    }
  }

  private static Contest run(
      Settings settings, Backend backend, List<ConditionStore> stores, int batch) throws Exception {
    List<ClaimSlices> participants = new ArrayList<>();
    for (ConditionStore store : stores) {
      participants.add(new ClaimSlices(store, batch));
    }
    return Contest.run(settings, backend, "claims of " + batch, participants);
  }

  private void add(Contest contest) {
    comparisons.add(contest);
    for (String name : Comparisons.others(contest)) {
      String title = "time of " + contest.what() + ", " + contest.backend().title() + ", " + name;
      report.add(Target.flat(title, comparisons.toFirst(contest, name)));
    }
  }
}
