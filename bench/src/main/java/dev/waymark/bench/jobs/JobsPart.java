package dev.waymark.bench.jobs;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.turns.Contest;
import dev.waymark.bench.turns.Contests;
import dev.waymark.bench.turns.Participant;
import java.util.ArrayList;
import java.util.List;

/** Jobs that do nothing, per second, by the whole runtime with eight workers in one process. */
public final class JobsPart implements Part {

  @Override
  public Report measure(Settings settings) throws Exception {
    Report report = new Report("jobs", "Jobs that do nothing, with eight workers in one process");
    Contests contests = new Contests(report, "jobs/s");
    for (Backend backend : settings.backends()) {
      Contest contest = Contest.run(settings, backend, "jobs", participants(settings, backend));
      contests.add(contest);
      addTargets(report, contest);
    }
    report.note(
        "The jobs are in the store before the workers start. At the end, every store records as"
            + " done what its handler has run.");
    contests.finish("Jobs in a second");
    return report;
  }

  private static void addTargets(Report report, Contest contest) {
    boolean isPostgres = contest.backend() == Backend.POSTGRES;
    contest.addTarget(report, "db-scheduler", List.of("db-scheduler"), 1);
    contest.addTarget(report, "JobRunr", List.of("jobrunr"), isPostgres ? 2.5 : 3);
  }

  private static List<Participant> participants(Settings settings, Backend backend)
      throws Exception {
    List<Participant> all = new ArrayList<>();
    all.add(
        new JobSlices(
            new WaymarkJobs(
                settings.storage().location(backend, "jobs_waymark"),
                settings.storage().folder().resolve("jobs-logs"))));
    for (Peer peer : settings.peers(backend)) {
      all.add(
          new JobSlices(
              peer.jobs(settings.storage().location(backend, "jobs_" + peer.schemaName()))));
    }
    return all;
  }
}
