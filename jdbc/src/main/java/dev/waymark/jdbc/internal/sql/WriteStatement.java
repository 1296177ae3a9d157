package dev.waymark.jdbc.internal.sql;

import static dev.waymark.jdbc.internal.sql.ColumnType.BYTES;
import static dev.waymark.jdbc.internal.sql.ColumnType.INT;
import static dev.waymark.jdbc.internal.sql.ColumnType.LONG;
import static dev.waymark.jdbc.internal.sql.ColumnType.TEXT;
import static dev.waymark.jdbc.internal.sql.ColumnType.TIME;
import static dev.waymark.jdbc.internal.sql.ColumnType.UUID;

import java.util.List;

/**
 * Everything that is ever written, with the columns of a row in the order in which {@link Rows}
 * brings them. Each statement writes any number of rows and must change exactly one record a row,
 * unless it {@link #isTolerant is tolerant}; a change finds its record only as it was when it was
 * decided. They are listed in the order in which they run: what is looked at before what is
 * written, owners before what they own, creations before moves, parts before the whole.
 */
public enum WriteStatement {
  /** Workflow id, revision that must be the newest; locks and writes nothing. */
  CHECK_WORKFLOW(Kind.CHECK, TEXT, INT),
  /** Execution id, version and state that it must have; locks it and writes nothing. */
  CHECK_EXECUTION(Kind.CHECK, UUID, LONG, TEXT),
  /**
   * Execution id, number of task runs that have not ended, number of task runs and attempts that
   * have; writes nothing.
   */
  CHECK_TASK_RUN_COUNTS(Kind.CHECK, UUID, INT, INT),
  /**
   * Task run id, state, version, newest attempt and its state, null where there is none; writes
   * nothing.
   */
  CHECK_TASK_RUN(Kind.CHECK, UUID, TEXT, LONG, INT, TEXT),
  /** Workflow id, first revision, content hash. */
  INSERT_WORKFLOW(Kind.INSERT, TEXT, INT, TEXT),
  /** Latest revision, which must be the next, content hash, workflow id. */
  UPDATE_WORKFLOW(Kind.CHANGE, INT, TEXT, TEXT),
  /** Workflow id, revision, content hash, description, labels, created at, definition. */
  INSERT_REVISION(Kind.INSERT, TEXT, INT, TEXT, TEXT, TEXT, TIME, TEXT),
  /** Execution id, workflow id, revision, state, version, request hash, created at. */
  INSERT_EXECUTION(Kind.INSERT, UUID, TEXT, INT, TEXT, LONG, TEXT, TIME),
  /** Execution id, labels, inputs; only for an execution that has any. */
  INSERT_EXECUTION_DETAIL(Kind.INSERT, UUID, TEXT, TEXT),
  /** Execution id, name, value, created at. */
  INSERT_EXECUTION_LABEL(Kind.INSERT, UUID, TEXT, TEXT, TIME),
  /** Task run id, execution id, task id, state, version, newest attempt, created at. */
  INSERT_TASK_RUN(Kind.INSERT, UUID, UUID, TEXT, TEXT, LONG, INT, TIME),
  /** Task run id, number, state, worker, started at. */
  INSERT_ATTEMPT(Kind.INSERT, UUID, INT, TEXT, TEXT, TIME),
  /** State, ended at, exit code, error, task run id, number, state before. */
  UPDATE_ATTEMPT(Kind.CHANGE, TEXT, TIME, INT, TEXT, UUID, INT, TEXT),
  /**
   * State, version, newest attempt, started at unless it was set before, ended at, task run id, and
   * the state, version and newest attempt before.
   */
  UPDATE_TASK_RUN(Kind.CHANGE, TEXT, LONG, INT, TIME, TIME, UUID, TEXT, LONG, INT),
  /**
   * State, version, which must be the next, started at unless it was set before, ended at, error or
   * null to keep the one before, execution id.
   */
  UPDATE_EXECUTION(Kind.CHANGE, TEXT, LONG, TIME, TIME, TEXT, UUID),
  /**
   * Execution id, committed at, number of transitions, transitions, and by how much they change the
   * number of task runs that have not ended, and the number of ends of task runs and attempts.
   */
  INSERT_HISTORY(Kind.INSERT, UUID, TIME, INT, TEXT, INT, INT),
  /** Commit id, committed at, fingerprint, versions. */
  INSERT_COMMIT(Kind.INSERT, UUID, TIME, LONG, TEXT),
  /** Commit id; writes the row as it is. */
  TOUCH_COMMIT(Kind.CHANGE, UUID),
  /** Task run id; it was picked in this transaction. */
  DELETE_READY(Kind.CHANGE, UUID),
  /** Task run id, number, worker, microseconds from now on, pool. */
  INSERT_LEASE(Kind.INSERT, UUID, INT, TEXT, LONG, TEXT),
  /** Task run id; nothing where it is not ready, or where a claim has it locked, which drops it. */
  CLEAR_READY(Kind.TOLERANT, UUID),
  /**
   * Execution id, of which no task run is ready any more, but for those that a claim has locked,
   * which drops them.
   */
  CLEAR_READY_OF_EXECUTION(Kind.TOLERANT, UUID),
  /** Microseconds from now on, task run id, number. */
  UPDATE_LEASE(Kind.CHANGE, LONG, UUID, INT),
  /** Task run id, number. */
  DELETE_LEASE(Kind.CHANGE, UUID, INT),
  /** Task run id, pool, priority, microseconds from now on; it must not be ready yet. */
  INSERT_READY(Kind.INSERT, UUID, TEXT, INT, LONG),
  /** Pool, priority, microseconds from now on, task run id, which must be ready. */
  UPDATE_READY(Kind.CHANGE, TEXT, INT, LONG, UUID),
  /** Execution id, reason, microseconds from now on; what is due earlier stays. */
  PUT_DUE(Kind.TOLERANT, UUID, TEXT, LONG),
  /** Execution id, reason; nothing where it is not due. */
  CLEAR_DUE(Kind.TOLERANT, UUID, TEXT),
  /** Task run id, outputs, instead of those before. */
  PUT_OUTPUTS(Kind.TOLERANT, UUID, TEXT),
  /** Task run id, number, position, execution id, bytes; nothing where there are some already. */
  PUT_LOG(Kind.TOLERANT, UUID, INT, LONG, UUID, BYTES),
  /** Execution id. */
  CLEAR_LOGS(Kind.TOLERANT, UUID),
  /** Name, life, microseconds from now on, info. */
  INSERT_WORKER(Kind.INSERT, TEXT, UUID, LONG, TEXT),
  /**
   * Life, which has just started unless it is the one before, microseconds from now on, info, name.
   */
  UPDATE_WORKER(Kind.CHANGE, UUID, LONG, TEXT, TEXT),
  /** Name; it is not alive any more. */
  RETIRE_WORKER(Kind.CHANGE, TEXT),
  /** Microseconds; those of which nothing was heard for so long go. */
  CLEAR_WORKERS(Kind.TOLERANT, LONG),
  /** Name, slots, instead of those before. */
  PUT_POOL(Kind.TOLERANT, TEXT, INT),
  /** Name; it has no bound any more. */
  CLEAR_POOL(Kind.TOLERANT, TEXT);

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
  private final List<ColumnType> columns;

  private final Kind kind;

  WriteStatement(Kind kind, ColumnType... columns) {
    this.kind = kind;
    this.columns = List.of(columns);
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

  /** The types of its columns. */
  List<ColumnType> columns() {
    return columns;
  }

  /** An empty set of rows for this statement. */
  public Rows rows() {
    return new Rows(this);
  }
}
