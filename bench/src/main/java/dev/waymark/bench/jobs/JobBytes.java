package dev.waymark.bench.jobs;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.storage.WalMeter;
import dev.waymark.bench.turns.Contest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/**
 * Bytes for each job, from its creation to its end: what it writes to the WAL, and what it leaves
 * in tables and in indexes. Each round runs the same number of jobs in a new store. Nothing is
 * timed.
 */
final class JobBytes {
  private static final long MOST_JOBS = 10_000;

  // The bytes at schema version 7 of PostgreSQL and 3 of SQLite, and about a twentieth more.
  private static final double POSTGRES_WAL = 5_300;
  private static final double POSTGRES_INDEXES = 1_140;
  private static final double SQLITE_WAL = 10_700;
  private static final double SQLITE_INDEXES = 240;

  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Report report;
  private final List<List<String>> rows = new ArrayList<>();

  JobBytes(Report report) {
    this.report = report;
  }

  /**
   * The bytes of one round, for each job.
   *
   * @param enqueuing written to the WAL while the jobs were created
   * @param running written to the WAL while they ran
   * @param tables left in tables
   * @param indexes left in indexes
   */
  private record Round(double enqueuing, double running, double tables, double indexes) {
    double wal() {
      return enqueuing + running;
    }
  }

  void measure(Settings settings, Backend backend, List<Product> products) throws Exception {
    long jobs = Math.min(MOST_JOBS, Collections.max(settings.executions()));
    System.err.printf(Locale.ROOT, "jobs: %s, bytes of %,d jobs%n", backend, jobs);
    Map<String, List<Round>> rounds = new LinkedHashMap<>();
    for (int round = 0; round < settings.rounds(); round++) {
      for (Product product : products) {
        StoreLocation location = product.location("job_bytes");
        try (JobSystem system = product.open(location)) {
          rounds
              .computeIfAbsent(system.name(), name -> new ArrayList<>())
              .add(round(system, location, jobs));
        }
      }
    }
    rounds.forEach((name, each) -> add(backend, name, each));
    if (jobs == MOST_JOBS) {
      addTargets(backend, rounds.getOrDefault(Contest.WAYMARK, List.of()));
    }
  }

  private static Round round(JobSystem system, StoreLocation location, long jobs) throws Exception {
    long emptyBytes = location.bytes();
    long emptyIndexes = location.indexBytes();
    long enqueued;
    long all;
    try (WalMeter meter = location.walMeter()) {
      system.enqueue(jobs);
      enqueued = meter.bytes();
      try (AutoCloseable workers = system.start(JobSlices.WORKERS)) {
        await(system, jobs);
      }
      all = meter.bytes();
    }
    double bytes = location.bytes() - emptyBytes;
    double indexes = location.indexBytes() - emptyIndexes;
    return new Round(
        (double) enqueued / jobs,
        (double) (all - enqueued) / jobs,
        (bytes - indexes) / jobs,
        indexes / jobs);
  }

  private static void await(JobSystem system, long jobs) throws Exception {
    long begin = System.nanoTime();
    while (system.handled() < jobs) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new IllegalStateException(
            system.name()
                + " has run "
                + system.handled()
                + " of "
                + jobs
                + " jobs within ten minutes");
      }
      LockSupport.parkNanos(CHECK_NANOS);
    }
  }

  private void add(Backend backend, String name, List<Round> rounds) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", backend.toString());
    json.put("what", "bytes");
    json.put("implementation", name);
    json.put("walEnqueuing", spread(rounds, Round::enqueuing).json());
    json.put("walRunning", spread(rounds, Round::running).json());
    json.put("wal", spread(rounds, Round::wal).json());
    json.put("tables", spread(rounds, Round::tables).json());
    json.put("indexes", spread(rounds, Round::indexes).json());
    report.add(json);
    rows.add(
        List.of(
            backend.title(),
            name,
            spread(rounds, Round::enqueuing).text("%,.0f"),
            spread(rounds, Round::running).text("%,.0f"),
            spread(rounds, Round::tables).text("%,.0f"),
            spread(rounds, Round::indexes).text("%,.0f")));
  }

  private static Spread spread(List<Round> rounds, ToDoubleFunction<Round> value) {
    return Spread.of(rounds.stream().map(value::applyAsDouble).toList());
  }

  /** A small number of jobs does not fill its pages, so the targets are for the full number. */
  private void addTargets(Backend backend, List<Round> rounds) {
    boolean isPostgres = backend == Backend.POSTGRES;
    report.add(
        Target.most(
            "bytes of WAL for each job, " + backend.title(),
            spread(rounds, Round::wal),
            isPostgres ? POSTGRES_WAL : SQLITE_WAL));
    report.add(
        Target.most(
            "bytes of indexes for each finished job, " + backend.title(),
            spread(rounds, Round::indexes),
            isPostgres ? POSTGRES_INDEXES : SQLITE_INDEXES));
  }

  /** Adds the table of all products to the report. */
  void finish() {
    report.note(
        "WAL on PostgreSQL: the distance of its positions, whole pages after a checkpoint included."
            + " On SQLite: the growth of the WAL file while a reader prevents that it begins again.");
    report.note(
        "Tables and indexes grow from an empty store. Tables include their TOAST tables and maps on"
            + " PostgreSQL, and tables without rowid and free pages on SQLite.");
    report.add(
        new Table(
            "Bytes for each job",
            List.of(
                "backend",
                "implementation",
                "WAL to create it",
                "WAL to run it",
                "left in tables",
                "left in indexes"),
            rows));
  }
}
