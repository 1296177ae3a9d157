package dev.waymark.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store, a directory in which tasks run, runners that are stopped at the end, and short methods
 * to read results.
 */
@Timeout(120)
abstract class RunnerFixture {
  static final WorkflowId FLOW = new WorkflowId("flow");

  @TempDir Path folder;
  StateStore store = new InMemoryStateStore(InstantSource.system(), Limits.defaults());
  private final List<Runner> runners = new ArrayList<>();
  private final List<StateStore> opened = new ArrayList<>();

  @AfterEach
  void stopRunners() {
    runners.forEach(Runner::stop);
    opened.forEach(StateStore::close);
  }

  /** One more store on the same file, like that of another process. */
  StateStore openSqlite() {
    StateStore another = SqliteStateStore.open(folder.resolve("store.db"));
    opened.add(another);
    return another;
  }

  Runner.Builder builder() {
    return builder(store);
  }

  Runner.Builder builder(StateStore store) {
    return Runner.builder(store, Flows::read)
        .logDirectory(folder.resolve("logs"))
        .pollInterval(Duration.ofMillis(20))
        .grace(Duration.ofSeconds(5));
  }

  Runner runner() {
    return runner(builder());
  }

  Runner runner(Runner.Builder builder) {
    Runner runner = builder.build();
    runners.add(runner);
    return runner;
  }

  ExecutionId start(Flows.Flow flow) {
    return start(flow, Map.of());
  }

  ExecutionId start(Flows.Flow flow, Map<String, String> inputs) {
    return runner()
        .start(StartRequest.builder(flow.save(store)).inputs(inputs).directory(folder).build());
  }

  ExecutionDetails details(ExecutionId id) {
    return Objects.requireNonNull(store.executionDetails(id));
  }

  ExecutionState state(ExecutionId id) {
    return details(id).execution().state();
  }

  String error(ExecutionId id) {
    return Objects.requireNonNull(details(id).execution().error());
  }

  Map<String, TaskRunState> states(ExecutionId id) {
    Map<String, TaskRunState> states = new TreeMap<>();
    store.taskRuns(id).forEach(run -> states.put(run.taskId().value(), run.state()));
    return states;
  }

  TaskRun taskRun(ExecutionId id, String task) {
    return store.taskRuns(id).stream()
        .filter(run -> run.taskId().value().equals(task))
        .findFirst()
        .orElseThrow();
  }

  List<Attempt> attempts(ExecutionId id, String task) {
    return store.attempts(taskRun(id, task).id());
  }

  /** The attempts in short form: {@code 1 FAILED}. */
  List<String> attemptStates(ExecutionId id, String task) {
    return attempts(id, task).stream()
        .map(attempt -> attempt.number() + " " + attempt.state())
        .toList();
  }

  /** As a worker would leave it that died at once: the attempt is live and no process runs it. */
  AttemptId beginAs(String worker, ExecutionId id, String task) {
    TaskRun run = taskRun(id, task);
    ChangeSet.Builder changes = ChangeSet.builder();
    if (state(id) == ExecutionState.PENDING) {
      changes.updateExecution(id, ExecutionState.RUNNING);
    }
    changes.updateTaskRun(run.id(), TaskRunState.RUNNING).recordAttempt(run.id(), worker);
    store.commit(changes.build());
    return new AttemptId(run.id(), run.lastAttempt() + 1);
  }

  void nothingIsLive(ExecutionId id) {
    for (TaskRunDetails run : details(id).taskRuns()) {
      assertThat(run.taskRun().state().isTerminal()).as("%s", run).isTrue();
      assertThat(run.attempts()).allMatch(attempt -> attempt.state().isTerminal());
    }
  }

  CompletableFuture<ExecutionState> runInBackground(Runner runner, ExecutionId id) {
    return CompletableFuture.supplyAsync(() -> runner.run(id), RunnerFixture::onItsOwnThread);
  }

  CompletableFuture<Void> workInBackground(Runner runner) {
    return CompletableFuture.runAsync(() -> runner.work(false), RunnerFixture::onItsOwnThread);
  }

  /** The common pool may have fewer threads than a test has workers. */
  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "test-worker");
    thread.setDaemon(true);
    thread.start();
  }

  void awaitFile(String name) {
    Await.until(name, () -> Files.exists(folder.resolve(name)));
  }

  void touch(String name) {
    write(name, "");
  }

  void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> lines(String name) {
    return read(name).lines().toList();
  }

  static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
