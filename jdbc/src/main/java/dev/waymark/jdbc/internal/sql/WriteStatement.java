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
 * Everything that is ever written, with the columns of a row in the order in which {@link Rows}
 * brings them. They are named here and nowhere else: the SQL of each backend has the same names in
 * the same order, which a test of each backend checks.
 *
 * <p>Each statement writes any number of rows and must change exactly one record a row, unless it
 * {@link #isTolerant is tolerant}; a change finds its record only as it was when it was decided.
 * They are listed in the order in which they run: what is looked at before what is written, owners
 * before what they own, creations before moves, parts before the whole.
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
   * The number of task runs that have not ended, and that of task runs and attempts that have;
   * writes nothing.
   */
  CHECK_TASK_RUN_COUNTS(Kind.CHECK, uuid("id"), integer("unfinished"), integer("ended")),
  /** The state of the newest attempt is null where there is none; writes nothing. */
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
  INSERT_EXECUTION(
      Kind.INSERT,
      uuid("id"),
      text("workflow_id"),
      integer("workflow_revision"),
      text("state"),
      bigint("version"),
      text("request_hash"),
      time("created_at")),
  /** Only for an execution that has labels or inputs. */
  INSERT_EXECUTION_DETAIL(Kind.INSERT, uuid("execution_id"), text("labels"), text("inputs")),
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
  /** The time of the start is written unless it was set before. */
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
   * The version must be the next. The time of the start is written unless it was set before, and
   * the error unless it is null.
   */
  UPDATE_EXECUTION(
      Kind.CHANGE,
      text("state"),
      bigint("version"),
      time("started_at"),
      time("ended_at"),
      text("error"),
      uuid("id")),
  /**
   * The last two are by how much the transitions change the number of task runs that have not
   * ended, and the number of ends of task runs and attempts.
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
  /** Writes the row as it is. */
  TOUCH_COMMIT(Kind.CHANGE, uuid("id")),
  /** A task run that was picked in this transaction. */
  DELETE_READY(Kind.CHANGE, uuid("id")),
  INSERT_LEASE(
      Kind.INSERT,
      uuid("task_run_id"),
      integer("number"),
      text("worker"),
      bigint("micros"),
      text("pool")),
  /** A task run. Nothing where it is not ready, or where a claim has it locked, which drops it. */
  CLEAR_READY(Kind.TOLERANT, uuid("id")),
  /**
   * An execution, of which no task run is ready any more, but for those that a claim has locked,
   * which drops them.
   */
  CLEAR_READY_OF_EXECUTION(Kind.TOLERANT, uuid("id")),
  UPDATE_LEASE(Kind.CHANGE, bigint("micros"), uuid("task_run_id"), integer("number")),
  DELETE_LEASE(Kind.CHANGE, uuid("task_run_id"), integer("number")),
  /** The task run must not be ready yet. */
  INSERT_READY(
      Kind.INSERT, uuid("task_run_id"), text("pool"), integer("priority"), bigint("micros")),
  /** The task run must be ready. */
  UPDATE_READY(
      Kind.CHANGE, text("pool"), integer("priority"), bigint("micros"), uuid("task_run_id")),
  /** What is due earlier stays. */
  PUT_DUE(Kind.TOLERANT, uuid("execution_id"), text("reason"), bigint("micros")),
  /** Nothing where it is not due. */
  CLEAR_DUE(Kind.TOLERANT, uuid("execution_id"), text("reason")),
  /** Instead of the outputs before. */
  PUT_OUTPUTS(Kind.TOLERANT, uuid("task_run_id"), text("outputs")),
  /** Nothing where there are bytes already. */
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
  /** The life has just started unless it is the one before. */
  UPDATE_WORKER(Kind.CHANGE, uuid("life"), bigint("micros"), text("info"), text("name")),
  /** The worker is not alive any more. */
  RETIRE_WORKER(Kind.CHANGE, text("name")),
  /** Those of which nothing was heard for so long go. */
  CLEAR_WORKERS(Kind.TOLERANT, bigint("micros")),
  /** Instead of the slots before. */
  PUT_POOL(Kind.TOLERANT, text("name"), integer("slots")),
  /** The pool has no bound any more. */
  CLEAR_POOL(Kind.TOLERANT, text("name"));

  /** What a statement does to the records that its rows name. */
  private enum Kind {
    /** Checks that they are as expected, and writes nothing. */
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

  /** Whether it writes nothing, and only looks whether a record is as it should be. */
  public boolean checks() {
    return kind == Kind.CHECK;
  }

  /** Whether it makes new records. */
  public boolean inserts() {
    return kind == Kind.INSERT;
  }

  /** Whether it is right whether or not there is a record to change. */
  public boolean isTolerant() {
    return kind == Kind.TOLERANT;
  }

  /** Whether the number of records that it finds says whether it was right. */
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
