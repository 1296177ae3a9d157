package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.read.WaitFacts;
import dev.waymark.core.internal.read.WaitFacts.DueFact;
import dev.waymark.core.internal.read.WaitFacts.PoolFact;
import dev.waymark.core.internal.read.WaitFacts.ReadyFact;
import dev.waymark.core.internal.read.WaitFacts.TaskFact;
import dev.waymark.core.internal.read.WaitRules;
import dev.waymark.core.internal.read.WorkerFact;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.WaitReason.Started;
import dev.waymark.core.store.Waiting;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads, within one snapshot, why something waits. */
final class WaitReads {
  private static final List<ExecutionState> STARTED =
      List.of(ExecutionState.RUNNING, ExecutionState.PAUSED, ExecutionState.CANCELLING);

  private final Session session;
  private final Dialect dialect;

  WaitReads(Session session, Dialect dialect) {
    this.session = session;
    this.dialect = dialect;
  }

  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Why an execution waits. */
  Waiting waiting(Execution execution) throws SQLException {
    List<TaskFact> taskRuns = taskRuns(execution.id());
    boolean mayWait = WaitFacts.mayWaitForOthers(execution.state(), taskRuns);
    return WaitRules.explain(
        new WaitFacts(
            execution.id(),
            execution.workflowId(),
            execution.state(),
            taskRuns,
            pools(taskRuns),
            workers(),
            list(ReadStatement.WAITING_DUE, s -> bind(s, execution.id()), this::due),
            mayWait ? started(execution.workflowId()) : 0,
            mayWait ? startedFirst(execution.workflowId()) : List.of()));
  }

  /** What uses these pools. */
  List<PoolUse> poolUse(List<Pool> pools) throws SQLException {
    Map<String, List<LeaseHolder>> holders = holders(pools.stream().map(Pool::name).toList());
    Map<String, Long> waiting = new HashMap<>();
    list(
            ReadStatement.CLAIMABLE_BY_POOL,
            s -> {},
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(entry -> waiting.put(entry.getKey(), entry.getValue()));
    List<WorkerFact> workers = workers();
    return pools.stream()
        .map(
            pool ->
                new PoolUse(
                    pool,
                    waiting.getOrDefault(pool.name(), 0L),
                    (int) workers.stream().filter(w -> w.servesEverywhere(pool.name())).count(),
                    holders.getOrDefault(pool.name(), List.of())))
        .toList();
  }

  // ---- task runs and due notes

  private List<TaskFact> taskRuns(ExecutionId id) throws SQLException {
    return list(ReadStatement.WAITING_TASK_RUNS, s -> bind(s, id), row -> taskRun(id, row));
  }

  private TaskFact taskRun(ExecutionId execution, ResultSet row) throws SQLException {
    TaskRunId id = new TaskRunId(dialect.uuid(row, 1));
    TaskId task = new TaskId(row.getString(2));
    @Nullable String pool = row.getString(4);
    @Nullable String worker = row.getString(8);
    return new TaskFact(
        id,
        task,
        TaskRunState.valueOf(row.getString(3)),
        row.getString(11),
        pool == null ? null : new ReadyFact(pool, time(row, 5), row.getInt(6) == 1),
        worker == null
            ? null
            : new LeaseHolder(
                execution,
                task,
                new AttemptId(id, row.getInt(7)),
                worker,
                time(row, 9),
                row.getInt(10) == 1));
  }

  private DueFact due(ResultSet row) throws SQLException {
    return new DueFact(DueReason.valueOf(row.getString(1)), time(row, 2), row.getInt(3) == 1);
  }

  // ---- pools and workers

  private Map<String, PoolFact> pools(List<TaskFact> taskRuns) throws SQLException {
    Set<String> names = new TreeSet<>();
    for (TaskFact each : taskRuns) {
      ReadyFact ready = each.ready();
      if (ready != null && ready.now()) {
        names.add(ready.pool());
      }
    }
    Map<String, PoolFact> pools = new HashMap<>();
    if (!names.isEmpty()) {
      Map<String, List<LeaseHolder>> holders = holders(names.stream().toList());
      list(
              ReadStatement.WAITING_POOLS,
              s -> dialect.bindTexts(s, 1, names),
              row ->
                  new PoolFact(
                      row.getString(1),
                      row.getInt(2),
                      row.getInt(3),
                      holders.getOrDefault(row.getString(1), List.of())))
          .forEach(pool -> pools.put(pool.name(), pool));
    }
    return pools;
  }

  private Map<String, List<LeaseHolder>> holders(List<String> pools) throws SQLException {
    Map<String, List<LeaseHolder>> holders = new HashMap<>();
    list(
            ReadStatement.POOL_HOLDERS,
            s -> {
              dialect.bindTexts(s, 1, pools);
              s.setInt(2, PoolUse.MAX_HOLDERS);
            },
            row -> Map.entry(row.getString(1), holder(row)))
        .forEach(
            entry ->
                holders
                    .computeIfAbsent(entry.getKey(), key -> new ArrayList<>())
                    .add(entry.getValue()));
    return holders;
  }

  private LeaseHolder holder(ResultSet row) throws SQLException {
    return new LeaseHolder(
        new ExecutionId(dialect.uuid(row, 2)),
        new TaskId(row.getString(3)),
        new AttemptId(new TaskRunId(dialect.uuid(row, 4)), row.getInt(5)),
        row.getString(6),
        time(row, 7),
        row.getInt(8) == 1);
  }

  private List<WorkerFact> workers() throws SQLException {
    return list(
        ReadStatement.LIVING_WORKERS,
        s -> {},
        row -> WorkerFact.of(row.getString(1), JsonText.read(row.getString(2))));
  }

  // ---- other executions of the workflow

  private long started(WorkflowId workflow) throws SQLException {
    return list(
            ReadStatement.LOAD_UNDER_WAY,
            s -> dialect.bindTexts(s, 1, List.of(workflow.value())),
            row -> row.getLong(2))
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private List<Started> startedFirst(WorkflowId workflow) throws SQLException {
    List<Started> all = new ArrayList<>();
    for (ExecutionState state : STARTED) {
      all.addAll(
          list(
              ReadStatement.OLDEST_IN_PROGRESS,
              s -> {
                s.setString(1, workflow.value());
                s.setString(2, state.name());
                s.setInt(3, PoolUse.MAX_HOLDERS);
              },
              row -> new Started(new ExecutionId(dialect.uuid(row, 1)), state)));
    }
    return all;
  }

  // ---- how it is read

  private void bind(PreparedStatement statement, ExecutionId id) throws SQLException {
    dialect.bindUuid(statement, 1, id.value());
  }

  private Instant time(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(dialect.time(row, column));
  }

  private <T> List<T> list(ReadStatement statement, Binder binder, Mapper<T> mapper)
      throws SQLException {
    PreparedStatement prepared = session.prepare(dialect.sql(statement));
    binder.bind(prepared);
    try (ResultSet row = prepared.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (row.next()) {
        found.add(DamagedRowException.map(row, mapper::map));
      }
      return found;
    }
  }
}
