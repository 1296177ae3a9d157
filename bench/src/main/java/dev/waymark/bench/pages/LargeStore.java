package dev.waymark.bench.pages;

import dev.waymark.bench.place.Backend;
import dev.waymark.bench.place.Place;
import dev.waymark.bench.place.Storage;
import dev.waymark.bench.report.Numbers;
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
 * A store with a given number of executions. Its schema is made by opening it; the executions are
 * put in by SQL, since so many commits would take hours. It has no task runs and no history: pages
 * do not look at them.
 *
 * @param place where it is
 * @param size how many executions it was filled with
 * @param filling how long that took; zero when it was there already
 */
public record LargeStore(Place place, long size, Duration filling) {

  /** Finds the store in the folder, or fills one. */
  public static LargeStore of(Storage ground, Backend backend, long size) throws SQLException {
    Place place = ground.place(backend, "large_" + Numbers.size(size));
    if (isComplete(place, size)) {
      return new LargeStore(place, size, Duration.ZERO);
    }
    place.clear();
    System.err.printf(Locale.ROOT, "filling %s with %,d executions%n", backend, size);
    Instant begin = Instant.now();
    try (StateStore store = place.open()) {
      Sample.WORKFLOWS.forEach(
          id -> store.saveWorkflow(new NewWorkflow(new WorkflowId(id), "tasks: {}")));
    }
    Instant today = Instant.now().truncatedTo(ChronoUnit.MICROS);
    switch (backend) {
      case SQLITE -> new SqliteFiller(place).fill(size, today);
      case POSTGRES -> new PostgresFiller(place).fill(size, today);
    }
    if (!isComplete(place, size)) {
      throw new IllegalStateException("the filled store does not hold " + size + " executions");
    }
    return new LargeStore(place, size, Duration.between(begin, Instant.now()));
  }

  /** Asked at the front door; earlier measurements may have added some. */
  private static boolean isComplete(Place place, long size) throws SQLException {
    if (!place.exists()) {
      return false;
    }
    try (StateStore store = place.open()) {
      return store.executions(ExecutionQuery.builder().limit(1).build()).total() >= size;
    }
  }
}
