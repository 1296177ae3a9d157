package dev.waymark.bench.peers.dbscheduler;

import com.github.kagkarlsson.scheduler.TaskRepository;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** db-scheduler's repository as a queue, with the calls that its scheduler makes. */
final class DbSchedulerQueue implements QueueSystem {
  private final DbSchedulerStore store;

  DbSchedulerQueue(StoreLocation location, int threads) throws SQLException {
    store =
        new DbSchedulerStore(
            location, threads, Tasks.oneTime("nothing").execute((instance, context) -> {}));
  }

  @Override
  public String name() {
    return DbScheduler.NAME;
  }

  @Override
  public void fill(long items) throws SQLException {
    store.fill(items);
  }

  @Override
  public Claimer claimer(int number) {
    TaskRepository repository = store.repository();
    return new Claimer() {
      private List<Execution> last = List.of();

      @Override
      public int claim(int limit) {
        last = repository.lockAndGetDue(Instant.now(), limit);
        return last.size();
      }

      @Override
      public void finish() {
        last.forEach(repository::remove);
      }
    };
  }

  @Override
  public long claimed() throws SQLException {
    return store.picked();
  }

  @Override
  public long finished() throws SQLException {
    return store.added() - store.left();
  }

  @Override
  public void close() {
    store.close();
  }
}
