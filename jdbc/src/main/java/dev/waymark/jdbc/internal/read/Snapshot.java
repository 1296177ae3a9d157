package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.read.LogChunks;
import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions within one read transaction, so that everything that one snapshot says belongs
 * together. It lives as long as the call that opened it: no cursor stays open while a caller
 * thinks.
 */
public final class Snapshot {
  private final Session session;
  private final Dialect dialect;
  private final RecordRows records;

  /** Reads on a session in which a read transaction has begun. */
  public Snapshot(Session session, Dialect dialect) {
    this.session = session;
    this.dialect = dialect;
    this.records = new RecordRows(dialect);
  }

  /** Binds the parameters of a statement. */
  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  /** Makes something of one row. */
  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  // ---- workflows

  /** The latest revision. */
  public @Nullable Workflow workflow(WorkflowId id) throws SQLException {
    return one(ReadStatement.WORKFLOW, s -> s.setString(1, id.value()), records::workflow);
  }

  /** One revision. */
  public @Nullable Workflow workflow(WorkflowId id, int revision) throws SQLException {
    return one(
        ReadStatement.WORKFLOW_REVISION,
        s -> {
          s.setString(1, id.value());
          s.setInt(2, revision);
        },
        records::workflow);
  }

  /** The latest revisions, by id. */
  public Page<Workflow> workflows(PageRequest page) throws SQLException {
    List<Workflow> items =
        list(
            ReadStatement.WORKFLOWS,
            s -> {
              s.setInt(1, page.limit());
              s.setLong(2, page.offset());
            },
            records::workflow);
    return page(items, number(ReadStatement.COUNT_WORKFLOWS, s -> {}), page);
  }

  /** The revisions of one workflow, by number. */
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) throws SQLException {
    List<Workflow> items =
        list(
            ReadStatement.WORKFLOW_HISTORY,
            s -> {
              s.setString(1, id.value());
              s.setInt(2, page.limit());
              s.setLong(3, page.offset());
            },
            records::workflow);
    return page(
        items, number(ReadStatement.COUNT_WORKFLOW_HISTORY, s -> s.setString(1, id.value())), page);
  }

  // ---- executions

  /** One execution. */
  public @Nullable Execution execution(ExecutionId id) throws SQLException {
    return one(ReadStatement.EXECUTION, uuid(id.value()), records::execution);
  }

  /** A page of executions with the total of all that match. */
  public Page<Execution> executions(ExecutionQuery query, int limit) throws SQLException {
    return new ExecutionPages(session, dialect, query, limit).page();
  }

  /** One execution with all that belongs to it. */
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) throws SQLException {
    Execution execution = execution(id);
    if (execution == null) {
      return null;
    }
    Map<TaskRunId, List<Attempt>> attempts =
        attempts(ReadStatement.ATTEMPTS_OF_EXECUTION, uuid(id.value()));
    List<TaskRunDetails> taskRuns = new ArrayList<>();
    for (TaskRun taskRun : taskRuns(id)) {
      taskRuns.add(new TaskRunDetails(taskRun, attempts.getOrDefault(taskRun.id(), List.of())));
    }
    return new ExecutionDetails(execution, taskRuns, transitions(id, 0, Long.MAX_VALUE));
  }

  private Map<TaskRunId, List<Attempt>> attempts(ReadStatement statement, Binder which)
      throws SQLException {
    Map<TaskRunId, List<Attempt>> attempts = new HashMap<>();
    for (Attempt attempt : list(statement, which, records::attempt)) {
      attempts.computeIfAbsent(attempt.id().taskRunId(), key -> new ArrayList<>()).add(attempt);
    }
    return attempts;
  }

  /** How far one execution has come. */
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) throws SQLException {
    Execution execution = execution(id);
    return execution == null
        ? null
        : new ExecutionProgress(
            execution,
            progress(
                uuid(id.value()),
                ReadStatement.TASK_RUNS,
                ReadStatement.ATTEMPTS_OF_EXECUTION,
                ReadStatement.READY_OF_EXECUTION,
                ReadStatement.OUTPUTS_OF_EXECUTION));
  }

  /** How far these task runs have come. */
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids)
      throws SQLException {
    List<UUID> uuids = ids.stream().map(TaskRunId::value).toList();
    return progress(
        statement -> dialect.bindUuids(statement, 1, uuids),
        ReadStatement.TASK_RUNS_BY_ID,
        ReadStatement.ATTEMPTS_BY_ID,
        ReadStatement.READY_BY_ID,
        ReadStatement.OUTPUTS_BY_ID);
  }

  /** Four statements over the same task runs, which this binds. */
  private List<ExecutionProgress.Item> progress(
      Binder which,
      ReadStatement taskRuns,
      ReadStatement ofAttempts,
      ReadStatement ofReady,
      ReadStatement ofResults)
      throws SQLException {
    Map<TaskRunId, List<Attempt>> attempts = attempts(ofAttempts, which);
    Set<TaskRunId> ready =
        new HashSet<>(list(ofReady, which, row -> new TaskRunId(dialect.uuid(row, 1))));
    Map<TaskRunId, Payload> results = results(ofResults, which);
    List<ExecutionProgress.Item> items = new ArrayList<>();
    for (TaskRun taskRun : list(taskRuns, which, records::taskRun)) {
      items.add(
          new ExecutionProgress.Item(
              taskRun,
              attempts.getOrDefault(taskRun.id(), List.of()),
              results.get(taskRun.id()),
              ready.contains(taskRun.id())));
    }
    return items;
  }

  private Map<TaskRunId, Payload> results(ReadStatement statement, Binder which)
      throws SQLException {
    Map<TaskRunId, Payload> results = new HashMap<>();
    list(
            statement,
            which,
            row ->
                Map.entry(
                    new TaskRunId(dialect.uuid(row, 1)),
                    Objects.requireNonNull(records.payload(row, 2))))
        .forEach(entry -> results.put(entry.getKey(), entry.getValue()));
    return results;
  }

  // ---- payloads

  /** One payload. */
  public @Nullable Payload payload(PayloadRef ref) throws SQLException {
    boolean isInput = ref.part() == PayloadRef.Part.INPUT;
    if (isInput && ref instanceof PayloadRef.OfExecution of) {
      Execution execution = execution(of.id());
      return execution == null ? null : execution.input();
    }
    if (!isInput && ref instanceof PayloadRef.OfTaskRun of) {
      List<UUID> ids = List.of(of.id().value());
      return results(ReadStatement.OUTPUTS_BY_ID, s -> dialect.bindUuids(s, 1, ids)).get(of.id());
    }
    PayloadKey key = PayloadKey.of(ref);
    return one(
        ReadStatement.PAYLOAD,
        s -> {
          dialect.bindUuid(s, 1, key.record());
          s.setInt(2, key.number());
          s.setString(3, ref.part().name());
        },
        row -> Objects.requireNonNull(records.payload(row, 1)));
  }

  /** The beginnings of all payloads of an execution. */
  public List<PayloadPreview> payloads(ExecutionId id, int maxBytes) throws SQLException {
    return Previews.inOrder(
        list(
            ReadStatement.PAYLOADS_OF_EXECUTION,
            s -> {
              dialect.bindUuid(s, 1, id.value());
              s.setInt(2, PayloadText.charsFor(maxBytes));
            },
            row -> {
              RecordKind kind = RecordKind.valueOf(row.getString(1));
              PayloadKey key = new PayloadKey(dialect.uuid(row, 2), row.getInt(3));
              PayloadRef ref = key.ref(kind, PayloadRef.Part.valueOf(row.getString(4)));
              return PayloadText.preview(ref, row.getLong(5), row.getString(6), maxBytes);
            }));
  }

  /** The signals to an execution, by number. */
  public List<Signal> signals(ExecutionId id) throws SQLException {
    return list(ReadStatement.SIGNALS, s -> dialect.bindUuid(s, 1, id.value()), records::signal);
  }

  /** Live attempts with a lease. */
  public List<Claims.Leased> leases(int limit) throws SQLException {
    return list(ReadStatement.LEASES, s -> s.setInt(1, limit), records::leased);
  }

  /** Stalled executions, from this id on. */
  public List<ExecutionId> stalled(UUID least, int limit) throws SQLException {
    return list(
        ReadStatement.STALLED,
        s -> {
          dialect.bindUuid(s, 1, least);
          s.setInt(2, limit);
        },
        row -> new ExecutionId(dialect.uuid(row, 1)));
  }

  // ---- task runs and attempts

  /** One task run. */
  public @Nullable TaskRun taskRun(TaskRunId id) throws SQLException {
    return one(ReadStatement.TASK_RUN, uuid(id.value()), records::taskRun);
  }

  /** The task runs of an execution. */
  public List<TaskRun> taskRuns(ExecutionId id) throws SQLException {
    return list(ReadStatement.TASK_RUNS, uuid(id.value()), records::taskRun);
  }

  /** One attempt. */
  public @Nullable Attempt attempt(AttemptId id) throws SQLException {
    return one(ReadStatement.ATTEMPT, s -> bindAttempt(s, 1, id), records::attempt);
  }

  /** The attempts of a task run, by number. */
  public List<Attempt> attempts(TaskRunId id) throws SQLException {
    return list(ReadStatement.ATTEMPTS, uuid(id.value()), records::attempt);
  }

  // ---- pools and workers

  /** All pools in which there is anything, by name. */
  public List<Pool> pools() throws SQLException {
    return list(ReadStatement.POOLS, s -> {}, records::pool);
  }

  /** All workers, by name. */
  public List<Worker> workers() throws SQLException {
    return list(ReadStatement.WORKERS, s -> {}, records::worker);
  }

  /** All pools in which there is anything, with what uses them, by name. */
  public List<PoolUse> poolUse() throws SQLException {
    return new WaitReads(session, dialect).poolUse(pools());
  }

  /** Why an execution waits. */
  public @Nullable Waiting waiting(ExecutionId id) throws SQLException {
    Execution execution = execution(id);
    return execution == null ? null : new WaitReads(session, dialect).waiting(execution);
  }

  // ---- logs

  /** A part of the log of an attempt. */
  public LogPart log(AttemptId id, long position, int maxBytes) throws SQLException {
    Long length = one(ReadStatement.LOG_LENGTH, s -> bindAttempt(s, 1, id), row -> row.getLong(1));
    List<LogChunks.Chunk> chunks =
        list(
            ReadStatement.LOG,
            s -> {
              bindAttempt(s, 1, id);
              bindAttempt(s, 3, id);
              s.setLong(5, position);
              s.setLong(6, sum(position, maxBytes));
              bindAttempt(s, 7, id);
              s.setLong(9, position);
            },
            row -> new LogChunks.Chunk(row.getLong(1), row.getBytes(2)));
    return LogChunks.part(chunks, position, maxBytes, length == null ? 0 : length);
  }

  private void bindAttempt(PreparedStatement statement, int index, AttemptId id)
      throws SQLException {
    dialect.bindUuid(statement, index, id.taskRunId().value());
    statement.setInt(index + 1, id.number());
  }

  /** Executions that ended before a time and have logs. */
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) throws SQLException {
    return list(
        ReadStatement.EXECUTIONS_WITH_LOGS,
        s -> {
          dialect.bindTime(s, 1, endedBefore);
          s.setInt(2, limit);
        },
        row -> new ExecutionId(dialect.uuid(row, 1)));
  }

  // ---- history

  /** A page of the history of an execution. */
  public Page<Transition> history(ExecutionId id, PageRequest page) throws SQLException {
    return page(
        transitions(id, page.offset(), sum(page.offset(), page.limit())),
        number(ReadStatement.COUNT_HISTORY, uuid(id.value())),
        page);
  }

  /** Where a range ends, or the end of all ranges. */
  private static long sum(long begin, int size) {
    return begin > Long.MAX_VALUE - size ? Long.MAX_VALUE : begin + size;
  }

  /**
   * Transitions at positions from {@code begin} to before {@code end}; positions count from 0,
   * sequence numbers from 1.
   */
  private List<Transition> transitions(ExecutionId id, long begin, long end) throws SQLException {
    List<List<Transition>> rows =
        list(
            ReadStatement.HISTORY,
            s -> {
              dialect.bindUuid(s, 1, id.value());
              s.setLong(2, begin);
              s.setLong(3, end);
            },
            row -> {
              Instant at = Objects.requireNonNull(dialect.time(row, 1));
              return TransitionText.read(row.getString(3), row.getLong(2) + 1, at);
            });
    return rows.stream()
        .flatMap(List::stream)
        .filter(transition -> transition.sequence() > begin && transition.sequence() <= end)
        .toList();
  }

  // ---- ids

  /** Execution ids between two, both included. */
  public List<String> executionIds(UUID least, UUID greatest, int limit) throws SQLException {
    return list(
        ReadStatement.EXECUTION_IDS,
        range(least, greatest, limit),
        row -> dialect.uuid(row, 1).toString());
  }

  /** Task run ids between two, both included. */
  public List<String> taskRunIds(UUID least, UUID greatest, int limit) throws SQLException {
    return list(
        ReadStatement.TASK_RUN_IDS,
        range(least, greatest, limit),
        row -> dialect.uuid(row, 1).toString());
  }

  /** Workflow ids that begin with a prefix. */
  public List<String> workflowIds(String prefix, int limit) throws SQLException {
    return list(
        ReadStatement.WORKFLOW_IDS,
        s -> {
          s.setString(1, prefix);
          s.setString(2, prefix + "~");
          s.setInt(3, limit);
        },
        row -> row.getString(1));
  }

  private Binder range(UUID least, UUID greatest, int limit) {
    return s -> {
      dialect.bindUuid(s, 1, least);
      dialect.bindUuid(s, 2, greatest);
      s.setInt(3, limit);
    };
  }

  // ---- how it is read

  private static <T> Page<T> page(List<T> items, long total, PageRequest page) {
    return new Page<>(items, total, page.offset(), page.limit(), null);
  }

  private Binder uuid(UUID id) {
    return s -> dialect.bindUuid(s, 1, id);
  }

  private <T> @Nullable T one(ReadStatement statement, Binder binder, Mapper<T> mapper)
      throws SQLException {
    List<T> found = list(statement, binder, mapper);
    return found.isEmpty() ? null : found.get(0);
  }

  private long number(ReadStatement statement, Binder binder) throws SQLException {
    return number(dialect.sql(statement), binder);
  }

  private long number(String sql, Binder binder) throws SQLException {
    return list(sql, binder, row -> row.getLong(1)).get(0);
  }

  private <T> List<T> list(ReadStatement statement, Binder binder, Mapper<T> mapper)
      throws SQLException {
    return list(dialect.sql(statement), binder, mapper);
  }

  private <T> List<T> list(String sql, Binder binder, Mapper<T> mapper) throws SQLException {
    PreparedStatement statement = session.prepare(sql);
    binder.bind(statement);
    try (ResultSet row = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (row.next()) {
        found.add(DamagedRowException.map(row, mapper::map));
      }
      return found;
    }
  }
}
