package dev.waymark.bench.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.TaskRepository;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ScheduledTaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.waymark.bench.peer.StateChanges;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.time.Instant;

/** db-scheduler: a task is created, picked and removed. */
final class DbSchedulerStateChanges implements StateChanges {
  private final DbSchedulerStore store;

  DbSchedulerStateChanges(StoreLocation location, int threads) throws SQLException {
    store =
        new DbSchedulerStore(
            location, threads, Tasks.oneTime("nothing").execute((instance, context) -> {}));
  }

  @Override
  public Changer changer() {
    TaskRepository repository = store.repository();
    return new Changer() {
      private Execution execution = executionOf(store.next());

      @Override
      public void create() {
        ScheduledTaskInstance created = store.next();
        if (!repository.createIfNotExists(created)) {
          throw new IllegalStateException(created + " exists");
        }
        execution = executionOf(created);
      }

      @Override
      public void begin() {
        execution = repository.pick(execution, Instant.now()).orElseThrow();
      }

      @Override
      public void succeed() {
        repository.remove(execution);
      }
    };
  }

  private static Execution executionOf(ScheduledTaskInstance created) {
    return new Execution(created.getExecutionTime(), created.getTaskInstance());
  }

  @Override
  public Counts counts() throws SQLException {
    long picked = store.picked();
    return new Counts(store.left() - picked, picked, -1);
  }

  @Override
  public void close() {
    store.close();
  }
}
