package dev.waymark.trials;

import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * A process with several {@link Claimer}s on one store. It works until it is killed, or until a
 * file named {@code stop} is beside its journal.
 */
final class Claimers {
  private static final List<String> SMALL = List.of("-Xmx96m", "-XX:+UseSerialGC");

  private Claimers() {}

  /** Starts the process. */
  static JavaProcess start(String url, Path journal, int threads, long seed) {
    return JavaProcess.start(
        SMALL,
        Claimers.class,
        url,
        journal.toString(),
        Integer.toString(threads),
        Long.toString(seed));
  }

  /** Asks all processes with journals in this folder to end what they have claimed, and stop. */
  static Path stopFile(Path journals) {
    return journals.resolve("stop");
  }

  /** Arguments: URL of the store, journal, number of threads, seed. */
  public static void main(String[] arguments) {
    Worker.endWithParent();
    Path file = Path.of(arguments[1]);
    Path stop = stopFile(file.resolveSibling(""));
    SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[3]));
    try (StateStore store = StoreLocation.open(arguments[0]);
        ClaimJournal journal = new ClaimJournal(file)) {
      List<CompletableFuture<Void>> threads = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        Claimer claimer = new Claimer(file.getFileName() + "-" + i, store, journal, random.split());
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(() -> run(claimer, stop, done), "claimer-" + i).start();
        threads.add(done);
      }
      threads.forEach(CompletableFuture::join);
      journal.stopped();
    }
  }

  private static void run(Claimer claimer, Path stop, CompletableFuture<Void> done) {
    try {
      claimer.work(() -> Files.exists(stop));
      done.complete(null);
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      done.completeExceptionally(e);
    }
  }
}
