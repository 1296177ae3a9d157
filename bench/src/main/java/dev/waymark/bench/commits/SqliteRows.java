package dev.waymark.bench.commits;

import dev.waymark.core.model.TaskRunId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Writes the rows of a step on SQLite, with statements that stay prepared on one connection. Every
 * move is a compare-and-set on the version before. A move that finds another version throws.
 */
final class SqliteRows {
  private final PreparedStatement createExecution;
  private final PreparedStatement createTaskRun;
  private final PreparedStatement startExecution;
  private final PreparedStatement finishExecution;
  private final PreparedStatement beginTaskRun;
  private final PreparedStatement recordAttempt;
  private final PreparedStatement endAttempt;
  private final PreparedStatement endTaskRun;
  private final PreparedStatement addHistory;
  private final PreparedStatement addCommit;

  SqliteRows(Connection connection) throws SQLException {
    createExecution =
        connection.prepareStatement(
            """
            INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
            VALUES (?, ?, 1, 'PENDING', 1, ?, ?)""");
    createTaskRun =
        connection.prepareStatement(
            """
            INSERT INTO task_runs (id, execution_id, task_id, state, version, last_attempt, created_at)
            VALUES (?, ?, ?, 'PENDING', 1, 0, ?)""");
    startExecution =
        connection.prepareStatement(
            "UPDATE executions SET state = 'RUNNING', version = 2, started_at = ? WHERE id = ? AND version = 1");
    finishExecution =
        connection.prepareStatement(
            "UPDATE executions SET state = 'SUCCEEDED', version = 3, ended_at = ? WHERE id = ? AND version = 2");
    beginTaskRun =
        connection.prepareStatement(
            """
            UPDATE task_runs SET state = 'RUNNING', version = 2, last_attempt = 1, started_at = ?
            WHERE id = ? AND version = 1""");
    recordAttempt =
        connection.prepareStatement(
            "INSERT INTO attempts (started_at, task_run_id, number, state, worker) VALUES (?, ?, 1, 'RUNNING', ?)");
    endAttempt =
        connection.prepareStatement(
            """
            UPDATE attempts SET state = 'SUCCEEDED', ended_at = ?, exit_code = 0
            WHERE task_run_id = ? AND number = 1 AND state = 'RUNNING'""");
    endTaskRun =
        connection.prepareStatement(
            "UPDATE task_runs SET state = 'SUCCEEDED', version = 3, ended_at = ? WHERE id = ? AND version = 2");
    addHistory =
        connection.prepareStatement(
            "INSERT INTO history (execution_id, committed_at, transition_count, transitions) VALUES (?, ?, ?, ?)");
    addCommit =
        connection.prepareStatement(
            "INSERT INTO commits (id, committed_at, fingerprint, versions) VALUES (?, ?, ?, ?)");
  }

  /** Writes all rows of a step. */
  void write(Entry entry) throws SQLException {
    Step step = entry.step();
    switch (step.kind()) {
      case CREATE -> create(entry);
      case START -> move(startExecution, entry, step.lifecycle().execution().value());
      case BEGIN_TASK -> {
        move(beginTaskRun, entry, step.taskRun().value());
        recordAttempt.setString(3, Step.WORKER);
        move(recordAttempt, entry, step.taskRun().value());
      }
      case END_TASK -> {
        move(endAttempt, entry, step.taskRun().value());
        move(endTaskRun, entry, step.taskRun().value());
      }
      case FINISH -> move(finishExecution, entry, step.lifecycle().execution().value());
    }
    addPast(entry);
  }

  private void create(Entry entry) throws SQLException {
    Lifecycle lifecycle = entry.step().lifecycle();
    byte[] execution = bytes(lifecycle.execution().value());
    createExecution.setBytes(1, execution);
    createExecution.setString(2, lifecycle.workflow().value());
    createExecution.setString(3, Entry.REQUEST_HASH);
    createExecution.setLong(4, entry.micros());
    createExecution.executeUpdate();
    for (int i = 0; i < Lifecycle.TASKS.size(); i++) {
      TaskRunId id = lifecycle.taskRuns().get(i);
      createTaskRun.setBytes(1, bytes(id.value()));
      createTaskRun.setBytes(2, execution);
      createTaskRun.setString(3, Lifecycle.TASKS.get(i).value());
      createTaskRun.setLong(4, entry.micros());
      createTaskRun.executeUpdate();
    }
  }

  private static void move(PreparedStatement statement, Entry entry, UUID id) throws SQLException {
    statement.setLong(1, entry.micros());
    statement.setBytes(2, bytes(id));
    if (statement.executeUpdate() != 1) {
      throw new SQLException("step " + entry.step().number() + " found another version of " + id);
    }
  }

  private void addPast(Entry entry) throws SQLException {
    addHistory.setBytes(1, bytes(entry.step().lifecycle().execution().value()));
    addHistory.setLong(2, entry.micros());
    addHistory.setInt(3, entry.transitionCount());
    addHistory.setString(4, entry.transitions());
    addHistory.executeUpdate();
    addCommit.setBytes(1, bytes(entry.step().commit().value()));
    addCommit.setLong(2, entry.micros());
    addCommit.setLong(3, entry.fingerprint());
    addCommit.setString(4, entry.versions());
    addCommit.executeUpdate();
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }
}
