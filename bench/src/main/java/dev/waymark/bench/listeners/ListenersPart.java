package dev.waymark.bench.listeners;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Comparisons;
import dev.waymark.bench.turns.Contest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commits per second on PostgreSQL with 0, 1 and 8 stores that listen. NOTIFY takes a lock of the
 * whole server until its transaction has ended.
 */
public final class ListenersPart implements Part {
  private static final List<Integer> THREADS = List.of(8, 32);
  private static final List<Integer> LISTENERS = List.of(0, 1, 8);

  private final Report report = new Report("listeners", "Commits while other stores listen");
  private final Comparisons comparisons = Comparisons.ofRates(report, "commits/s");

  @Override
  public Report measure(Settings settings) throws Exception {
    if (settings.backends().contains(Backend.POSTGRES)) {
      for (int threads : THREADS) {
        String what = threads + " threads";
        comparisons.add(
            Contest.run(settings, Backend.POSTGRES, what, participants(settings, threads)));
      }
    }
    report.note(
        "Each commit creates an execution with one task run that is ready. Only PostgreSQL is"
            + " measured: SQLite has no notifications.");
    comparisons.finish("Commits in a second");
    return report;
  }

  private static List<ListenedCommits> participants(Settings settings, int threads)
      throws SQLException {
    List<ListenedCommits> all = new ArrayList<>();
    for (int listeners : LISTENERS) {
      StoreLocation location =
          settings.storage().location(Backend.POSTGRES, "listeners_" + threads + "_" + listeners);
      all.add(new ListenedCommits(location, threads, listeners));
    }
    return all;
  }
}
