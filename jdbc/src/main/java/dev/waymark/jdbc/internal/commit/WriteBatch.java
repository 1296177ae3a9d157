package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.jdbc.internal.read.TextMaps;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Effects that can be written together, one statement per kind of write, because no record moves
 * twice among them.
 *
 * <p>The database checks every move, so each one must be written separately: a record that moves
 * again goes into the next write batch. Nearly every group is a single write batch.
 */
final class WriteBatch {
  /** How long a worker without a heartbeat is kept. */
  private static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  private final Map<WriteStatement, Rows> rows = new EnumMap<>(WriteStatement.class);
  private final Map<TaskRunId, TaskRunWrite> taskRuns = new LinkedHashMap<>();
  private final Map<ExecutionId, Effect.ExecutionMoved> executions = new LinkedHashMap<>();

  /** The ids of all that has moved: of its own type for each kind of record. */
  private final Set<Object> moved = new HashSet<>();

  /** The change of a task run, and the precondition that shows that it was not changed since. */
  private record TaskRunWrite(
      TaskRunState stateBefore, long versionBefore, int attemptBefore, TaskRunHead after) {
    TaskRunWrite then(TaskRunWrite next) {
      return new TaskRunWrite(stateBefore, versionBefore, attemptBefore, next.after);
    }
  }

  /** Adds an effect, unless its record has already moved in this write batch. */
  boolean take(Effect effect) {
    if (effect instanceof Effect.WorkflowSaved saved) {
      return take(saved.revision());
    }
    return effect instanceof Effect.Moved move ? take(move) : takeOther(effect);
  }

  private boolean take(Effect.Moved move) {
    if (move.from() != null && !moved.add(move.id())) {
      return false;
    }
    if (move instanceof Effect.ExecutionCreated created) {
      create(created.execution(), created.requestHash());
    } else if (move instanceof Effect.ExecutionMoved change) {
      executions.put(change.executionId(), change);
    } else if (move instanceof Effect.TaskRunCreated created) {
      create(created.taskRun());
    } else if (move instanceof Effect.TaskRunMoved change) {
      TaskRunHead after = change.after();
      change(new TaskRunWrite(change.from(), after.version() - 1, after.lastAttempt(), after));
    } else if (move instanceof Effect.AttemptRecorded recorded) {
      record(recorded.taskRun(), recorded.attempt());
    } else if (move instanceof Effect.AttemptMoved change) {
      add(
          WriteStatement.UPDATE_ATTEMPT,
          change.to().name(),
          change.endedAt(),
          change.exitCode(),
          change.error(),
          change.taskRun().id().value(),
          change.taskRun().lastAttempt(),
          change.from().name());
    }
    return true;
  }

  /** The key of a row that is not a record: it is written once in a write batch. */
  private record RowKey(String table, Object id) {}

  private boolean takeOther(Effect effect) {
    if (effect instanceof Effect.LeaseTaken taken) {
      TaskRunId taskRun = taken.attempt().taskRunId();
      return takeLease(
          taskRun,
          WriteStatement.INSERT_LEASE,
          taskRun.value(),
          taken.attempt().number(),
          taken.worker(),
          micros(taken.lease()),
          taken.pool());
    } else if (effect instanceof Effect.LeaseRenewed renewed) {
      TaskRunId taskRun = renewed.attempt().taskRunId();
      return takeLease(
          taskRun,
          WriteStatement.UPDATE_LEASE,
          micros(renewed.lease()),
          taskRun.value(),
          renewed.attempt().number());
    } else if (effect instanceof Effect.LeaseEnded ended) {
      TaskRunId taskRun = ended.attempt().taskRunId();
      return takeLease(
          taskRun, WriteStatement.DELETE_LEASE, taskRun.value(), ended.attempt().number());
    } else if (effect instanceof Effect.TaskRunReady ready) {
      return take(ready);
    } else if (effect instanceof Effect.TaskRunNotReady notReady) {
      return take(
          new RowKey("ready", notReady.taskRun()),
          WriteStatement.CLEAR_READY,
          notReady.taskRun().value());
    } else if (effect instanceof Effect.ExecutionNotReady notReady) {
      return take(notReady);
    } else if (effect instanceof Effect.OutputsSet set) {
      return take(
          new RowKey("outputs", set.taskRun()),
          WriteStatement.PUT_OUTPUTS,
          set.taskRun().value(),
          TextMaps.write(set.outputs()));
    }
    return takeDue(effect);
  }

  /** What was made ready before must be written before it is taken away. */
  private boolean take(Effect.ExecutionNotReady notReady) {
    return !rows.containsKey(WriteStatement.INSERT_READY)
        && !rows.containsKey(WriteStatement.UPDATE_READY)
        && take(
            new RowKey("ready of", notReady.execution()),
            WriteStatement.CLEAR_READY_OF_EXECUTION,
            notReady.execution().value());
  }

  private boolean take(Effect.TaskRunReady ready) {
    RowKey key = new RowKey("ready", ready.taskRun());
    UUID id = ready.taskRun().value();
    long micros = micros(ready.delay());
    return ready.isNew()
        ? take(key, WriteStatement.INSERT_READY, id, ready.pool(), ready.priority(), micros)
        : take(key, WriteStatement.UPDATE_READY, ready.pool(), ready.priority(), micros, id);
  }

  /** The same piece of a log, which may be brought more than once. */
  private record LogPlace(AttemptId attempt, long position) {}

  private boolean takeLog(Effect effect) {
    if (effect instanceof Effect.LogAppended log) {
      return take(
          new RowKey("log", new LogPlace(log.attempt(), log.position())),
          WriteStatement.PUT_LOG,
          log.attempt().taskRunId().value(),
          log.attempt().number(),
          log.position(),
          log.execution().value(),
          log.bytes());
    }
    if (effect instanceof Effect.LogsDeleted deleted) {
      return take(
          new RowKey("logs", deleted.execution()),
          WriteStatement.CLEAR_LOGS,
          deleted.execution().value());
    }
    return takeWorker(effect);
  }

  private boolean takeWorker(Effect effect) {
    if (effect instanceof Effect.WorkerKept kept) {
      return take(kept);
    }
    if (effect instanceof Effect.WorkerRetired retired) {
      return take(
          new RowKey("worker", retired.name()), WriteStatement.RETIRE_WORKER, retired.name());
    }
    return take((Effect.PoolSet) effect);
  }

  private boolean take(Effect.PoolSet set) {
    RowKey key = new RowKey("pool", set.name());
    return set.slots() == null
        ? take(key, WriteStatement.CLEAR_POOL, set.name())
        : take(key, WriteStatement.PUT_POOL, set.name(), set.slots());
  }

  /** Once in a write batch, removes the workers without a heartbeat for too long. */
  private boolean take(Effect.WorkerKept kept) {
    RowKey key = new RowKey("worker", kept.name());
    long micros = micros(kept.lease());
    String info = TextMaps.write(kept.info());
    boolean taken =
        kept.isNew()
            ? take(key, WriteStatement.INSERT_WORKER, kept.name(), kept.life(), micros, info)
            : take(key, WriteStatement.UPDATE_WORKER, kept.life(), micros, info, kept.name());
    if (taken) {
      take(new RowKey("workers", ""), WriteStatement.CLEAR_WORKERS, micros(LONGEST_SILENCE));
    }
    return taken;
  }

  private boolean takeDue(Effect effect) {
    if (effect instanceof Effect.ExecutionDue due) {
      return take(
          new RowKey("due " + due.reason(), due.execution()),
          WriteStatement.PUT_DUE,
          due.execution().value(),
          due.reason().name(),
          micros(due.delay()));
    }
    if (effect instanceof Effect.ExecutionNotDue notDue) {
      return take(
          new RowKey("due " + notDue.reason(), notDue.execution()),
          WriteStatement.CLEAR_DUE,
          notDue.execution().value(),
          notDue.reason().name());
    }
    return takeLog(effect);
  }

  private boolean takeLease(
      TaskRunId taskRun, WriteStatement statement, @Nullable Object... values) {
    return take(new RowKey("lease", taskRun), statement, values);
  }

  private boolean take(RowKey key, WriteStatement statement, @Nullable Object... values) {
    if (!moved.add(key)) {
      return false;
    }
    add(statement, values);
    return true;
  }

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }

  private void change(TaskRunWrite write) {
    taskRuns.merge(write.after().id(), write, TaskRunWrite::then);
  }

  private boolean take(Workflow w) {
    if (!moved.add(w.id())) {
      return false;
    }
    if (w.revision() == 1) {
      add(WriteStatement.INSERT_WORKFLOW, w.id().value(), w.revision(), w.contentHash());
    } else {
      add(WriteStatement.UPDATE_WORKFLOW, w.revision(), w.contentHash(), w.id().value());
    }
    add(
        WriteStatement.INSERT_REVISION,
        w.id().value(),
        w.revision(),
        w.contentHash(),
        w.description(),
        TextMaps.write(w.labels()),
        w.createdAt(),
        w.definition());
    return true;
  }

  private void create(Execution e, String requestHash) {
    add(
        WriteStatement.INSERT_EXECUTION,
        e.id().value(),
        e.workflowId().value(),
        e.workflowRevision(),
        e.state().name(),
        e.version(),
        requestHash,
        e.createdAt());
    if (!e.labels().isEmpty() || !e.inputs().isEmpty()) {
      add(
          WriteStatement.INSERT_EXECUTION_DETAIL,
          e.id().value(),
          TextMaps.write(e.labels()),
          TextMaps.write(e.inputs()));
    }
    e.labels()
        .forEach(
            (name, value) ->
                add(
                    WriteStatement.INSERT_EXECUTION_LABEL,
                    e.id().value(),
                    name,
                    value,
                    e.createdAt()));
  }

  private void create(TaskRun t) {
    add(
        WriteStatement.INSERT_TASK_RUN,
        t.id().value(),
        t.executionId().value(),
        t.taskId().value(),
        t.state().name(),
        t.version(),
        t.lastAttempt(),
        t.createdAt());
  }

  private void record(TaskRunHead taskRun, Attempt a) {
    change(new TaskRunWrite(taskRun.state(), taskRun.version(), a.number() - 1, taskRun));
    add(
        WriteStatement.INSERT_ATTEMPT,
        taskRun.id().value(),
        a.number(),
        a.state().name(),
        a.worker(),
        a.startedAt());
  }

  private void add(WriteStatement statement, @Nullable Object... values) {
    rows.computeIfAbsent(statement, WriteStatement::rows).add(values);
  }

  /** The rows, in the order of {@link WriteStatement}. */
  Collection<Rows> rows() {
    for (TaskRunWrite write : taskRuns.values()) {
      TaskRunHead t = write.after();
      add(
          WriteStatement.UPDATE_TASK_RUN,
          t.state().name(),
          t.version(),
          t.lastAttempt(),
          t.startedAt(),
          t.endedAt(),
          t.id().value(),
          write.stateBefore().name(),
          write.versionBefore(),
          write.attemptBefore());
    }
    for (Effect.ExecutionMoved change : executions.values()) {
      ExecutionHead e = change.after();
      add(
          WriteStatement.UPDATE_EXECUTION,
          e.state().name(),
          e.version(),
          e.startedAt(),
          e.endedAt(),
          change.error(),
          e.id().value());
    }
    return rows.values();
  }
}
