package dev.waymark.jdbc.internal.sql;

import java.util.List;

/**
 * Every read with a fixed statement, with its parameters and its columns. The statements of lists
 * of executions, whose conditions vary, are built by {@code ExecutionSql}.
 *
 * <p>A parameter "ids" is a whole collection, bound by {@link Dialect#bindUuids} or {@link
 * Dialect#bindTexts}.
 *
 * <p>Where all columns are those of tables, they are named here and nowhere else, and a test of
 * each backend checks that its SQL returns them. Other statements describe their columns in the
 * comment.
 */
public enum ReadStatement {
  // Loads the heads that a group touches, locked if the database has row locks.

  /** Commit ids -> the columns. */
  LOAD_COMMITS("id", "committed_at", "fingerprint", "versions"),
  /** Workflow ids -> the columns, with the latest revision; without a lock. */
  LOAD_WORKFLOWS(Columns.WORKFLOW_HEAD),
  /** Ids of workflows that are to be saved -> the same columns. */
  LOAD_SAVED_WORKFLOWS(Columns.WORKFLOW_HEAD),
  /** Workflow ids -> workflow id, number of its executions in progress. */
  LOAD_UNDER_WAY,
  /** Workflow ids -> workflow id, number of all its executions. */
  LOAD_EXECUTION_TOTALS,
  /**
   * Execution ids, ids of task runs whose executions are to be loaded too, ids of executions whose
   * parents are to be loaded too -> the columns.
   */
  LOAD_EXECUTIONS(
      "id",
      "state",
      "version",
      "started_at",
      "ended_at",
      "request_hash",
      "workflow_id",
      "created_at",
      "parent_task_run_id",
      "parent_id",
      "child_policy",
      "depth",
      "continued_as_id"),
  /**
   * Task run ids -> the columns of a task run head: task run id, execution id, task id, state,
   * version, newest attempt, its state, started at, ended at, and the lease of the newest attempt:
   * 0 if there is none, 1 if it has not expired and 2 if it has.
   */
  LOAD_TASK_RUNS,
  /**
   * Execution ids, task ids -> the columns of a task run head, for every task run of these
   * executions whose task is among these tasks.
   */
  LOAD_TASK_RUNS_BY_TASK,
  /**
   * Execution ids -> execution id, number of task runs, number of task runs that have not ended.
   */
  LOAD_TASK_RUN_COUNTS,

  /** Names of pools -> name, slots; only pools that have a limit. */
  LOAD_POOLS("name", "slots"),
  /** Names of workers -> name, life, 1 while it is alive and else 0. */
  LOAD_WORKERS,

  /**
   * Task run ids -> task run id, pool, priority, 1 if it is available now and else 0, 1 if it is
   * locked for this transaction and 0 if a claim has it locked; only ready task runs. To be read
   * after their executions are locked.
   */
  LOAD_READY,

  /**
   * Execution ids -> task run id, pool, priority, 1 if it is available now and else 0, 1 if it is
   * locked for this transaction and 0 if a claim has it locked; of the task runs of these
   * executions that are ready. To be read after the executions are locked.
   */
  LOCK_READY_OF_EXECUTIONS,

  /**
   * Execution ids, limit -> execution id, id of a child that has not ended; by creation, then id,
   * so many of each execution.
   */
  LOAD_OPEN_CHILDREN,

  /** Execution ids -> the columns; of those that have labels or an input. */
  LOAD_LABELS("execution_id", "labels"),

  // Signals, to be read after the executions are locked.

  /** Execution ids, ids of task runs whose executions count too -> id, number of last signal. */
  LOAD_SIGNALS,
  /** Execution ids, idempotency keys -> the columns. */
  LOAD_SIGNAL_KEYS("execution_id", "key", "number", "hash"),
  /**
   * Task run ids, names, limit -> of the signals to the executions of these task runs that are kept
   * and have these names, the oldest ones of each execution and name.
   */
  LOAD_KEPT_SIGNALS("execution_id", "number", "name"),
  /** Execution ids -> the columns, of all signals that are kept. */
  LOAD_CONTINUED_SIGNALS("execution_id", "number", "name", "key", "hash"),
  /** Execution ids, names -> the waits for these names that have not ended. */
  LOAD_SIGNAL_WAITS("execution_id", "task_run_id", "name", "version", "pool", "priority", "since"),
  /** Execution ids, names -> the columns of a task run head, for every wait. */
  LOAD_WAITING_TASK_RUNS,
  /** Execution ids, names -> as {@link #LOAD_READY}, for every wait that has a timer. */
  LOAD_WAITING_READY,

  // Claiming.

  /**
   * Pools -> name, slots; only pools that have a limit and ready task runs. Locked if the database
   * has row locks, so that no other claim takes slots of them until this one has ended.
   */
  LOCK_POOLS("name", "slots"),
  /**
   * Pools -> name, number of leases; only pools that have a limit. It is a separate statement after
   * the one that locks, so that it reads what earlier holders of the lock have written.
   */
  POOL_LEASES,
  /**
   * Pools, limit, limit again -> of what is ready in those of the pools that have no bound, the
   * greatest priority first and the oldest first within it: the columns of a task run, the state of
   * its newest attempt, how its lease stands as {@link #LOAD_TASK_RUNS} says it, the pool, the
   * priority, the microseconds since the epoch from which on it is ready, the request hash of its
   * execution, the columns of the execution, its state before it was locked, and of the last row of
   * its history the number of unfinished task runs and that of ends, if the database has them.
   *
   * <p>Where the database has row locks, the ready one and its execution are locked, and what
   * others have locked, or whose execution they have, is passed over. There only the execution is
   * as it is under the lock; the rest is as it was when the statement began.
   */
  PICK_READY,
  /** The same, of pools with or without a limit. */
  PICK_BOUNDED,
  /**
   * The same, of pools with or without a limit, and waits for the execution. With a limit of one:
   * it must not wait while it has another.
   */
  PICK_WAITING,
  /**
   * Pools, execution id, limit -> as {@link #PICK_READY}, of one execution alone, for which it
   * waits.
   */
  PICK_READY_OF_EXECUTION,
  /** The same, of pools with or without a limit. */
  PICK_BOUNDED_OF_EXECUTION,
  /** Limit -> the columns; those that are due for longest first. */
  DUE("execution_id", "reason"),
  /** Execution id -> the same, of one execution alone. */
  DUE_OF_EXECUTION("execution_id", "reason"),
  /**
   * Limit -> task run id, number, execution id, worker of expired leases; the longest expired
   * first.
   */
  EXPIRED(Columns.LEASE),
  /** Execution id -> the same, of one execution alone. */
  EXPIRED_OF_EXECUTION(Columns.LEASE),
  /** Limit -> the columns of all leases, by task run id. */
  LEASES(Columns.LEASE),
  /** Least id, limit -> ids of stalled executions, in order. */
  STALLED("id"),
  /**
   * Pools -> microseconds until the next is ready or due, and until the next lease expires, and 1
   * if something is ready now in those of the pools that have no limit, else 0; one row, null for
   * never.
   */
  NEXT,

  // Query results.

  /** Workflow id -> the columns of a workflow, of the latest revision. */
  WORKFLOW(Columns.WORKFLOW),
  /** Workflow id, revision -> the columns of a workflow. */
  WORKFLOW_REVISION(Columns.WORKFLOW),
  /** Limit, offset -> the columns of a workflow, of the latest revisions, by id. */
  WORKFLOWS(Columns.WORKFLOW),
  /** Nothing -> number of workflows. */
  COUNT_WORKFLOWS,
  /** Workflow id, limit, offset -> the columns of a workflow, by revision. */
  WORKFLOW_HISTORY(Columns.WORKFLOW),
  /** Workflow id -> number of revisions. */
  COUNT_WORKFLOW_HISTORY,
  /** Execution id -> the columns of an execution, which {@code ExecutionSql} has too. */
  EXECUTION(Columns.EXECUTION),
  /** Task run id -> the columns of a task run. */
  TASK_RUN(Columns.TASK_RUN),
  /** Execution id -> the columns of a task run, by creation, then id. */
  TASK_RUNS(Columns.TASK_RUN),
  /** Task run ids -> the columns of a task run, by creation, then id. */
  TASK_RUNS_BY_ID(Columns.TASK_RUN),
  /** Execution id -> ids of its task runs that are ready. */
  READY_OF_EXECUTION("task_run_id"),
  /** Task run ids -> those that are ready. */
  READY_BY_ID("task_run_id"),
  /** Execution id -> the columns; of its task runs that have a result. */
  OUTPUTS_OF_EXECUTION("task_run_id", "outputs"),
  /** Task run ids -> the columns; of those that have a result. */
  OUTPUTS_BY_ID("task_run_id", "outputs"),
  /** Execution or task run id, number of the attempt or 0, part -> the columns. */
  PAYLOAD("content"),
  /**
   * Execution id, number of characters -> of all payloads of the execution, its task runs and
   * attempts: execution or task run id, number of the attempt or 0, part, bytes of the text, and so
   * many of its first characters.
   */
  PAYLOADS_OF_EXECUTION,
  /** Execution id -> the columns; by number. */
  SIGNALS("execution_id", "number", "name", "key", "sent_at", "task_run_id", "attempt"),
  /** Task run id, number -> the columns of an attempt. */
  ATTEMPT(Columns.ATTEMPT),
  /** Task run id -> the columns of an attempt, by number. */
  ATTEMPTS(Columns.ATTEMPT),
  /**
   * Execution id -> the columns of an attempt, of all task runs of the execution, by task run and
   * number.
   */
  ATTEMPTS_OF_EXECUTION(Columns.ATTEMPT),
  /** Task run ids -> the columns of an attempt, by task run and number. */
  ATTEMPTS_BY_ID(Columns.ATTEMPT),
  /**
   * Task run id and number, those again, first position, position after the last, task run id and
   * number once more, first position again -> the columns; the pieces of a log in which these
   * positions are, or the next piece where they are in none; in order.
   */
  LOG("position", "bytes"),
  /** Task run id, number -> length of the log; no row where there is none. */
  LOG_LENGTH,
  /** Time before which they ended, limit -> ids of executions that have logs, in order. */
  EXECUTIONS_WITH_LOGS,
  /**
   * Execution id, first position, position after the last -> committed at, position of the first
   * transition, transitions; in order.
   */
  HISTORY,
  /** Execution id -> number of transitions. */
  COUNT_HISTORY,
  /**
   * Nothing -> name, life, started at, seen at, 1 while it is alive and else 0, info, number of its
   * leases; of all workers, by name.
   */
  WORKERS,
  /**
   * Nothing -> name, slots or null, number of leases, number of ready task runs; of all pools that
   * have any of these, by name.
   */
  POOLS,
  /**
   * Execution id -> of its task runs that have not ended, by creation, then id: id, task id, state;
   * pool, available at and 1 where that is now else 0, or null where it is not ready; number,
   * worker, expires at of its lease, or null, and 1 where that has not expired and its worker is
   * not known to be dead, else 0; the name of the signal that it waits for, or null.
   */
  WAITING_TASK_RUNS,
  /** Execution id -> reason, due at, 1 where that is now else 0; of all that is noted as due. */
  WAITING_DUE,
  /** Pools -> name, slots, number of leases; of those that have a bound. */
  WAITING_POOLS,
  /**
   * Pools, limit -> the first leases of each pool, by pool and task run id: pool, execution id,
   * task id, task run id, number, worker, expires at, 1 where alive as {@link #WAITING_TASK_RUNS}
   * says.
   */
  POOL_HOLDERS,
  /** Nothing -> pool, number of task runs that can be claimed now. */
  CLAIMABLE_BY_POOL,
  /** Nothing -> the columns; of workers that are alive, by name. */
  LIVING_WORKERS("name", "info"),
  /** Workflow id, state, limit -> execution ids, by creation, then id. */
  OLDEST_IN_PROGRESS("id"),
  /** Least id, greatest id, limit -> execution ids in order. */
  EXECUTION_IDS("id"),
  /** Least id, greatest id, limit -> task run ids in order. */
  TASK_RUN_IDS("id"),
  /** Least id, id after the greatest, limit -> workflow ids in order. */
  WORKFLOW_IDS("id");

  /** The columns that several statements have. */
  private static final class Columns {
    static final String[] WORKFLOW_HEAD = {"id", "revision", "content_hash", "first_revision"};
    static final String[] WORKFLOW = {
      "workflow_id", "revision", "description", "labels", "created_at", "content_hash", "definition"
    };
    static final String[] EXECUTION = {
      "id",
      "workflow_id",
      "workflow_revision",
      "state",
      "version",
      "labels",
      "inputs",
      "created_at",
      "started_at",
      "ended_at",
      "error",
      "parent_task_run_id",
      "parent_id",
      "child_policy",
      "depth",
      "continues_id",
      "continued_as_id"
    };
    static final String[] TASK_RUN = {
      "id",
      "execution_id",
      "task_id",
      "state",
      "version",
      "last_attempt",
      "created_at",
      "started_at",
      "ended_at"
    };
    static final String[] ATTEMPT = {
      "task_run_id", "number", "state", "worker", "started_at", "ended_at", "exit_code", "error"
    };
    static final String[] LEASE = {"task_run_id", "number", "execution_id", "worker"};
  }

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> columns;

  ReadStatement(String... columns) {
    this.columns = List.of(columns);
  }

  /** The names of the columns; empty where some are no columns of tables. */
  public List<String> columns() {
    return columns;
  }
}
