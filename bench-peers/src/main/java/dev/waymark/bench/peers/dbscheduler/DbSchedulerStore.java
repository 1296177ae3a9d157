package dev.waymark.bench.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.SystemClock;
import com.github.kagkarlsson.scheduler.TaskRepository;
import com.github.kagkarlsson.scheduler.TaskResolver;
import com.github.kagkarlsson.scheduler.event.SchedulerListeners;
import com.github.kagkarlsson.scheduler.jdbc.AutodetectJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepository;
import com.github.kagkarlsson.scheduler.task.ScheduledTaskInstance;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.bench.peers.Pools;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** The table of db-scheduler with a connection pool. A task that is done is deleted from it. */
final class DbSchedulerStore implements AutoCloseable {
  private static final int BATCH = 1_000;
  private static final String TABLE =
      """
      CREATE TABLE scheduled_tasks (
        task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
        execution_time timestamp with time zone NOT NULL, picked boolean NOT NULL, picked_by text,
        last_success timestamp with time zone, last_failure timestamp with time zone,
        consecutive_failures integer, last_heartbeat timestamp with time zone,
        version bigint NOT NULL, priority smallint,
        PRIMARY KEY (task_name, task_instance))""";

  private final StoreLocation location;
  private final HikariDataSource pool;
  private final Task<Void> task;
  private final AtomicLong last = new AtomicLong();

  DbSchedulerStore(StoreLocation location, int threads, Task<Void> task) throws SQLException {
    this.location = location;
    this.task = task;
    location.begin();
    location.execute(
        TABLE,
        "CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)",
        "CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
    this.pool = Pools.open(location, threads);
  }

  DataSource pool() {
    return pool;
  }

  /** The repository that its scheduler uses. */
  TaskRepository repository() {
    SystemClock clock = new SystemClock();
    return new JdbcTaskRepository(
        pool,
        true,
        new AutodetectJdbcCustomization(pool),
        JdbcTaskRepository.DEFAULT_TABLE_NAME,
        new TaskResolver(SchedulerListeners.NOOP, clock, List.of(task)),
        new SchedulerName.Fixed("bench"),
        false,
        clock);
  }

  /** A new task that is due. */
  ScheduledTaskInstance next() {
    TaskInstance<Void> instance = task.instance(Long.toString(last.incrementAndGet()));
    return new ScheduledTaskInstance(instance, Instant.now());
  }

  void fill(long tasks) throws SQLException {
    TaskRepository repository = repository();
    for (long left = tasks; left > 0; left -= BATCH) {
      List<ScheduledTaskInstance> batch = new ArrayList<>();
      for (long i = Math.min(left, BATCH); i > 0; i--) {
        batch.add(next());
      }
      repository.createBatch(batch);
    }
    location.analyze();
  }

  /** The number of tasks that were added so far. */
  long added() {
    return last.get();
  }

  /** The number of tasks that are left. */
  long left() throws SQLException {
    return location.number("SELECT count(*) FROM scheduled_tasks");
  }

  long picked() throws SQLException {
    return location.number("SELECT count(*) FROM scheduled_tasks WHERE picked");
  }

  /** Returns to the queue what a scheduler had fetched before it was stopped. */
  void unpick() throws SQLException {
    location.execute("UPDATE scheduled_tasks SET picked = false WHERE picked");
  }

  @Override
  public void close() {
    pool.close();
  }
}
