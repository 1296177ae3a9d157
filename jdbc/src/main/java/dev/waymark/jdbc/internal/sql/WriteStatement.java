package dev.waymark.jdbc.internal.sql;

import static dev.waymark.jdbc.internal.sql.Column.bigint;
import static dev.waymark.jdbc.internal.sql.Column.bytes;
import static dev.waymark.jdbc.internal.sql.Column.integer;
import static dev.waymark.jdbc.internal.sql.Column.text;
import static dev.waymark.jdbc.internal.sql.Column.time;
import static dev.waymark.jdbc.internal.sql.Column.uuid;

import java.util.Arrays;
import java.util.List;

/**
 * Every write, with the columns of a row in the order of {@link Rows}. The columns are named here
 * and nowhere else: the SQL of each backend has the same names in the same order, which a test of
 * each backend checks.
 *
 * <p>Each statement writes any number of rows and must change exactly one record for each row,
 * unless it {@link #isTolerant is tolerant}. A change finds its record only in the state in which
 * it was decided. The order is the order of execution: checks before writes, owners before the
 * records that they own, creations before moves, parts before the whole.
 *
 * <p>{@code micros} is a time in microseconds from now on. {@code state_before} is the state that
 * the record must have.
 */
public enum WriteStatement {
  /** The revision must be the newest; locks and writes nothing. */
  CHECK_WORKFLOW(Kind.CHECK, text("id"), integer("revision")),
  /** The execution must have this version and state; locks it and writes nothing. */
  CHECK_EXECUTION(Kind.CHECK, uuid("id"), bigint("version"), text("state")),
  /**
   * The number of unfinished task runs, and the number of ended task runs and attempts; writes
   * nothing.
   */
  CHECK_TASK_RUN_COUNTS(Kind.CHECK, uuid("id"), integer("unfinished"), integer("ended")),
  /** The state of the newest attempt is null when there is none; writes nothing. */
  CHECK_TASK_RUN(
      Kind.CHECK,
      uuid("id"),
      text("state"),
      bigint("version"),
      integer("last_attempt"),
      text("attempt_state")),
  /** The first revision. */
  INSERT_WORKFLOW(Kind.INSERT, text("id"), integer("revision"), text("content_hash")),
  /** The revision must be the next. */
  UPDATE_WORKFLOW(Kind.CHANGE, integer("revision"), text("content_hash"), text("id")),
  INSERT_REVISION(
      Kind.INSERT,
      text("workflow_id"),
      integer("revision"),
      text("content_hash"),
      text("description"),
      text("labels"),
      time("created_at"),
      text("definition")),
  /** The last five are null unless it is a child, or continues another one. */
  INSERT_EXECUTION(
      Kind.INSERT,
      uuid("id"),
      text("workflow_id"),
      integer("workflow_revision"),
      text("state"),
      bigint("version"),
      text("request_hash"),
      time("created_at"),
      uuid("parent_task_run_id"),
      uuid("parent_id"),
      text("child_policy"),
      integer("depth"),
      uuid("continues_id")),
  /** Only for an execution that has labels or an input. */
  INSERT_EXECUTION_DETAIL(Kind.INSERT, uuid("execution_id"), text("labels"), text("inputs")),
  /** Replaces the labels, and keeps the input. */
  PUT_LABELS(Kind.TOLERANT, uuid("execution_id"), text("labels")),
  /** An execution whose labels are written again. */
  CLEAR_LABELS(Kind.TOLERANT, uuid("id")),
  INSERT_EXECUTION_LABEL(
      Kind.INSERT, uuid("execution_id"), text("name"), text("value"), time("created_at")),
  INSERT_TASK_RUN(
      Kind.INSERT,
      uuid("id"),
      uuid("execution_id"),
      text("task_id"),
      text("state"),
      bigint("version"),
      integer("last_attempt"),
      time("created_at")),
  INSERT_ATTEMPT(
      Kind.INSERT,
      uuid("task_run_id"),
      integer("number"),
      text("state"),
      text("worker"),
      time("started_at")),
  UPDATE_ATTEMPT(
      Kind.CHANGE,
      text("state"),
      time("ended_at"),
      integer("exit_code"),
      text("error"),
      uuid("task_run_id"),
      integer("number"),
      text("state_before")),
  /** The statement keeps a time of the start that is already set. */
  UPDATE_TASK_RUN(
      Kind.CHANGE,
      text("state"),
      bigint("version"),
      integer("last_attempt"),
      time("started_at"),
      time("ended_at"),
      uuid("id"),
      text("state_before"),
      bigint("version_before"),
      integer("attempt_before")),
  /**
   * The version must be the next. Workflow and time of creation must be the known ones, because the
   * execution is counted by them: another program may have deleted the execution and created it
   * again. The statement keeps a time of the start that is already set, and the error and the
   * execution that continues it when the new one is null.
   */
  UPDATE_EXECUTION(
      Kind.CHANGE,
      text("state"),
      bigint("version"),
      time("started_at"),
      time("ended_at"),
      text("error"),
      uuid("id"),
      text("workflow_id"),
      time("created_at"),
      uuid("continued_as_id")),
  /**
   * The last two columns are the changes of two numbers by the transitions: of unfinished task
   * runs, and of ended task runs and attempts.
   */
  INSERT_HISTORY(
      Kind.INSERT,
      uuid("execution_id"),
      time("committed_at"),
      integer("transition_count"),
      text("transitions"),
      integer("unfinished"),
      integer("ended")),
  INSERT_COMMIT(
      Kind.INSERT, uuid("id"), time("committed_at"), bigint("fingerprint"), text("versions")),
  /** Rewrites the row unchanged. */
  TOUCH_COMMIT(Kind.CHANGE, uuid("id")),
  /** A task run that this transaction selected. */
  DELETE_READY(Kind.CHANGE, uuid("id")),
  INSERT_LEASE(
      Kind.INSERT,
      uuid("task_run_id"),
      integer("number"),
      text("worker"),
      bigint("micros"),
      text("pool")),
  /**
   * A task run. Skips one that is not ready, and one that a claim has locked: the claim drops it.
   */
  CLEAR_READY(Kind.TOLERANT, uuid("id")),
  /**
   * An execution whose task runs become not ready. Skips those that a claim has locked: the claim
   * drops them.
   */
  CLEAR_READY_OF_EXECUTION(Kind.TOLERANT, uuid("id")),
  /** An execution whose task runs no longer wait for signals. */
  CLEAR_SIGNAL_WAITS(Kind.TOLERANT, uuid("id")),
  UPDATE_LEASE(Kind.CHANGE, bigint("micros"), uuid("task_run_id"), integer("number")),
  DELETE_LEASE(Kind.CHANGE, uuid("task_run_id"), integer("number")),
  /** The task run must not be ready yet. */
  INSERT_READY(
      Kind.INSERT, uuid("task_run_id"), text("pool"), integer("priority"), bigint("micros")),
  /** The task run must be ready. */
  UPDATE_READY(
      Kind.CHANGE, text("pool"), integer("priority"), bigint("micros"), uuid("task_run_id")),
  /** Marks the children of an execution that are to be cancelled with it. */
  PUT_CHILDREN_DUE(Kind.TOLERANT, uuid("id")),
  /** Keeps an earlier due time. */
  PUT_DUE(Kind.TOLERANT, uuid("execution_id"), text("reason"), bigint("micros")),
  /** Changes nothing when it is not due. */
  CLEAR_DUE(Kind.TOLERANT, uuid("execution_id"), text("reason")),
  /** Gives the payload of a signal, if it has one, to the execution that continues its own. */
  MOVE_SIGNAL_PAYLOAD(
      Kind.TOLERANT, uuid("from_id"), integer("number"), uuid("to_id"), integer("new_number")),
  /** Gives a signal that is kept to the execution that continues its own. */
  MOVE_SIGNAL(
      Kind.CHANGE, uuid("from_id"), integer("number"), uuid("to_id"), integer("new_number")),
  /** Replaces the result of a task run. */
  PUT_OUTPUTS(Kind.TOLERANT, uuid("task_run_id"), text("outputs")),
  /** Replaces any other payload that does not come with its execution. */
  PUT_PAYLOAD(
      Kind.TOLERANT,
      uuid("execution_id"),
      uuid("record_id"),
      integer("number"),
      text("part"),
      text("content")),
  /** The last two are null while the signal is kept. */
  INSERT_SIGNAL(
      Kind.INSERT,
      uuid("execution_id"),
      integer("number"),
      text("name"),
      text("key"),
      text("hash"),
      time("sent_at"),
      uuid("task_run_id"),
      integer("attempt")),
  /** Delivers a signal that is kept. */
  UPDATE_SIGNAL(
      Kind.CHANGE,
      uuid("task_run_id"),
      integer("attempt"),
      uuid("execution_id"),
      integer("number")),
  /** Replaces the previous wait of the task run. */
  PUT_SIGNAL_WAIT(
      Kind.TOLERANT,
      uuid("task_run_id"),
      uuid("execution_id"),
      text("name"),
      bigint("version"),
      text("pool"),
      integer("priority"),
      time("since")),
  /** The wait of a task run. */
  CLEAR_SIGNAL_WAIT(Kind.TOLERANT, uuid("id")),
  /** Changes nothing where the log already has bytes. */
  PUT_LOG(
      Kind.TOLERANT,
      uuid("task_run_id"),
      integer("number"),
      bigint("position"),
      uuid("execution_id"),
      bytes("bytes")),
  /** The logs of an execution. */
  CLEAR_LOGS(Kind.TOLERANT, uuid("id")),
  INSERT_WORKER(Kind.INSERT, text("name"), uuid("life"), bigint("micros"), text("info")),
  /** A new life starts now. */
  UPDATE_WORKER(Kind.CHANGE, uuid("life"), bigint("micros"), text("info"), text("name")),
  /** Marks the worker as stopped. */
  RETIRE_WORKER(Kind.CHANGE, text("name")),
  /** Deletes the workers without a heartbeat for so long. */
  CLEAR_WORKERS(Kind.TOLERANT, bigint("micros")),
  /** Replaces the slots. */
  PUT_POOL(Kind.TOLERANT, text("name"), integer("slots")),
  /** Removes the limit of the pool. */
  CLEAR_POOL(Kind.TOLERANT, text("name")),

  // An execution that is deleted. Ready task runs, waits for signals, logs and labels are cleared
  // before, by the statements above.

  /** The leases of an execution. */
  DELETE_LEASES(Kind.TOLERANT, uuid("id")),
  /** All that is due of an execution. */
  DELETE_DUE(Kind.TOLERANT, uuid("id")),
  /** The results of the task runs of an execution. */
  DELETE_OUTPUTS(Kind.TOLERANT, uuid("id")),
  /** The other payloads of an execution. */
  DELETE_PAYLOADS(Kind.TOLERANT, uuid("id")),
  /** The signals to an execution. */
  DELETE_SIGNALS(Kind.TOLERANT, uuid("id")),
  /** The attempts of an execution. */
  DELETE_ATTEMPTS(Kind.TOLERANT, uuid("id")),
  /** The task runs of an execution. */
  DELETE_TASK_RUNS(Kind.TOLERANT, uuid("id")),
  /** The history of an execution. */
  DELETE_HISTORY(Kind.TOLERANT, uuid("id")),
  /** The labels and the input of an execution. */
  DELETE_EXECUTION_DETAIL(Kind.TOLERANT, uuid("id")),
  /** The execution. Triggers of the database count it. */
  DELETE_EXECUTION(Kind.CHANGE, uuid("id")),
  /** The revisions of a workflow. */
  DELETE_REVISIONS(Kind.TOLERANT, text("id")),
  /** Keeps the number of the last revision, without a content hash. */
  DELETE_WORKFLOW(Kind.CHANGE, text("id"), integer("revision"));

  /** The effect of a statement on the records that its rows name. */
  private enum Kind {
    /** Checks that they have the expected state, and writes nothing. */
    CHECK,
    /** Creates them. */
    INSERT,
    /** Changes or deletes each of them; all must exist. */
    CHANGE,
    /** Creates, changes or deletes them, whether they exist or not. */
    TOLERANT
  }

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<Column> columns;

  @SuppressWarnings("ImmutableEnumChecker")
  private final List<ColumnType> types;

  private final Kind kind;

  WriteStatement(Kind kind, Column... columns) {
    this.kind = kind;
    this.columns = List.of(columns);
    this.types = Arrays.stream(columns).map(Column::type).toList();
  }

  /** Whether it writes nothing, and only checks that a record has the expected state. */
  public boolean checks() {
    return kind == Kind.CHECK;
  }

  /** Whether it creates records. */
  public boolean inserts() {
    return kind == Kind.INSERT;
  }

  /** Whether it succeeds also when there is no record to change. */
  public boolean isTolerant() {
    return kind == Kind.TOLERANT;
  }

  /** Whether the number of affected records shows that it succeeded. */
  public boolean isCounted() {
    return !inserts() && !isTolerant();
  }

  /** The columns of a row. */
  public List<Column> columns() {
    return columns;
  }

  /** The types of the columns. */
  List<ColumnType> types() {
    return types;
  }

  /** An empty set of rows for this statement. */
  public Rows rows() {
    return new Rows(this);
  }
}
