package dev.waymark.bench.pages;

import dev.waymark.bench.report.Numbers;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A store with a given number of executions. Opening it creates its schema. The executions are
 * inserted by SQL, because commits for the same number would take hours. It has no task runs and no
 * history, because pages do not read them.
 *
 * @param location its location
 * @param size the number of executions that were inserted
 * @param filling how long that took; zero when the store existed already
 */
public record LargeStore(StoreLocation location, long size, Duration filling) {

  /** Uses the store in the folder, or fills a new one. */
  public static LargeStore of(Storage storage, Backend backend, long size) throws SQLException {
    StoreLocation location = storage.location(backend, "large_" + Numbers.size(size));
    if (isComplete(location, size)) {
      return new LargeStore(location, size, Duration.ZERO);
    }
    location.clear();
    System.err.printf(Locale.ROOT, "filling %s with %,d executions%n", backend, size);
    Instant begin = Instant.now();
    try (StateStore store = location.open()) {
      Sample.WORKFLOWS.forEach(
          id -> store.saveWorkflow(new NewWorkflow(new WorkflowId(id), "tasks: {}")));
    }
    Instant today = Instant.now().truncatedTo(ChronoUnit.MICROS);
    switch (backend) {
      case SQLITE -> new SqliteFiller(location).fill(size, today);
      case POSTGRES -> new PostgresFiller(location).fill(size, today);
    }
    if (!isComplete(location, size)) {
      throw new IllegalStateException("the filled store does not hold " + size + " executions");
    }
    return new LargeStore(location, size, Duration.between(begin, Instant.now()));
  }

  /** Reads through the public API. Earlier measurements may have added executions. */
  private static boolean isComplete(StoreLocation location, long size) throws SQLException {
    if (!location.exists()) {
      return false;
    }
    try (StateStore store = location.open()) {
      return store.executions(ExecutionQuery.builder().limit(1).build()).total() >= size;
    }
  }
}
