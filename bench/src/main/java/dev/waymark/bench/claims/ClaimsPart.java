package dev.waymark.bench.claims;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Numbers;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Concurrently;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures claims. The latency of a claim with a large backlog and many finished task runs is
 * compared with that of an empty store. The throughput of eight claimers is compared with that of a
 * bare queue. The part also measures how soon a process starts when new work arrives.
 */
public final class ClaimsPart implements Part {
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final int CLAIMERS = 8;
  private static final int MOST_CLAIMS = 100;
  private static final int SHARE_READY = 10;
  private static final int SHARE_CLAIMED = 200;

  private final Report report = new Report("claims", "Claiming work");
  private final List<List<String>> latencies = new ArrayList<>();
  private final List<List<String>> rates = new ArrayList<>();

  @Override
  public Report measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      measure(settings, backend);
    }
    report.add(
        new Table(
            "One claim of one task run, ms (p50 of each round)",
            List.of("backend", "empty store", "with backlog", "ratio"),
            latencies));
    report.add(
        new Table(
            "Eight claimers, claims of one in a second",
            List.of("backend", "claims", "bare queue", "ratio"),
            rates));
    report.add(new Wakeup(report).measure(settings));
    report.note(
        "A claim moves execution, task run and attempt, with history and lease; the bare queue"
            + " deletes a row.");
    return report;
  }

  private void measure(Settings settings, Backend backend) throws Exception {
    long finished = Math.min(1_000_000, Collections.max(settings.sizes()));
    long ready = finished / SHARE_READY;
    StoreLocation small = settings.storage().location(backend, "claims_small");
    StoreLocation large = settings.storage().location(backend, "claims_large");
    System.err.printf(Locale.ROOT, "claims: %s, filling %,d and %,d%n", backend, finished, ready);
    Backlog few = new Backlog(small);
    Backlog many = new Backlog(large);
    few.begin();
    many.begin();
    many.addFinished(finished);
    many.addReady(ready);
    // A small backlog, as in a quick run, must be enough for all rounds and for the rates.
    int claims = (int) Math.min(MOST_CLAIMS, (1 + ready / SHARE_CLAIMED) * Backlog.TASKS);
    latency(settings, backend, claims, small, few, large);
    rate(settings, backend, large, many, ready);
  }

  private void latency(
      Settings settings,
      Backend backend,
      int claims,
      StoreLocation small,
      Backlog few,
      StoreLocation large)
      throws Exception {
    List<Double> empty = new ArrayList<>();
    List<Double> full = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (StateStore one = small.open();
        StateStore other = large.open()) {
      for (int round = 0; round <= settings.rounds(); round++) {
        few.addReady(claims);
        double first = median(one, claims);
        double second = median(other, claims);
        if (round > 0) { // The first round is a warm-up.
          empty.add(first);
          full.add(second);
          ratios.add(second / first);
        }
      }
    }
    report(backend, "latency", Spread.of(full), Spread.of(empty), Spread.of(ratios));
    latencies.add(
        List.of(
            backend.title(),
            Spread.of(empty).text("%.2f"),
            Spread.of(full).text("%.2f"),
            Spread.of(ratios).text("%.2f")));
  }

  private static double median(StateStore store, int claims) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < claims; i++) {
      long begin = System.nanoTime();
      int taken = store.claim(ClaimRequest.of("bench", 1, LEASE)).claimed().size();
      millis.add((System.nanoTime() - begin) / 1e6);
      if (taken != 1) {
        throw new IllegalStateException("a claim took " + taken + " instead of one");
      }
    }
    return Spread.of(millis).median();
  }

  private void rate(
      Settings settings, Backend backend, StoreLocation large, Backlog many, long ready)
      throws Exception {
    LongAdder claimed = new LongAdder();
    List<Double> ours = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    BareQueue.create(large);
    // SQLite has one writer: several connections of one process would only wait for each other.
    int several = backend == Backend.POSTGRES ? CLAIMERS : 1;
    List<StateStore> stores = new ArrayList<>();
    List<BareQueue.Claimer> claimers = new ArrayList<>();
    try {
      for (int i = 0; i < several; i++) {
        stores.add(large.open());
        claimers.add(new BareQueue.Claimer(large));
      }
      for (int round = 0; round <= settings.rounds(); round++) {
        BareQueue.fill(large, ready);
        refill(many, claimed, ready);
        double first = Concurrently.perSecond(takers(stores, claimed), settings.slice());
        double second = Concurrently.perSecond(bareTakers(claimers), settings.slice());
        if (round > 0) {
          ours.add(first);
          bare.add(second);
          ratios.add(first / second);
        }
      }
    } finally {
      stores.forEach(StateStore::close);
      for (BareQueue.Claimer claimer : claimers) {
        claimer.close();
      }
    }
    report(backend, "perSecond", Spread.of(ours), Spread.of(bare), Spread.of(ratios));
    rates.add(
        List.of(
            backend.title(),
            Numbers.brief(Spread.of(ours).median()),
            Numbers.brief(Spread.of(bare).median()),
            Spread.of(ratios).text("%.2f")));
  }

  /** Replaces what was claimed, so that each round has the same backlog. */
  private static void refill(Backlog many, LongAdder claimed, long ready) throws SQLException {
    long gone = claimed.sumThenReset();
    if (gone >= ready) {
      throw new IllegalStateException(
          "one round has claimed all "
              + ready
              + " task runs; use larger --sizes or a shorter --slice");
    }
    long whole = gone - gone % Backlog.TASKS;
    if (whole > 0) {
      many.addReady(whole);
    }
  }

  private static List<Concurrently.Call> takers(List<StateStore> stores, LongAdder claimed) {
    List<Concurrently.Call> takers = new ArrayList<>();
    for (int i = 0; i < CLAIMERS; i++) {
      StateStore store = stores.get(i % stores.size());
      String worker = "bench-" + i;
      takers.add(
          () -> {
            int taken = store.claim(ClaimRequest.of(worker, 1, LEASE)).claimed().size();
            claimed.add(taken);
            return taken > 0;
          });
    }
    return takers;
  }

  private static List<Concurrently.Call> bareTakers(List<BareQueue.Claimer> claimers) {
    List<Concurrently.Call> takers = new ArrayList<>();
    for (int i = 0; i < CLAIMERS; i++) {
      BareQueue.Claimer claimer = claimers.get(i % claimers.size());
      takers.add(
          () -> {
            synchronized (claimer) {
              return claimer.take();
            }
          });
    }
    return takers;
  }

  private void report(Backend backend, String what, Spread ours, Spread baseline, Spread ratio) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", backend.toString());
    json.put("what", what);
    json.put("waymark", ours.json());
    json.put("baseline", baseline.json());
    json.put("ratio", ratio.json());
    report.add(json);
  }
}
