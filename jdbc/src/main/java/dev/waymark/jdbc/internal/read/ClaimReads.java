package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.DueReason;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one claim reads: first what there is, then what belongs to what it takes. */
public final class ClaimReads {
  private final Dialect dialect;
  private final RecordRows records;
  private final ClaimRequest request;
  private final Picks picks;
  private final List<Due> due = new ArrayList<>();
  private final List<Leased> expired = new ArrayList<>();
  private final Map<ExecutionId, Execution> executions = new HashMap<>();
  private final Map<TaskRunId, TaskRun> taskRuns = new HashMap<>();
  private @Nullable Duration next;
  private @Nullable Duration nextExpiry;

  /** Reads in this dialect what this claim asks for. */
  public ClaimReads(Dialect dialect, ClaimRequest request) {
    this.dialect = dialect;
    this.request = request;
    this.picks = new Picks(dialect, request);
    this.records = new RecordRows(dialect);
  }

  /** The requests that look what there is; at most so much of what is due and of what expired. */
  public List<Request> looking(int told) {
    List<String> pools = List.copyOf(request.pools());
    List<Request> requests = new ArrayList<>();
    if (request.limit() > 0) {
      requests.addAll(picks.first());
    }
    ExecutionId only = request.execution();
    if (only == null) {
      requests.add(limited(ReadStatement.DUE, told, this::due));
      requests.add(limited(ReadStatement.EXPIRED, told, this::expired));
    } else {
      requests.add(of(ReadStatement.DUE_OF_EXECUTION, only, this::due));
      requests.add(of(ReadStatement.EXPIRED_OF_EXECUTION, only, this::expired));
    }
    requests.add(
        new Request(
            ReadStatement.NEXT,
            (s, first) -> {
              dialect.bindTexts(s, first, pools);
              return first + 1;
            },
            1,
            this::next));
    return requests;
  }

  private Request of(ReadStatement statement, ExecutionId only, Request.Row row) {
    return new Request(
        statement,
        (s, first) -> {
          dialect.bindUuid(s, first, only.value());
          return first + 1;
        },
        1,
        row);
  }

  private static Request limited(ReadStatement statement, int limit, Request.Row row) {
    return new Request(
        statement,
        (s, first) -> {
          s.setInt(first, limit);
          return first + 1;
        },
        1,
        row);
  }

  private void due(ResultSet row) throws SQLException {
    due.add(new Due(new ExecutionId(dialect.uuid(row, 1)), DueReason.valueOf(row.getString(2))));
  }

  private void expired(ResultSet row) throws SQLException {
    expired.add(records.leased(row));
  }

  private void next(ResultSet row) throws SQLException {
    next = duration(row, 1);
    nextExpiry = duration(row, 2);
  }

  private static @Nullable Duration duration(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : Duration.of(Math.max(0, micros), ChronoUnit.MICROS);
  }

  /**
   * The requests that are still to be made after that; none unless there are slots free in a pool
   * that has a bound.
   */
  public List<Request> lookingFurther() {
    return picks.second();
  }

  /** The requests for the records that belong to what was picked. */
  public List<Request> details(List<Picked> picked) {
    List<UUID> ids = picked.stream().map(each -> each.taskRun().value()).toList();
    Request.Parameters parameters =
        (s, first) -> {
          dialect.bindUuids(s, first, ids);
          return first + 1;
        };
    return List.of(
        new Request(
            ReadStatement.EXECUTIONS_OF_TASK_RUNS,
            parameters,
            ids.size(),
            row -> {
              Execution execution = records.execution(row);
              executions.put(execution.id(), execution);
            }),
        new Request(
            ReadStatement.TASK_RUNS_BY_ID,
            parameters,
            ids.size(),
            row -> {
              TaskRun taskRun = records.taskRun(row);
              taskRuns.put(taskRun.id(), taskRun);
            }));
  }

  /** What was picked, in order. */
  public List<Picked> picked() {
    return picks.taken();
  }

  /** What is due. */
  public List<Due> due() {
    return due;
  }

  /** What has expired. */
  public List<Leased> expired() {
    return expired;
  }

  /** How long until something more is ready or due. */
  public @Nullable Duration next() {
    return next;
  }

  /** How long until a lease is over. */
  public @Nullable Duration nextExpiry() {
    return nextExpiry;
  }

  /** The executions of what was picked, as they were before. */
  public Map<ExecutionId, Execution> executions() {
    return executions;
  }

  /** What was picked, as it was before. */
  public Map<TaskRunId, TaskRun> taskRuns() {
    return taskRuns;
  }
}
