package dev.waymark.bench.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.bench.peer.JobWorkers;
import dev.waymark.bench.peers.Pools;
import dev.waymark.bench.storage.StoreLocation;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The runtime of db-scheduler, with its strategy for high throughput: lock-and-fetch. */
final class DbSchedulerWorkers implements JobWorkers {
  static final int WORKERS = 8;

  /** Fetches again when this many tasks for each thread are left … */
  private static final double LOWER_LIMIT = 1;

  /** … until this many are there. */
  private static final double UPPER_LIMIT = 4;

  private final AtomicLong handled = new AtomicLong();
  private final OneTimeTask<Void> task =
      Tasks.oneTime("nothing").execute((instance, context) -> handled.incrementAndGet());
  private @Nullable DataSource connections;
  private @Nullable HikariDataSource pool;

  /** Workers for a store that exists. */
  static DbSchedulerWorkers of(StoreLocation location) {
    DbSchedulerWorkers workers = new DbSchedulerWorkers();
    workers.pool = Pools.open(location, WORKERS);
    workers.use(workers.pool);
    return workers;
  }

  OneTimeTask<Void> task() {
    return task;
  }

  /** Uses these connections from now on, which stay open. */
  void use(DataSource source) {
    connections = source;
  }

  @Override
  public AutoCloseable start(int workers) {
    Scheduler scheduler =
        Scheduler.create(Objects.requireNonNull(connections), task)
            .threads(workers)
            .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
            .pollingInterval(Duration.ofMillis(100))
            .schedulerName(new SchedulerName.Fixed("bench-" + ProcessHandle.current().pid()))
            .build();
    scheduler.start();
    return scheduler::stop;
  }

  @Override
  public long handled() {
    return handled.get();
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
