package dev.waymark.bench.process;

import dev.waymark.bench.commits.Workload;
import dev.waymark.core.model.Execution;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program that runs in a small heap. It pages through a store by cursor, then runs whole
 * executions. It prints the amount of work and the megabytes of live heap at the end.
 */
final class SmallHeap {
  private SmallHeap() {}

  /**
   * Arguments: the URL of the store, the milliseconds for paging, and the number of executions to
   * run.
   */
  public static void main(String[] arguments) {
    String url = arguments[0];
    try (StateStore store =
        url.startsWith("sqlite:")
            ? SqliteStateStore.open(Path.of(url.substring("sqlite:".length())))
            : PostgresStateStore.open(url)) {
      long listed = list(store, TimeUnit.MILLISECONDS.toNanos(Long.parseLong(arguments[1])));
      long executions = Long.parseLong(arguments[2]);
      new Workload(store).runUntil(executions);
      System.gc();
      Runtime heap = Runtime.getRuntime();
      long live = (heap.totalMemory() - heap.freeMemory()) >> 20;
      System.out.printf(
          Locale.ROOT, "%d %d %d %d%n", listed, executions, live, heap.maxMemory() >> 20);
    }
  }

  /** Reads page after page of the maximum size, each with its total. */
  private static long list(StateStore store, long nanos) {
    long end = System.nanoTime() + nanos;
    long listed = 0;
    @Nullable Cursor next = null;
    do {
      Page<Execution> page =
          store.executions(
              ExecutionQuery.builder().after(next).limit(store.limits().maxPageSize()).build());
      listed += page.items().size();
      next = page.next();
    } while (next != null && System.nanoTime() < end);
    return listed;
  }
}
