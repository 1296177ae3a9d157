package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Family;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.PastCommit;
import dev.waymark.core.internal.decide.TaskKey;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.Touches;
import dev.waymark.core.internal.decide.WorkflowHead;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Loads the heads of the records that a group touches: a fixed number of statements per table,
 * whatever the size of the group, and none for a table that it does not touch.
 */
final class LedgerLoader {
  private final Dialect dialect;

  LedgerLoader(Dialect dialect) {
    this.dialect = dialect;
  }

  /**
   * Notes every record of {@code touches} that exists. Workflows come before executions: that is
   * the order in which rows are locked.
   *
   * <p>Past commits are read once the locks are held. When a connection was lost in COMMIT, the
   * database may still be at work on it while the change set is tried again; the locks wait for its
   * end, and only a look after that tells for certain what became of it.
   */
  void load(Session session, Touches touches, Ledger ledger) throws SQLException {
    Set<WorkflowId> saved = touches.savedWorkflows();
    loadWorkflows(
        session,
        ReadStatement.LOAD_WORKFLOWS,
        touches.workflows().stream().filter(id -> !saved.contains(id)).toList(),
        ledger);
    loadWorkflows(session, ReadStatement.LOAD_SAVED_WORKFLOWS, saved, ledger);
    loadExecutions(session, touches.executions(), touches.taskRuns(), ledger);
    loadCommits(session, touches, ledger);
    loadTaskRuns(session, touches.taskRuns(), ledger);
    loadTaskRunsByTask(session, touches.tasks(), ledger);
    loadFamilies(session, touches.families(), ledger);
  }

  /**
   * Notes only what is neither in the ledger yet nor to be created. Whether something exists that
   * is to be created, and whether a commit is a repeated one, shows when it is written.
   */
  void loadUnknown(Session session, Touches touches, Ledger ledger) throws SQLException {
    loadWorkflows(
        session,
        ReadStatement.LOAD_WORKFLOWS,
        touches.workflows().stream().filter(id -> ledger.workflow(id) == null).toList(),
        ledger);
    List<TaskRunId> taskRuns =
        touches.taskRuns().stream()
            .filter(id -> ledger.taskRun(id) == null && !touches.created().contains(id))
            .toList();
    Set<ExecutionId> executions = new TreeSet<>(touches.executions());
    for (TaskRunId id : touches.taskRuns()) {
      TaskRunHead known = ledger.taskRun(id);
      if (known != null) {
        executions.add(known.executionId());
      }
    }
    executions.removeIf(id -> ledger.execution(id) != null || touches.created().contains(id));
    loadExecutions(session, executions, taskRuns, ledger);
    loadTaskRuns(session, taskRuns, ledger);
    loadFamilies(
        session,
        touches.families().stream()
            .filter(id -> ledger.family(id) == null && !touches.created().contains(id))
            .toList(),
        ledger);
  }

  private void loadCommits(Session session, Touches touches, Ledger ledger) throws SQLException {
    PreparedStatement statement = session.prepare(dialect.sql(ReadStatement.LOAD_COMMITS));
    dialect.bindUuids(statement, 1, uuids(touches.commits().stream().map(CommitId::value)));
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ledger.put(
            new PastCommit(
                new CommitId(dialect.uuid(row, 1)),
                Objects.requireNonNull(dialect.time(row, 2)),
                row.getLong(3),
                row.getString(4)));
      }
    }
  }

  private void loadWorkflows(
      Session session, ReadStatement read, Collection<WorkflowId> workflows, Ledger ledger)
      throws SQLException {
    if (workflows.isEmpty()) {
      return;
    }
    List<String> ids = workflows.stream().map(WorkflowId::value).toList();
    PreparedStatement statement = session.prepare(dialect.sql(read));
    dialect.bindTexts(statement, 1, ids);
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ledger.put(
            new WorkflowHead(new WorkflowId(row.getString(1)), row.getInt(2), row.getString(3)));
      }
    }
  }

  private void loadExecutions(
      Session session,
      Collection<ExecutionId> executions,
      Collection<TaskRunId> taskRuns,
      Ledger ledger)
      throws SQLException {
    if (executions.isEmpty() && taskRuns.isEmpty()) {
      return;
    }
    PreparedStatement statement = session.prepare(dialect.sql(ReadStatement.LOAD_EXECUTIONS));
    dialect.bindUuids(statement, 1, uuids(executions.stream().map(ExecutionId::value)));
    dialect.bindUuids(statement, 2, uuids(taskRuns.stream().map(TaskRunId::value)));
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ledger.put(
            new ExecutionHead(
                new ExecutionId(dialect.uuid(row, 1)),
                ExecutionState.valueOf(row.getString(2)),
                row.getLong(3),
                dialect.time(row, 4),
                dialect.time(row, 5),
                row.getString(6)));
      }
    }
  }

  private void loadTaskRuns(Session session, Collection<TaskRunId> taskRuns, Ledger ledger)
      throws SQLException {
    if (taskRuns.isEmpty()) {
      return;
    }
    PreparedStatement statement = session.prepare(dialect.sql(ReadStatement.LOAD_TASK_RUNS));
    dialect.bindUuids(statement, 1, uuids(taskRuns.stream().map(TaskRunId::value)));
    readTaskRuns(statement, ledger);
  }

  private void loadTaskRunsByTask(Session session, Collection<TaskKey> tasks, Ledger ledger)
      throws SQLException {
    if (tasks.isEmpty()) {
      return;
    }
    PreparedStatement statement =
        session.prepare(dialect.sql(ReadStatement.LOAD_TASK_RUNS_BY_TASK));
    dialect.bindUuids(
        statement, 1, uuids(tasks.stream().map(key -> key.executionId().value()).distinct()));
    dialect.bindTexts(
        statement, 2, tasks.stream().map(TaskKey::taskId).map(TaskId::value).distinct().toList());
    readTaskRuns(statement, ledger);
  }

  private void readTaskRuns(PreparedStatement statement, Ledger ledger) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String attemptState = row.getString(7);
        ledger.put(
            new TaskRunHead(
                new TaskRunId(dialect.uuid(row, 1)),
                new ExecutionId(dialect.uuid(row, 2)),
                new TaskId(row.getString(3)),
                TaskRunState.valueOf(row.getString(4)),
                row.getLong(5),
                row.getInt(6),
                attemptState == null ? null : AttemptState.valueOf(attemptState),
                dialect.time(row, 8),
                dialect.time(row, 9)));
      }
    }
  }

  /** An execution without task runs has no row, but is known to have none afterwards. */
  private void loadFamilies(Session session, Collection<ExecutionId> executions, Ledger ledger)
      throws SQLException {
    if (executions.isEmpty()) {
      return;
    }
    executions.forEach(id -> ledger.put(id, Family.NONE));
    PreparedStatement statement = session.prepare(dialect.sql(ReadStatement.LOAD_FAMILIES));
    dialect.bindUuids(statement, 1, uuids(executions.stream().map(ExecutionId::value)));
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ledger.put(new ExecutionId(dialect.uuid(row, 1)), new Family(row.getInt(2), row.getInt(3)));
      }
    }
  }

  private static Collection<UUID> uuids(Stream<UUID> ids) {
    return ids.toList();
  }
}
