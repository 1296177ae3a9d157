package dev.waymark.bench.peers.dbscheduler;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.peer.JobWorkers;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.peer.StateChanges;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;

/** db-scheduler on PostgreSQL. Its fastest polling strategy needs SKIP LOCKED. */
public final class DbScheduler implements Peer {
  static final String NAME = "db-scheduler";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean runsOn(Backend backend) {
    return backend == Backend.POSTGRES;
  }

  @Override
  public JobSystem jobs(StoreLocation location) throws SQLException {
    return new DbSchedulerJobs(location);
  }

  @Override
  public JobWorkers workers(StoreLocation location) {
    return DbSchedulerWorkers.of(location);
  }

  @Override
  public QueueSystem queue(StoreLocation location, int threads) throws SQLException {
    return new DbSchedulerQueue(location, threads);
  }

  @Override
  public StateChanges stateChanges(StoreLocation location, int threads) throws SQLException {
    return new DbSchedulerStateChanges(location, threads);
  }
}
