package dev.waymark.bench.flat;

import dev.waymark.bench.claims.Backlog;
import dev.waymark.bench.claims.Ends;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A new store in which a condition holds until it is closed. For one thread at a time. */
final class ConditionStore implements AutoCloseable {
  static final Duration LEASE = Duration.ofMinutes(10);
  private static final int DUE_OF_A_COMMIT = 1_000;
  private static final int WAITING_OF_A_COMMIT = 400;
  private static final Duration TIMER = Duration.ofHours(10);
  private static final int SLOTS = 10_000;
  private static final TaskId TASK = new TaskId("task");

  private final Condition condition;
  private final String title;
  private final StoreLocation location;
  private final int pools;
  private final Backlog backlog;
  private final Ids ids = Ids.system();
  private @Nullable Connection snapshot;

  private ConditionStore(Condition condition, StoreLocation location, Amounts amounts) {
    this.condition = condition;
    this.title = condition.title(location.backend(), amounts);
    this.location = location;
    this.pools = condition.pools(amounts);
    this.backlog = new Backlog(location, 1);
  }

  /** Replaces the store of this condition with a new one. */
  static ConditionStore create(
      Storage storage, Backend backend, Condition condition, Amounts amounts) throws SQLException {
    String name = condition.schemaName();
    StoreLocation location =
        condition == Condition.OLD_SNAPSHOT
            ? storage.separateLocation(backend, name)
            : storage.location(backend, name);
    ConditionStore created = new ConditionStore(condition, location, amounts);
    created.fill(amounts);
    return created;
  }

  private void fill(Amounts amounts) throws SQLException {
    backlog.begin();
    switch (condition) {
      case NONE, POOLS -> {}
      case BACKLOG -> backlog.addReady(amounts.backlog());
      case FINISHED -> backlog.addFinished(amounts.finished());
      case OLD_SNAPSHOT -> finishUnderSnapshot(amounts.dead());
      case POOLS_WITH_SLOTS -> setSlots();
      case DUE -> addDue(amounts.due());
      case WAITING -> addWaiting(amounts.waiting());
    }
  }

  /** Claims and finishes task runs that the snapshot still sees as ready. */
  private void finishUnderSnapshot(long count) throws SQLException {
    backlog.addReady(count);
    snapshot = openSnapshot();
    try (StateStore store = location.open()) {
      ClaimRequest many = request(store.limits().maxClaims());
      List<Claims.Claimed> claimed = store.claim(many).claimed();
      while (!claimed.isEmpty()) {
        var unused = store.commit(Ends.of(claimed, ids.commitId()));
        claimed = store.claim(many).claimed();
      }
    }
  }

  private Connection openSnapshot() throws SQLException {
    Connection connection = location.connect();
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM workflows")) {
      row.next();
    }
    return connection;
  }

  private void setSlots() {
    ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
    IntStream.range(0, pools).mapToObj(Backlog::pool).forEach(pool -> changes.setPool(pool, SLOTS));
    try (StateStore store = location.open()) {
      var unused = store.commit(changes.build());
    }
  }

  private void addDue(int count) {
    try (StateStore store = location.open()) {
      for (int added = 0; added < count; added += DUE_OF_A_COMMIT) {
        ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
        for (int i = added; i < Math.min(count, added + DUE_OF_A_COMMIT); i++) {
          ExecutionId id = ids.executionId();
          changes
              .createExecution(new NewExecution(id, Backlog.WORKFLOW, 1, Map.of(), Map.of()))
              .markDue(id, DueReason.SETTLE, Duration.ZERO);
        }
        var unused = store.commit(changes.build());
      }
    }
  }

  /** Each for a signal, in an execution of its own; every second one with a time-out. */
  private void addWaiting(int count) {
    try (StateStore store = location.open()) {
      for (int added = 0; added < count; added += WAITING_OF_A_COMMIT) {
        ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
        for (int i = added; i < Math.min(count, added + WAITING_OF_A_COMMIT); i++) {
          ExecutionId id = ids.executionId();
          TaskRunId run = ids.taskRunId();
          changes
              .createExecution(new NewExecution(id, Backlog.WORKFLOW, 1, Map.of(), Map.of()))
              .updateExecution(id, ExecutionState.RUNNING)
              .createTaskRun(new NewTaskRun(run, id, TASK))
              .awaitSignal(run, "go", i % 2 == 0 ? TIMER : null);
        }
        var unused = store.commit(changes.build());
      }
    }
  }

  /** Its name in the reports. */
  String title() {
    return title;
  }

  /** Adds ready task runs, each of an execution of its own. */
  void addReady(long count) throws SQLException {
    if (pools == 0) {
      backlog.addReady(count);
    } else {
      backlog.addReady(count, pools);
    }
  }

  /** A claim from all of its pools. */
  ClaimRequest request(int limit) {
    if (pools == 0) {
      return ClaimRequest.of("bench", limit, LEASE);
    }
    Set<String> names =
        IntStream.range(0, pools).mapToObj(Backlog::pool).collect(Collectors.toSet());
    return new ClaimRequest("bench", limit, LEASE, names);
  }

  /** Opens the store; the caller closes it. */
  StateStore open() {
    return location.open();
  }

  /** The number of executions that have succeeded. */
  long succeeded() throws SQLException {
    return location.number("SELECT count(*) FROM executions WHERE state = 'SUCCEEDED'");
  }

  @Override
  public void close() throws SQLException {
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
