package dev.waymark.bench.commits;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Steps per second and their latency, on stores that are empty at the beginning, compared with
 * plain JDBC, the ceiling and the peers.
 */
public final class CommitsPart implements Part {

  @Override
  public Report measure(Settings settings) throws Exception {
    CommitsReport report = new CommitsReport(settings.peerNames());
    Rounds rounds = new Rounds(settings.slice(), settings.warmUp(), settings.rounds());
    for (Backend backend : settings.backends()) {
      List<Implementation> implementations = Implementations.all(settings, backend);
      try {
        TallyCheck check = new TallyCheck(implementations);
        for (Load load : loads(settings)) {
          System.err.println("commits: " + backend + ", " + load.title());
          List<Implementation> able =
              implementations.stream().filter(c -> c.isAsync() || !load.isAsync()).toList();
          Map<String, Rounds.Result> results = rounds.run(able, load);
          check.add(results);
          report.add(backend, load, results);
        }
        check.check();
      } finally {
        for (Implementation implementation : implementations) {
          implementation.close();
        }
      }
    }
    return report.finish();
  }

  private static List<Load> loads(Settings settings) {
    List<Load> loads = new ArrayList<>();
    settings.threads().forEach(threads -> loads.add(Load.threads(threads)));
    loads.add(Load.inFlight(settings.inFlight()));
    return loads;
  }
}
