package dev.waymark.bench.peers.jobrunr;

import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.bench.peers.Pools;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jobrunr.jobs.Job;
import org.jobrunr.jobs.JobDetails;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.StorageProviderUtils.DatabaseOptions;
import org.jobrunr.storage.sql.common.DefaultSqlStorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.storage.sql.sqlite.SqLiteStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/** A storage provider with its connection pool. */
final class JobRunrStore implements AutoCloseable {
  private static final int LEAST_POLL_INTERVAL_SECONDS = 5;

  private final StoreLocation location;
  private final boolean isOwn;
  private final HikariDataSource pool;
  private final JsonMapper json = new Jackson3JsonMapper();
  private final StorageProvider provider;

  /** Replaces what exists at the location with an empty store. */
  static JobRunrStore replacing(StoreLocation location, int threads) throws SQLException {
    location.begin();
    provider(location, Pools.unpooled(location), DatabaseOptions.CREATE).close();
    return new JobRunrStore(location, threads, true);
  }

  /** A store that another process has made. */
  static JobRunrStore existing(StoreLocation location, int threads) throws SQLException {
    return new JobRunrStore(location, threads, false);
  }

  private JobRunrStore(StoreLocation location, int threads, boolean isOwn) throws SQLException {
    this.location = location;
    this.isOwn = isOwn;
    pool = Pools.open(location, threads);
    provider = provider(location, pool, DatabaseOptions.NO_VALIDATE);
    provider.setJobMapper(new JobMapper(json));
  }

  private static StorageProvider provider(
      StoreLocation location, DataSource connections, DatabaseOptions options) {
    return switch (location.backend()) {
      case SQLITE -> new SqLiteStorageProvider(connections, options);
      case POSTGRES -> new PostgresStorageProvider(connections, options);
    };
  }

  StorageProvider provider() {
    return provider;
  }

  /** A server that is not started. Its poll interval is the shortest that is allowed. */
  BackgroundJobServer server(int workers) {
    return new BackgroundJobServer(
        provider,
        json,
        null,
        BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
            .andPollIntervalInSeconds(LEAST_POLL_INTERVAL_SECONDS)
            .andWorkerCount(workers));
  }

  /** Saves new jobs in the batches that JobRunr uses for streams of jobs. */
  void enqueue(long jobs) {
    for (long left = jobs; left > 0; left -= DefaultSqlStorageProvider.BATCH_SIZE) {
      List<Job> batch =
          LongStream.range(0, Math.min(left, DefaultSqlStorageProvider.BATCH_SIZE))
              .mapToObj(i -> newJob())
              .toList();
      var unused = provider.save(new ArrayList<>(batch));
    }
  }

  /** A job that is ready and that calls {@link Handled#increment}. */
  static Job newJob() {
    JobDetails details = new JobDetails(Handled.class.getName(), null, "increment", List.of());
    details.setCacheable(true);
    return new Job(details);
  }

  long count(StateName state) {
    return provider.countJobs(state);
  }

  /**
   * Removes a store of its own, because the next one would take its tables for its own: JobRunr
   * looks for tables in all schemas.
   */
  @Override
  public void close() throws SQLException {
    provider.close();
    pool.close();
    if (isOwn) {
      location.clear();
    }
  }
}
