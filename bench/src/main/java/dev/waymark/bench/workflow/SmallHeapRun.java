package dev.waymark.bench.workflow;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The program that runs one execution in a small heap. It prints the megabytes of live heap before
 * the runner is closed.
 */
final class SmallHeapRun {
  private SmallHeapRun() {}

  /** Arguments: the URL of the store, the folder of logs, the shape, and the number of tasks. */
  public static void main(String[] arguments) {
    StoreOptions options = StoreOptions.builder().build();
    Shape shape = Shape.valueOf(arguments[2].toUpperCase(Locale.ROOT));
    try (StateStore store = StoreUrl.parse(arguments[0], options).open();
        LargeWorkflow workflow =
            new LargeWorkflow(
                store, shape, Integer.parseInt(arguments[3]), Path.of(arguments[1]))) {
      workflow.run();
      System.gc();
      Runtime heap = Runtime.getRuntime();
      System.out.println((heap.totalMemory() - heap.freeMemory()) >> 20);
    }
  }
}
