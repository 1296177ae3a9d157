package dev.waymark.bench.jobs;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.turns.Contest;
import dev.waymark.bench.turns.Contests;
import dev.waymark.bench.turns.Participant;
import java.util.ArrayList;
import java.util.List;

/**
 * Jobs that do nothing, by the whole runtime with eight workers, in one process and in two: jobs
 * per second, and bytes that each job writes and leaves in the store.
 */
public final class JobsPart implements Part {

  @Override
  public Report measure(Settings settings) throws Exception {
    Report report = new Report("jobs", "Jobs that do nothing, with eight workers");
    Contests contests = new Contests(report, "jobs/s");
    JobBytes bytes = new JobBytes(report);
    for (Backend backend : settings.backends()) {
      List<Product> products = Product.all(settings, backend);
      for (Contest contest :
          List.of(
              Contest.run(settings, backend, "jobs", inOneProcess(products)),
              Contest.run(settings, backend, "jobs by two processes", inProcesses(products)))) {
        contests.add(contest);
        addTargets(report, contest);
      }
      bytes.measure(settings, backend, products);
    }
    report.note(
        "The jobs are in the store before the workers start. At the end, every store records as"
            + " done what its handler has run.");
    contests.finish("Jobs in a second");
    bytes.finish();
    return report;
  }

  private static void addTargets(Report report, Contest contest) {
    boolean isPostgres = contest.backend() == Backend.POSTGRES;
    contest.addTarget(report, "db-scheduler", List.of("db-scheduler"), 1);
    contest.addTarget(report, "JobRunr", List.of("jobrunr"), isPostgres ? 2.5 : 3);
  }

  private static List<Participant> inOneProcess(List<Product> products) throws Exception {
    List<Participant> all = new ArrayList<>();
    for (Product product : products) {
      all.add(new JobSlices(product.open(product.location("jobs"))));
    }
    return all;
  }

  private static List<Participant> inProcesses(List<Product> products) throws Exception {
    List<Participant> all = new ArrayList<>();
    for (Product product : products) {
      all.add(new JobSlices(product.openInProcesses(product.location("process_jobs"))));
    }
    return all;
  }
}
