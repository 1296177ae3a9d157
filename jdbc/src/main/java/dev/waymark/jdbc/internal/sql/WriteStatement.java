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
  CHECK_WORKFLOW(TEXT, INT),
  /** Execution id, version and state that it must have; locks it and writes nothing. */
  CHECK_EXECUTION(UUID, LONG, TEXT),
  /**
   * Execution id, number of task runs that have not ended, number of task runs and attempts that
   * have; writes nothing.
   */
  CHECK_TASK_RUN_COUNTS(UUID, INT, INT),
  /**
   * Task run id, state, version, newest attempt and its state, null where there is none; writes
   * nothing.
   */
  CHECK_TASK_RUN(UUID, TEXT, LONG, INT, TEXT),
  /** Workflow id, first revision, content hash. */
  INSERT_WORKFLOW(TEXT, INT, TEXT),
  /** Latest revision, which must be the next, content hash, workflow id. */
  UPDATE_WORKFLOW(INT, TEXT, TEXT),
  /** Workflow id, revision, content hash, description, labels, created at, definition. */
  INSERT_REVISION(TEXT, INT, TEXT, TEXT, TEXT, TIME, TEXT),
  /** Execution id, workflow id, revision, state, version, request hash, created at. */
  INSERT_EXECUTION(UUID, TEXT, INT, TEXT, LONG, TEXT, TIME),
  /** Execution id, labels, inputs; only for an execution that has any. */
  INSERT_EXECUTION_DETAIL(UUID, TEXT, TEXT),
  /** Execution id, name, value, created at. */
  INSERT_EXECUTION_LABEL(UUID, TEXT, TEXT, TIME),
  /** Task run id, execution id, task id, state, version, newest attempt, created at. */
  INSERT_TASK_RUN(UUID, UUID, TEXT, TEXT, LONG, INT, TIME),
  /** Task run id, number, state, worker, started at. */
  INSERT_ATTEMPT(UUID, INT, TEXT, TEXT, TIME),
  /** State, ended at, exit code, error, task run id, number, state before. */
  UPDATE_ATTEMPT(TEXT, TIME, INT, TEXT, UUID, INT, TEXT),
  /**
   * State, version, newest attempt, started at unless it was set before, ended at, task run id, and
   * the state, version and newest attempt before.
   */
  UPDATE_TASK_RUN(TEXT, LONG, INT, TIME, TIME, UUID, TEXT, LONG, INT),
  /**
   * State, version, which must be the next, started at unless it was set before, ended at, error or
   * null to keep the one before, execution id.
   */
  UPDATE_EXECUTION(TEXT, LONG, TIME, TIME, TEXT, UUID),
  /**
   * Execution id, committed at, number of transitions, transitions, and by how much they change the
   * number of task runs that have not ended, and the number of ends of task runs and attempts.
   */
  INSERT_HISTORY(UUID, TIME, INT, TEXT, INT, INT),
  /** Commit id, committed at, fingerprint, versions. */
  INSERT_COMMIT(UUID, TIME, LONG, TEXT),
  /** Commit id; writes the row as it is. */
  TOUCH_COMMIT(UUID),
  /** Task run id; it was picked in this transaction. */
  DELETE_READY(UUID),
  /** Task run id, number, worker, microseconds from now on, pool. */
  INSERT_LEASE(UUID, INT, TEXT, LONG, TEXT),
  /** Task run id; nothing where it is not ready, or where a claim has it locked, which drops it. */
  CLEAR_READY(UUID),
  /**
   * Execution id, of which no task run is ready any more, but for those that a claim has locked,
   * which drops them.
   */
  CLEAR_READY_OF_EXECUTION(UUID),
  /** Microseconds from now on, task run id, number. */
  UPDATE_LEASE(LONG, UUID, INT),
  /** Task run id, number. */
  DELETE_LEASE(UUID, INT),
  /** Task run id, pool, priority, microseconds from now on; it must not be ready yet. */
  INSERT_READY(UUID, TEXT, INT, LONG),
  /** Pool, priority, microseconds from now on, task run id, which must be ready. */
  UPDATE_READY(TEXT, INT, LONG, UUID),
  /** Execution id, reason, microseconds from now on; what is due earlier stays. */
  PUT_DUE(UUID, TEXT, LONG),
  /** Execution id, reason; nothing where it is not due. */
  CLEAR_DUE(UUID, TEXT),
  /** Task run id, outputs, instead of those before. */
  PUT_OUTPUTS(UUID, TEXT),
  /** Task run id, number, position, execution id, bytes; nothing where there are some already. */
  PUT_LOG(UUID, INT, LONG, UUID, BYTES),
  /** Execution id. */
  CLEAR_LOGS(UUID),
  /** Name, life, microseconds from now on, info. */
  INSERT_WORKER(TEXT, UUID, LONG, TEXT),
  /**
   * Life, which has just started unless it is the one before, microseconds from now on, info, name.
   */
  UPDATE_WORKER(UUID, LONG, TEXT, TEXT),
  /** Name; it is not alive any more. */
  RETIRE_WORKER(TEXT),
  /** Microseconds; those of which nothing was heard for so long go. */
  CLEAR_WORKERS(LONG),
  /** Name, slots, instead of those before. */
  PUT_POOL(TEXT, INT),
  /** Name; it has no bound any more. */
  CLEAR_POOL(TEXT);

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<ColumnType> columns;

  WriteStatement(ColumnType... columns) {
    this.columns = List.of(columns);
  }

  /** Whether it writes nothing, and only looks whether a record is as it should be. */
  public boolean checks() {
    return name().startsWith("CHECK");
  }

  /** Whether it makes new records. */
  public boolean inserts() {
    return name().startsWith("INSERT");
  }

  /** Whether it is right whether or not there is a record to change. */
  public boolean isTolerant() {
    return name().startsWith("PUT") || name().startsWith("CLEAR");
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
