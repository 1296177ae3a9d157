package dev.waymark.bench.peers.jobrunr;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.peer.JobWorkers;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.peer.StateChanges;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;

/** JobRunr on PostgreSQL and SQLite. */
public final class JobRunr implements Peer {
  static final String NAME = "jobrunr";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean runsOn(Backend backend) {
    return true;
  }

  @Override
  public JobSystem jobs(StoreLocation location) throws SQLException {
    return JobRunrJobs.replacing(location);
  }

  @Override
  public JobWorkers workers(StoreLocation location) throws SQLException {
    return JobRunrJobs.existing(location);
  }

  @Override
  public QueueSystem queue(StoreLocation location, int threads) throws SQLException {
    return new JobRunrQueue(location, threads);
  }

  @Override
  public StateChanges stateChanges(StoreLocation location, int threads) throws SQLException {
    return new JobRunrStateChanges(location, threads);
  }
}
