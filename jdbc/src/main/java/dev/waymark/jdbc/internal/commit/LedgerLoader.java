package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.PoolHead;
import dev.waymark.core.internal.decide.ReadyHead;
import dev.waymark.core.internal.decide.SignalFootprint;
import dev.waymark.core.internal.decide.TaskKey;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.WorkerHead;
import dev.waymark.core.internal.decide.WorkflowHead;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ParentColumns;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Loads the heads of the records that a group touches. The number of statements per table does not
 * depend on the size of the group; a table that the group does not touch needs none.
 */
final class LedgerLoader {
  /**
   * What {@link PastCommit} keeps: a version for each change, with a sign where nothing changed.
   */
  private static final Pattern VERSIONS = Pattern.compile("(\\d{1,18}=?( \\d{1,18}=?)*+)?");

  /** The SQLState of a transaction that is to be repeated. */
  private static final String SERIALIZATION_FAILURE = "40001";

  private final Dialect dialect;

  LedgerLoader(Dialect dialect) {
    this.dialect = dialect;
  }

  /**
   * Notes every record of {@code footprint} that exists. Pools come before workers, these before
   * workflows, and these before executions: that is the order in which rows are locked.
   *
   * <p>Past commits are read once the locks are held. When a connection was lost in COMMIT, the
   * database may still execute it while the change set is retried. The locks wait for its end. Only
   * a read after that shows the outcome reliably.
   *
   * @param withReady whether to look which of the task runs that are made ready are so already
   */
  void load(Session session, Footprint footprint, Ledger ledger, boolean withReady)
      throws SQLException {
    List<Request> requests = requests(footprint, ledger);
    if (withReady && !footprint.madeReady().isEmpty()) {
      requests.add(ready(footprint.madeReady(), ledger));
    }
    dialect.read(session, requests);
    Map<ExecutionId, String> children = footprint.endedChildren(ledger);
    if (!children.isEmpty()) {
      Requests waits = new Requests(ledger);
      waits.forChildren(children);
      dialect.read(session, waits.list);
    }
  }

  /** The requests that {@link #load} makes, to be made together with others. */
  List<Request> requests(Footprint footprint, Ledger ledger) {
    Set<WorkflowId> saved = footprint.savedWorkflows();
    Requests requests = new Requests(ledger);
    requests.pools(footprint.pools());
    requests.workers(footprint.workers());
    requests.workflows(
        ReadStatement.LOAD_WORKFLOWS,
        footprint.workflows().stream().filter(id -> !saved.contains(id)).toList());
    requests.workflows(ReadStatement.LOAD_SAVED_WORKFLOWS, saved);
    requests.executions(footprint.executions(), footprint.taskRuns(), footprint.ended());
    // After the locks: what others have changed in the executions of this group is counted.
    requests.underWay(footprint.bounded());
    requests.executionsOf(footprint.deletedWorkflows());
    requests.commits(footprint.commits());
    requests.taskRuns(footprint.taskRuns());
    requests.taskRunsByTask(footprint.tasks());
    requests.taskRunCounts(footprint.taskRunCounts());
    requests.labels(footprint.labelled());
    requests.signals(footprint.signals());
    requests.continuedSignals(footprint.continued());
    requests.deletions(footprint);
    return requests.list;
  }

  /**
   * Loads only records that are neither in the ledger yet nor to be created. A record that must not
   * exist, and a repeated commit, are detected by the write.
   */
  void loadUnknown(Session session, Footprint footprint, Ledger ledger) throws SQLException {
    Set<Object> created = footprint.created();
    List<TaskRunId> taskRuns =
        footprint.taskRuns().stream()
            .filter(id -> ledger.taskRun(id) == null && !created.contains(id))
            .toList();
    Set<ExecutionId> executions = new TreeSet<>(footprint.executions());
    executions.addAll(ledger.owners(footprint.taskRuns()));
    executions.removeIf(id -> ledger.execution(id) != null || created.contains(id));
    Requests requests = new Requests(ledger);
    requests.workflows(
        ReadStatement.LOAD_WORKFLOWS,
        footprint.workflows().stream().filter(id -> ledger.workflow(id) == null).toList());
    requests.executions(executions, taskRuns, Set.of());
    requests.taskRuns(taskRuns);
    requests.taskRunCounts(
        footprint.taskRunCounts().stream()
            .filter(id -> ledger.counts(id) == null)
            .filter(id -> ledger.execution(id) != null || !created.contains(id))
            .toList());
    dialect.read(session, requests.list);
  }

  private Request ready(Collection<TaskRunId> ids, Ledger ledger) {
    List<UUID> uuids = ids.stream().map(TaskRunId::value).toList();
    Request.Parameters parameters =
        (statement, first) -> {
          dialect.bindUuids(statement, first, uuids);
          return first + 1;
        };
    return new Request(
        ReadStatement.LOAD_READY, parameters, ids.size(), row -> loadReady(row, ledger));
  }

  /**
   * A claim that has locked the row may wait for the execution, which is locked here: waiting for
   * the claim would be a deadlock. So this transaction ends and is retried.
   */
  private void loadReady(ResultSet row, Ledger ledger) throws SQLException {
    TaskRunId id = new TaskRunId(dialect.uuid(row, 1));
    checkLocked(row, id);
    ledger.load(new ReadyHead(id, row.getString(2), row.getInt(3), row.getInt(4) == 1));
  }

  private static void checkLocked(ResultSet row, TaskRunId id) throws SQLException {
    if (row.getInt(5) == 0) {
      throw new SQLTransactionRollbackException(
          "another transaction is claiming task run " + id, SERIALIZATION_FAILURE);
    }
  }

  /** The requests that load missing heads into a ledger; none for heads that are not needed. */
  private final class Requests {
    private final Ledger ledger;
    private final SignalRows signalRows;
    private final List<Request> list = new ArrayList<>();

    Requests(Ledger ledger) {
      this.ledger = ledger;
      signalRows = new SignalRows(dialect, ledger);
    }

    void pools(Collection<String> names) {
      if (!names.isEmpty()) {
        add(ReadStatement.LOAD_POOLS, texts(names, name -> name), names.size(), this::pool);
      }
    }

    void workers(Collection<String> names) {
      if (!names.isEmpty()) {
        add(ReadStatement.LOAD_WORKERS, texts(names, name -> name), names.size(), this::worker);
      }
    }

    void workflows(ReadStatement statement, Collection<WorkflowId> ids) {
      if (!ids.isEmpty()) {
        add(statement, texts(ids, WorkflowId::value), ids.size(), this::workflow);
      }
    }

    /** A workflow without executions in progress has no row. */
    void underWay(Collection<WorkflowId> ids) {
      if (!ids.isEmpty()) {
        ids.forEach(id -> ledger.loadUnderWay(id, 0));
        add(
            ReadStatement.LOAD_UNDER_WAY,
            texts(ids, WorkflowId::value),
            ids.size(),
            row -> ledger.loadUnderWay(new WorkflowId(row.getString(1)), row.getInt(2)));
      }
    }

    /** A workflow without executions has no row. */
    void executionsOf(Collection<WorkflowId> ids) {
      if (!ids.isEmpty()) {
        ids.forEach(id -> ledger.loadExecutionsOf(id, 0));
        add(
            ReadStatement.LOAD_EXECUTION_TOTALS,
            texts(ids, WorkflowId::value),
            ids.size(),
            row -> ledger.loadExecutionsOf(new WorkflowId(row.getString(1)), row.getLong(2)));
      }
    }

    /**
     * What deletions need. Of the children that have not ended, one more than those that may end in
     * this group. What is still ready of an execution that has ended is locked, so that no claim
     * waits for the execution while this transaction waits for the claim.
     */
    void deletions(Footprint footprint) {
      Set<ExecutionId> ids = footprint.deleted();
      if (ids.isEmpty()) {
        return;
      }
      ids.forEach(id -> ledger.loadOpenChildren(id, List.of()));
      Request.Parameters parents = uuids(ids, ExecutionId::value);
      add(
          ReadStatement.LOAD_OPEN_CHILDREN,
          (s, first) -> {
            int next = parents.bind(s, first);
            s.setInt(next, footprint.ended().size() + 1);
            return next + 1;
          },
          ids.size(),
          row ->
              ledger.loadOpenChild(
                  new ExecutionId(dialect.uuid(row, 1)), new ExecutionId(dialect.uuid(row, 2))));
      add(
          ReadStatement.LOCK_READY_OF_EXECUTIONS,
          parents,
          ids.size(),
          row -> checkLocked(row, new TaskRunId(dialect.uuid(row, 1))));
    }

    /** Parents are loaded with their children in one statement, which locks all in order. */
    void executions(
        Collection<ExecutionId> ids,
        Collection<TaskRunId> ofTaskRuns,
        Collection<ExecutionId> children) {
      if (ids.isEmpty() && ofTaskRuns.isEmpty()) {
        return;
      }
      Request.Parameters named = uuids(ids, ExecutionId::value);
      Request.Parameters owners = uuids(ofTaskRuns, TaskRunId::value);
      Request.Parameters parents = uuids(children, ExecutionId::value);
      add(
          ReadStatement.LOAD_EXECUTIONS,
          (s, first) -> parents.bind(s, owners.bind(s, named.bind(s, first))),
          ids.size() + ofTaskRuns.size(),
          this::execution);
    }

    void commits(Collection<CommitId> ids) {
      if (ids.isEmpty()) {
        return;
      }
      add(ReadStatement.LOAD_COMMITS, uuids(ids, CommitId::value), ids.size(), this::commit);
    }

    void taskRuns(Collection<TaskRunId> ids) {
      if (!ids.isEmpty()) {
        add(ReadStatement.LOAD_TASK_RUNS, uuids(ids, TaskRunId::value), ids.size(), this::taskRun);
      }
    }

    void taskRunsByTask(Collection<TaskKey> tasks) {
      if (tasks.isEmpty()) {
        return;
      }
      Set<ExecutionId> executions = new TreeSet<>();
      Set<TaskId> names = new TreeSet<>();
      for (TaskKey task : tasks) {
        executions.add(task.executionId());
        names.add(task.taskId());
      }
      Request.Parameters owners = uuids(executions, ExecutionId::value);
      Request.Parameters named = texts(names, TaskId::value);
      add(
          ReadStatement.LOAD_TASK_RUNS_BY_TASK,
          (s, first) -> named.bind(s, owners.bind(s, first)),
          tasks.size(),
          this::taskRun);
    }

    /** An execution without task runs has no row, but is known to have none afterwards. */
    void taskRunCounts(Collection<ExecutionId> ids) {
      if (!ids.isEmpty()) {
        ids.forEach(id -> ledger.load(id, TaskRunCounts.NONE));
        add(
            ReadStatement.LOAD_TASK_RUN_COUNTS,
            uuids(ids, ExecutionId::value),
            ids.size(),
            this::counts);
      }
    }

    void labels(Collection<ExecutionId> ids) {
      if (!ids.isEmpty()) {
        add(
            ReadStatement.LOAD_LABELS,
            uuids(ids, ExecutionId::value),
            ids.size(),
            row ->
                ledger.load(
                    new ExecutionId(dialect.uuid(row, 1)), JsonText.read(row.getString(2))));
      }
    }

    /** The waits for children that may end. */
    void forChildren(Map<ExecutionId, String> children) {
      Set<ExecutionId> parents = new TreeSet<>();
      for (ExecutionId child : children.keySet()) {
        ExecutionHead head = ledger.execution(child);
        if (head != null && head.parent() != null) {
          parents.add(head.parent().executionId());
        }
      }
      waits(
          both(uuids(parents, ExecutionId::value), texts(children.values(), name -> name)),
          children.size());
    }

    void signals(SignalFootprint wanted) {
      if (wanted.isEmpty()) {
        return;
      }
      int count = wanted.executions().size() + wanted.taskRuns().size();
      Request.Parameters executions = uuids(wanted.executions(), ExecutionId::value);
      Request.Parameters taskRuns = uuids(wanted.taskRuns(), TaskRunId::value);
      Request.Parameters names = texts(wanted.names(), name -> name);
      Request.Parameters keys = texts(wanted.keys(), key -> key);
      add(ReadStatement.LOAD_SIGNALS, both(executions, taskRuns), count, signalRows::lastSignal);
      if (!wanted.keys().isEmpty()) {
        add(ReadStatement.LOAD_SIGNAL_KEYS, both(executions, keys), count, signalRows::sentSignal);
      }
      if (!wanted.taskRuns().isEmpty()) {
        add(
            ReadStatement.LOAD_KEPT_SIGNALS,
            (s, first) -> {
              int next = both(taskRuns, names).bind(s, first);
              s.setInt(next, wanted.awaited().size());
              return next + 1;
            },
            count,
            signalRows::keptSignal);
      }
      if (!wanted.executions().isEmpty()) {
        waits(both(executions, names), count);
      }
    }

    void continuedSignals(Collection<ExecutionId> ids) {
      if (!ids.isEmpty()) {
        add(
            ReadStatement.LOAD_CONTINUED_SIGNALS,
            uuids(ids, ExecutionId::value),
            ids.size(),
            signalRows::continuedSignal);
      }
    }

    /**
     * The task runs that wait are loaded with their timers, because any of them may become ready.
     */
    private void waits(Request.Parameters executionsAndNames, int count) {
      add(ReadStatement.LOAD_WAITING_TASK_RUNS, executionsAndNames, count, this::taskRun);
      add(ReadStatement.LOAD_SIGNAL_WAITS, executionsAndNames, count, signalRows::signalWait);
      add(
          ReadStatement.LOAD_WAITING_READY,
          executionsAndNames,
          count,
          row -> loadReady(row, ledger));
    }

    private static Request.Parameters both(Request.Parameters first, Request.Parameters second) {
      return (s, index) -> second.bind(s, first.bind(s, index));
    }

    private void add(
        ReadStatement statement, Request.Parameters parameters, int ids, Request.Row row) {
      list.add(new Request(statement, parameters, ids, row));
    }

    private <I> Request.Parameters uuids(Collection<I> ids, Function<I, UUID> value) {
      List<UUID> uuids = ids.stream().map(value).toList();
      return (s, first) -> {
        dialect.bindUuids(s, first, uuids);
        return first + 1;
      };
    }

    private <I> Request.Parameters texts(Collection<I> ids, Function<I, String> value) {
      List<String> texts = ids.stream().map(value).toList();
      return (s, first) -> {
        dialect.bindTexts(s, first, texts);
        return first + 1;
      };
    }

    // ---- the rows

    private void pool(ResultSet row) throws SQLException {
      ledger.load(new PoolHead(row.getString(1), row.getInt(2)));
    }

    private void worker(ResultSet row) throws SQLException {
      ledger.load(new WorkerHead(row.getString(1), dialect.uuid(row, 2), row.getInt(3) == 1));
    }

    private void workflow(ResultSet row) throws SQLException {
      ledger.load(
          new WorkflowHead(
              new WorkflowId(row.getString(1)), row.getInt(4), row.getInt(2), row.getString(3)));
    }

    private void execution(ResultSet row) throws SQLException {
      ledger.load(
          new ExecutionHead(
              new ExecutionId(dialect.uuid(row, 1)),
              new WorkflowId(row.getString(7)),
              ExecutionState.valueOf(row.getString(2)),
              row.getLong(3),
              Objects.requireNonNull(dialect.time(row, 8)),
              dialect.time(row, 4),
              dialect.time(row, 5),
              row.getString(6),
              ParentColumns.read(dialect, row, 9),
              row.getObject(13) == null ? null : new ExecutionId(dialect.uuid(row, 13))));
    }

    private void commit(ResultSet row) throws SQLException {
      ledger.load(
          new PastCommit(
              new CommitId(dialect.uuid(row, 1)),
              Objects.requireNonNull(dialect.time(row, 2)),
              row.getLong(3),
              versions(row)));
    }

    private static String versions(ResultSet row) throws SQLException {
      String versions = row.getString(4);
      if (!VERSIONS.matcher(versions).matches()) {
        throw new IllegalArgumentException("the text is not a list of versions");
      }
      return versions;
    }

    private void taskRun(ResultSet row) throws SQLException {
      String attemptState = row.getString(7);
      ledger.load(
          new TaskRunHead(
              new TaskRunId(dialect.uuid(row, 1)),
              new ExecutionId(dialect.uuid(row, 2)),
              new TaskId(row.getString(3)),
              TaskRunState.valueOf(row.getString(4)),
              row.getLong(5),
              row.getInt(6),
              attemptState == null ? null : AttemptState.valueOf(attemptState),
              LeaseState.of(row.getInt(10)),
              dialect.time(row, 8),
              dialect.time(row, 9)));
    }

    private void counts(ResultSet row) throws SQLException {
      ledger.load(
          new ExecutionId(dialect.uuid(row, 1)),
          new TaskRunCounts(row.getInt(2), row.getInt(3), row.getInt(4)));
    }
  }
}
