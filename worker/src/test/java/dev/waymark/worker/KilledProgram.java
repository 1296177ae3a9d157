package dev.waymark.worker;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A process with a worker, which runs until it is killed. Arguments: URL of the store, folder. Each
 * attempt holds a lock on a file of its task run; the operating system releases it when the process
 * is killed.
 */
final class KilledProgram {
  private static final Duration LEASE = Duration.ofSeconds(2);

  /** A loop of three tasks side by side, and one after them. */
  static final Next NEXT =
      (progress, plan) -> {
        plan.run("a");
        plan.run("b");
        plan.run("c");
        if (progress.succeeded("a", "b", "c")) {
          plan.run("join");
        }
        if (progress.succeeded("join")) {
          plan.succeed(progress.result("join"));
        }
      };

  private KilledProgram() {}

  public static void main(String[] arguments) throws InterruptedException {
    Path folder = Path.of(arguments[1]);
    try (StateStore store = StoreUrl.parse(arguments[0], StoreOptions.defaults()).open();
        Worker worker =
            Worker.builder(store)
                .concurrency(3)
                .lease(LEASE)
                .maxLost(1_000)
                .handle((claimed, context) -> exclusively(folder, context.idempotencyKey()))
                .next(NEXT)
                .start()) {
      System.out.println("works as " + worker.name());
      new CountDownLatch(1).await();
    }
  }

  /** Works for some milliseconds. Another attempt at the same time is recorded in a file. */
  private static Result exclusively(Path folder, String key)
      throws IOException, InterruptedException {
    try (FileChannel file =
            FileChannel.open(
                folder.resolve(key), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      if (lock == null) {
        Files.writeString(folder.resolve("overlap-" + key), "two at once");
      }
      CountDownLatch never = new CountDownLatch(1);
      boolean unused =
          never.await(
              ThreadLocalRandom.current().nextInt(5, 40),
              java.util.concurrent.TimeUnit.MILLISECONDS);
    }
    return Result.success();
  }
}
