package dev.waymark.bench.queue;

import dev.waymark.bench.part.Part;
import dev.waymark.bench.part.Settings;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Contest;
import dev.waymark.bench.turns.Contests;
import dev.waymark.bench.turns.Participant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Items per second that eight threads claim, one or fifty at a time, and that they claim and
 * finish, one or ten at a time. Only the stores work, not the runtimes of the products.
 */
public final class QueuePart implements Part {
  private static final int THREADS = 8;

  private final Report report = new Report("queue", "Claiming and finishing, with eight threads");
  private final Contests contests = new Contests(report, "items/s");

  @Override
  public Report measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      claims(settings, backend, 1);
      claims(settings, backend, 50);
      finishes(settings, backend, 1);
      finishes(settings, backend, 10);
    }
    report.note(
        "The items are in the store before the threads begin. At the end, every store records as"
            + " claimed or finished what the threads have counted.");
    contests.finish("Items in a second");
    return report;
  }

  private void claims(Settings settings, Backend backend, int batch) throws Exception {
    String what = "claimed, " + batch + " at a time";
    Contest contest =
        Contest.run(settings, backend, what, participants(settings, backend, batch, false));
    contests.add(contest);
    boolean isPostgres = backend == Backend.POSTGRES;
    contest.addTarget(report, "the best peer", settings.peerNames(), isPostgres ? 1.5 : 2);
    if (isPostgres && batch > 1) {
      contest.addTarget(report, PlainQueue.NAME, List.of(PlainQueue.NAME), 0.5);
    }
  }

  private void finishes(Settings settings, Backend backend, int batch) throws Exception {
    String what = "claimed and finished, " + batch + " at a time";
    Contest contest =
        Contest.run(settings, backend, what, participants(settings, backend, batch, true));
    contests.add(contest);
    contest.addTarget(report, "the best peer", settings.peerNames(), 1);
  }

  private static List<Participant> participants(
      Settings settings, Backend backend, int batch, boolean isFinishing) throws Exception {
    String suffix = String.format(Locale.ROOT, "_%s_%s", isFinishing ? "finish" : "claim", batch);
    List<QueueSystem> systems = new ArrayList<>();
    systems.add(new WaymarkQueue(location(settings, backend, "queue_waymark" + suffix)));
    if (backend == Backend.POSTGRES) {
      systems.add(new PlainQueue(location(settings, backend, "queue_plain" + suffix)));
    }
    for (Peer peer : settings.peers(backend)) {
      StoreLocation location = location(settings, backend, "queue_" + peer.schemaName() + suffix);
      systems.add(peer.queue(location, THREADS));
    }
    List<Participant> all = new ArrayList<>();
    for (QueueSystem system : systems) {
      all.add(new QueueSlices(system, THREADS, batch, isFinishing));
    }
    return all;
  }

  private static StoreLocation location(Settings settings, Backend backend, String name) {
    return settings.storage().location(backend, name);
  }
}
