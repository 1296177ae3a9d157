package dev.waymark.bench.listeners;

import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Concurrently;
import dev.waymark.bench.turns.Participant;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that share one store and commit, while other stores of the same schema listen as workers
 * do. Each commit creates an execution with a task run that is ready, so each makes the store
 * notify others. The stores listen only during a turn, because the server would also send them the
 * notifications of other participants.
 */
final class ListenedCommits implements Participant {
  private static final WorkflowId WORKFLOW = new WorkflowId("listened");
  private static final TaskId TASK = new TaskId("only");
  private static final long PATIENCE_SECONDS = 60;

  private final StateStore store;
  private final List<StateStore> listening = new ArrayList<>();
  private final List<Concurrently.Call> threads = new ArrayList<>();
  private final AtomicLong committed = new AtomicLong();
  private final AtomicLong notified = new AtomicLong();

  ListenedCommits(StoreLocation location, int threads, int listeners) throws SQLException {
    location.clear();
    store = location.open();
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "tasks: {}"));
    for (int i = 0; i < listeners; i++) {
      listening.add(location.open());
    }
    for (int i = 0; i < threads; i++) {
      Ids ids = Ids.system();
      this.threads.add(() -> commit(ids));
    }
  }

  private boolean commit(Ids ids) {
    ExecutionId execution = ids.executionId();
    TaskRunId taskRun = ids.taskRunId();
    var unused =
        store.commit(
            ChangeSet.builder(ids.commitId())
                .createExecution(new NewExecution(execution, WORKFLOW, 1, Map.of(), Map.of()))
                .createTaskRun(new NewTaskRun(taskRun, execution, TASK))
                .readyTaskRun(taskRun)
                .build());
    committed.incrementAndGet();
    return true;
  }

  @Override
  public String name() {
    return listening.size() == 1 ? "1 listener" : listening.size() + " listeners";
  }

  /** Returns commits per second. */
  @Override
  public double work(Duration time) throws Exception {
    List<Subscription> subscriptions = subscribe();
    try {
      return Concurrently.perSecond(threads, time);
    } finally {
      subscriptions.forEach(Subscription::close);
    }
  }

  /** Returns when every store listens: it then calls its listener for the first time. */
  private List<Subscription> subscribe() throws InterruptedException {
    List<Subscription> subscriptions = new ArrayList<>();
    for (StateStore each : listening) {
      CountDownLatch isListening = new CountDownLatch(1);
      subscriptions.add(
          each.onReady(
              () -> {
                if (isListening.getCount() == 0) {
                  notified.incrementAndGet();
                }
                isListening.countDown();
              }));
      if (!isListening.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name() + ": a store does not listen within a minute");
      }
    }
    return subscriptions;
  }

  @Override
  public void check() {
    long recorded = store.executions(ExecutionQuery.builder().limit(1).build()).total();
    if (recorded != committed.get()) {
      throw new IllegalStateException(
          "%s: committed %s executions; the store holds %s".formatted(name(), committed, recorded));
    }
    if (!listening.isEmpty() && notified.get() == 0) {
      throw new IllegalStateException(name() + ": no listener was notified of any commit");
    }
  }

  @Override
  public void close() {
    listening.forEach(StateStore::close);
    store.close();
  }
}
