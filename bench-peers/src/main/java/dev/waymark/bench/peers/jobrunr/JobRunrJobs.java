package dev.waymark.bench.peers.jobrunr;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;

/** The runtime of JobRunr: a background job server with its pool of workers. */
final class JobRunrJobs implements JobSystem {
  private static final int WORKERS = 8;

  private final StoreLocation location;
  private final JobRunrStore store;
  private final long before = Handled.count();

  private JobRunrJobs(StoreLocation location, JobRunrStore store) {
    this.location = location;
    this.store = store;
  }

  /** Replaces what exists at the location with an empty store. */
  static JobRunrJobs replacing(StoreLocation location) throws SQLException {
    return new JobRunrJobs(location, JobRunrStore.replacing(location, WORKERS));
  }

  /** Works on a store that another process has made. */
  static JobRunrJobs existing(StoreLocation location) throws SQLException {
    return new JobRunrJobs(location, JobRunrStore.existing(location, WORKERS));
  }

  @Override
  public String name() {
    return JobRunr.NAME;
  }

  @Override
  public void enqueue(long jobs) throws SQLException {
    store.enqueue(jobs);
    location.analyze();
  }

  @Override
  public AutoCloseable start(int workers) {
    BackgroundJobServer server = store.server(workers);
    server.start();
    return server::stop;
  }

  @Override
  public long handled() {
    return Handled.count() - before;
  }

  @Override
  public long done() {
    return store.count(StateName.SUCCEEDED);
  }

  @Override
  public void close() throws SQLException {
    store.close();
  }
}
