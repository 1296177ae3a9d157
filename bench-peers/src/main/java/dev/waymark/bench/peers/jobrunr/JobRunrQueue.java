package dev.waymark.bench.peers.jobrunr;

import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.storage.Paging;

/** JobRunr's storage provider as a queue, with the calls that its server makes. */
final class JobRunrQueue implements QueueSystem {
  private final StoreLocation location;
  private final JobRunrStore store;
  private final BackgroundJobServer server;

  JobRunrQueue(StoreLocation location, int threads) throws SQLException {
    this.location = location;
    this.store = JobRunrStore.replacing(location, threads);
    this.server = store.server(threads);
  }

  @Override
  public String name() {
    return JobRunr.NAME;
  }

  @Override
  public void fill(long items) throws SQLException {
    store.enqueue(items);
    location.analyze();
  }

  @Override
  public Claimer claimer(int number) {
    return new Claimer() {
      private List<Job> last = List.of();

      @Override
      public int claim(int limit) {
        last =
            store.provider().getJobsToProcess(server, Paging.AmountBasedList.ascOnUpdatedAt(limit));
        return last.size();
      }

      @Override
      public void finish() {
        last.forEach(Job::succeeded);
        if (last.size() == 1) {
          var unused = store.provider().save(last.get(0));
        } else {
          var unused = store.provider().save(new ArrayList<>(last));
        }
      }
    };
  }

  @Override
  public long claimed() {
    return store.count(StateName.PROCESSING);
  }

  @Override
  public long finished() {
    return store.count(StateName.SUCCEEDED);
  }

  @Override
  public void close() throws SQLException {
    store.close();
  }
}
