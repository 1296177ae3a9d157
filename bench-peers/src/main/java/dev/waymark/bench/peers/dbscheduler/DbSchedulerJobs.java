package dev.waymark.bench.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The runtime of db-scheduler, with its strategy for high throughput: lock-and-fetch. */
final class DbSchedulerJobs implements JobSystem {
  private static final int WORKERS = 8;

  /** Fetches again when this many tasks for each thread are left … */
  private static final double LOWER_LIMIT = 1;

  /** … until this many are there. */
  private static final double UPPER_LIMIT = 4;

  private final AtomicLong handled = new AtomicLong();
  private final OneTimeTask<Void> task =
      Tasks.oneTime("nothing").execute((instance, context) -> handled.incrementAndGet());
  private final DbSchedulerStore store;

  DbSchedulerJobs(StoreLocation location) throws SQLException {
    store = new DbSchedulerStore(location, WORKERS, task);
  }

  @Override
  public String name() {
    return DbScheduler.NAME;
  }

  @Override
  public void enqueue(long jobs) throws SQLException {
    store.fill(jobs);
  }

  @Override
  public AutoCloseable start(int workers) throws SQLException {
    store.unpick();
    Scheduler scheduler =
        Scheduler.create(store.pool(), task)
            .threads(workers)
            .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
            .pollingInterval(Duration.ofMillis(100))
            .schedulerName(new SchedulerName.Fixed("bench"))
            .build();
    scheduler.start();
    return scheduler::stop;
  }

  @Override
  public long handled() {
    return handled.get();
  }

  @Override
  public long done() throws SQLException {
    return store.added() - store.left();
  }

  @Override
  public void close() {
    store.close();
  }
}
