package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testserver.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real store, workers that are closed at the end, and short methods to read results. */
@Timeout(120)
abstract class WorkerFixture {
  static final WorkflowId FLOW = new WorkflowId("flow");

  /** Longer than any test: what happens within it does not wait for it. */
  static final Duration LONG = Duration.ofHours(1);

  private static final Duration LONGEST_RUN = Duration.ofSeconds(60);

  @TempDir Path folder = Path.of("");
  private final List<StateStore> stores = new ArrayList<>();
  private final List<Worker> workers = new ArrayList<>();
  private @Nullable StateStore memory;
  private @Nullable String schema;

  /** The stores that every scenario runs on. */
  enum Backend {
    MEMORY,
    SQLITE,
    POSTGRES
  }

  /** Opens an empty store that has the workflow. */
  StateStore use(Backend backend) {
    StateStore store = another(backend);
    store.saveWorkflow(new NewWorkflow(FLOW, "a program has its own graph"));
    return store;
  }

  /** Opens the same records once more, like another process. */
  StateStore another(Backend backend) {
    StateStore store =
        switch (backend) {
          case MEMORY -> memory();
          case SQLITE -> SqliteStateStore.open(folder.resolve("store.db"));
          case POSTGRES -> PostgresStateStore.open(TestServer.url("schema=" + schema()));
        };
    stores.add(store);
    return store;
  }

  /** The URL of the store, for another process. */
  String url(Backend backend) {
    return backend == Backend.SQLITE
        ? "sqlite:" + folder.resolve("store.db")
        : TestServer.url("schema=" + schema()).replaceFirst("^jdbc:", "");
  }

  private StateStore memory() {
    if (memory == null) {
      memory = new InMemoryStateStore(InstantSource.system(), Limits.defaults());
    }
    return memory;
  }

  private String schema() {
    if (schema == null) {
      schema = TestServer.newSchema();
    }
    return schema;
  }

  @AfterEach
  void closeAll() {
    workers.forEach(Worker::close);
    try {
      if (!stores.isEmpty()) {
        assertThat(Invariants.violations(stores.get(0))).isEmpty();
        assertThat(stores.get(0).leases(10)).as("leases after the test").isEmpty();
      }
    } finally {
      stores.forEach(StateStore::close);
      if (schema != null) {
        TestServer.drop(schema);
      }
    }
  }

  /** Starts a worker that is closed after the test. */
  Worker start(Worker.Builder builder) {
    Worker worker = builder.start();
    workers.add(worker);
    return worker;
  }

  static Payload json(String text) {
    return Payload.json("\"" + text + "\"");
  }

  /** Submits an execution. */
  static ExecutionId submit(StateStore store) {
    ExecutionId id = Ids.system().executionId();
    Worker.submit(store, new NewExecution(id, FLOW));
    return id;
  }

  /** Waits for the end of an execution, which must be this one. */
  static Execution ended(StateStore store, ExecutionId id, ExecutionState expected)
      throws InterruptedException {
    Execution execution = Worker.awaitEnd(store, id, LONGEST_RUN);
    assertThat(execution)
        .as("the execution after %s: %s", LONGEST_RUN, store.executionDetails(id))
        .isNotNull();
    Execution found = Objects.requireNonNull(execution);
    assertThat(found.state()).as("error %s", found.error()).isEqualTo(expected);
    return found;
  }

  static TaskRun taskRun(StateStore store, ExecutionId id, String task) {
    return store.taskRuns(id).stream()
        .filter(run -> run.taskId().value().equals(task))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no task run of " + task));
  }

  static @Nullable TaskRunState state(StateStore store, ExecutionId id, String task) {
    return store.taskRuns(id).stream()
        .filter(run -> run.taskId().value().equals(task))
        .map(TaskRun::state)
        .findFirst()
        .orElse(null);
  }

  static List<AttemptState> attempts(StateStore store, ExecutionId id, String task) {
    return store.attempts(taskRun(store, id, task).id()).stream().map(Attempt::state).toList();
  }

  static Attempt lastAttempt(StateStore store, ExecutionId id, String task) {
    List<Attempt> all = store.attempts(taskRun(store, id, task).id());
    return all.get(all.size() - 1);
  }
}
