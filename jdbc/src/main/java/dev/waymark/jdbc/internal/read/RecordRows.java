package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.submit.Digests;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.Worker;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ParentColumns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of rows; the columns are those that {@link
 * dev.waymark.jdbc.internal.sql.ReadStatement} lists.
 */
final class RecordRows {
  private final Dialect dialect;

  RecordRows(Dialect dialect) {
    this.dialect = dialect;
  }

  /** The revision of a workflow; its content must be the one that was hashed. */
  Workflow workflow(ResultSet row) throws SQLException {
    Workflow workflow =
        new Workflow(
            new WorkflowId(row.getString(1)),
            row.getInt(2),
            row.getString(3),
            JsonText.read(row.getString(4)),
            time(row, 5),
            row.getString(6),
            row.getString(7));
    String hash = Digests.content(workflow.definition(), workflow.description(), workflow.labels());
    if (!hash.equals(workflow.contentHash())) {
      throw new DamagedRowException(
          "table workflow_revisions, row with workflow_id \"%s\" and revision %s: definition, description and labels do not match content_hash"
              .formatted(workflow.id(), workflow.revision()),
          null);
    }
    return workflow;
  }

  Execution execution(ResultSet row) throws SQLException {
    return execution(row, 1);
  }

  /** The execution whose columns begin at this one. */
  private Execution execution(ResultSet row, int first) throws SQLException {
    return new Execution(
        new ExecutionId(dialect.uuid(row, first)),
        new WorkflowId(row.getString(first + 1)),
        row.getInt(first + 2),
        ExecutionState.valueOf(row.getString(first + 3)),
        row.getLong(first + 4),
        map(row, first + 5),
        payload(row, first + 6),
        time(row, first + 7),
        dialect.time(row, first + 8),
        dialect.time(row, first + 9),
        row.getString(first + 10),
        ParentColumns.read(dialect, row, first + 11),
        executionId(row, first + 15),
        executionId(row, first + 16));
  }

  private @Nullable ExecutionId executionId(ResultSet row, int column) throws SQLException {
    return row.getObject(column) == null ? null : new ExecutionId(dialect.uuid(row, column));
  }

  TaskRun taskRun(ResultSet row) throws SQLException {
    return new TaskRun(
        new TaskRunId(dialect.uuid(row, 1)),
        new ExecutionId(dialect.uuid(row, 2)),
        new TaskId(row.getString(3)),
        TaskRunState.valueOf(row.getString(4)),
        row.getLong(5),
        row.getInt(6),
        time(row, 7),
        dialect.time(row, 8),
        dialect.time(row, 9));
  }

  Candidate picked(ResultSet row) throws SQLException {
    @Nullable String attemptState = row.getString(10);
    return new Candidate(
        taskRun(row),
        attemptState == null ? null : AttemptState.valueOf(attemptState),
        LeaseState.of(row.getInt(11)),
        row.getString(12),
        row.getInt(13),
        row.getLong(14),
        row.getString(15),
        execution(row, 16),
        ExecutionState.valueOf(row.getString(33)),
        counts(row));
  }

  /**
   * The last row of the history has two sums, of which the counts can be told while nothing has
   * ended.
   */
  private static @Nullable TaskRunCounts counts(ResultSet row) throws SQLException {
    int unfinished = row.getInt(34);
    boolean isKnown = !row.wasNull();
    boolean hasNoEnds = row.getInt(35) == 0 && !row.wasNull();
    return isKnown && hasNoEnds ? TaskRunCounts.allLive(unfinished) : null;
  }

  Attempt attempt(ResultSet row) throws SQLException {
    int exitCode = row.getInt(7);
    boolean hasExitCode = !row.wasNull();
    return new Attempt(
        new AttemptId(new TaskRunId(dialect.uuid(row, 1)), row.getInt(2)),
        AttemptState.valueOf(row.getString(3)),
        row.getString(4),
        time(row, 5),
        dialect.time(row, 6),
        hasExitCode ? (Integer) exitCode : null,
        row.getString(8));
  }

  Signal signal(ResultSet row) throws SQLException {
    int attempt = row.getInt(7);
    boolean isDelivered = !row.wasNull();
    return new Signal(
        new ExecutionId(dialect.uuid(row, 1)),
        row.getInt(2),
        row.getString(3),
        row.getString(4),
        time(row, 5),
        isDelivered ? new TaskRunId(dialect.uuid(row, 6)) : null,
        isDelivered ? (Integer) attempt : null);
  }

  Leased leased(ResultSet row) throws SQLException {
    return new Leased(
        new AttemptId(new TaskRunId(dialect.uuid(row, 1)), row.getInt(2)),
        new ExecutionId(dialect.uuid(row, 3)),
        row.getString(4));
  }

  Pool pool(ResultSet row) throws SQLException {
    int slots = row.getInt(2);
    boolean isBounded = !row.wasNull();
    return new Pool(row.getString(1), isBounded ? slots : null, row.getInt(3), row.getLong(4));
  }

  Worker worker(ResultSet row) throws SQLException {
    return new Worker(
        row.getString(1),
        dialect.uuid(row, 2),
        time(row, 3),
        time(row, 4),
        row.getInt(5) == 1,
        JsonText.read(row.getString(6)),
        row.getInt(7));
  }

  private Instant time(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(dialect.time(row, column));
  }

  /** The payload of a column, or null. */
  @Nullable Payload payload(ResultSet row, int column) throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? null : PayloadText.read(text);
  }

  private static Map<String, String> map(ResultSet row, int column) throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? Map.of() : JsonText.read(text);
  }
}
