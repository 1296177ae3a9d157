package dev.waymark.bench.peers.dbscheduler;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;

/** The runtime of db-scheduler with its store. */
final class DbSchedulerJobs implements JobSystem {
  private final DbSchedulerStore store;
  private final DbSchedulerWorkers workers;

  DbSchedulerJobs(StoreLocation location) throws SQLException {
    workers = new DbSchedulerWorkers();
    store = new DbSchedulerStore(location, DbSchedulerWorkers.WORKERS, workers.task());
    workers.use(store.pool());
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
  public void unpick() throws SQLException {
    store.unpick();
  }

  @Override
  public AutoCloseable start(int number) throws SQLException {
    unpick();
    return workers.start(number);
  }

  @Override
  public long handled() {
    return workers.handled();
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
