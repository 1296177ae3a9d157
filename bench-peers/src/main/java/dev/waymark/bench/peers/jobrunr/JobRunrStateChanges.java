package dev.waymark.bench.peers.jobrunr;

import dev.waymark.bench.peer.StateChanges;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;

/** JobRunr: a job is saved as ENQUEUED, as PROCESSING and as SUCCEEDED. */
final class JobRunrStateChanges implements StateChanges {
  private final JobRunrStore store;
  private final BackgroundJobServer server;

  JobRunrStateChanges(StoreLocation location, int threads) throws SQLException {
    store = JobRunrStore.replacing(location, threads);
    server = store.server(threads);
  }

  @Override
  public Changer changer() {
    return new Changer() {
      private Job job = JobRunrStore.newJob();

      @Override
      public void create() {
        job = JobRunrStore.newJob();
        save();
      }

      @Override
      public void begin() {
        job.startProcessingOn(server);
        save();
      }

      @Override
      public void succeed() {
        job.succeeded();
        save();
      }

      private void save() {
        job = store.provider().save(job);
      }
    };
  }

  @Override
  public Counts counts() {
    return new Counts(
        store.count(StateName.ENQUEUED),
        store.count(StateName.PROCESSING),
        store.count(StateName.SUCCEEDED));
  }

  @Override
  public void close() throws SQLException {
    store.close();
  }
}
