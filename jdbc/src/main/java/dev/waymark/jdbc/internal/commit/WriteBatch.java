package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.EffectVisitor;
import dev.waymark.core.internal.decide.SignalWait;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Workflow;
import dev.waymark.jdbc.internal.read.PayloadKey;
import dev.waymark.jdbc.internal.read.PayloadText;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
final class WriteBatch implements EffectVisitor {
  /** How long a worker without a heartbeat is kept. */
  private static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  private final Map<WriteStatement, Rows> rows = new EnumMap<>(WriteStatement.class);
  private final Map<TaskRunId, TaskRunWrite> taskRuns = new LinkedHashMap<>();
  private final Map<ExecutionId, Effect.ExecutionMoved> executions = new LinkedHashMap<>();

  /** The ids of all that has moved: of its own type for each kind of record. */
  private final Set<Object> moved = new HashSet<>();

  /** Whether the effect that was visited last is part of this write batch. */
  private boolean taken;

  /** Whether this write batch deletes; then it has only deletions. */
  private boolean deletes;

  /** Adds an effect, unless its record has already moved in this write batch. */
  boolean take(Effect effect) {
    if (deletes && !(effect instanceof Effect.Deleted)) {
      return false;
    }
    effect.accept(this);
    return taken;
  }

  // ---- records that move

  @Override
  public void visit(Effect.WorkflowSaved saved) {
    Workflow revision = saved.revision();
    taken = moved.add(revision.id());
    if (taken) {
      save(revision);
    }
  }

  @Override
  public void visit(Effect.ExecutionCreated created) {
    taken = true;
    create(created.execution(), created.requestHash());
  }

  @Override
  public void visit(Effect.ExecutionMoved change) {
    if (isFirstMove(change)) {
      executions.put(change.executionId(), change);
    }
  }

  @Override
  public void visit(Effect.TaskRunCreated created) {
    taken = true;
    create(created.taskRun());
  }

  @Override
  public void visit(Effect.TaskRunMoved change) {
    if (isFirstMove(change)) {
      TaskRunHead after = change.after();
      change(new TaskRunWrite(change.from(), after.version() - 1, after.lastAttempt(), after));
    }
  }

  @Override
  public void visit(Effect.AttemptRecorded recorded) {
    taken = true;
    record(recorded.taskRun(), recorded.attempt());
  }

  @Override
  public void visit(Effect.AttemptMoved change) {
    if (isFirstMove(change)) {
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
  }

  private boolean isFirstMove(Effect.Moved move) {
    taken = moved.add(move.id());
    return taken;
  }

  // ---- rows that are not records

  /** The key of a row that is not a record: it is written once in a write batch. */
  private record RowKey(String table, Object id) {}

  @Override
  public void visit(Effect.LeaseTaken lease) {
    TaskRunId taskRun = lease.attempt().taskRunId();
    put(
        new RowKey("lease", taskRun),
        WriteStatement.INSERT_LEASE,
        taskRun.value(),
        lease.attempt().number(),
        lease.worker(),
        micros(lease.lease()),
        lease.pool());
  }

  @Override
  public void visit(Effect.LeaseRenewed renewed) {
    TaskRunId taskRun = renewed.attempt().taskRunId();
    put(
        new RowKey("lease", taskRun),
        WriteStatement.UPDATE_LEASE,
        micros(renewed.lease()),
        taskRun.value(),
        renewed.attempt().number());
  }

  @Override
  public void visit(Effect.LeaseEnded ended) {
    TaskRunId taskRun = ended.attempt().taskRunId();
    put(
        new RowKey("lease", taskRun),
        WriteStatement.DELETE_LEASE,
        taskRun.value(),
        ended.attempt().number());
  }

  @Override
  public void visit(Effect.TaskRunReady ready) {
    RowKey key = new RowKey("ready", ready.taskRun());
    UUID id = ready.taskRun().value();
    long micros = micros(ready.delay());
    if (ready.isNew()) {
      put(key, WriteStatement.INSERT_READY, id, ready.pool(), ready.priority(), micros);
    } else {
      put(key, WriteStatement.UPDATE_READY, ready.pool(), ready.priority(), micros, id);
    }
  }

  @Override
  public void visit(Effect.TaskRunNotReady notReady) {
    put(
        new RowKey("ready", notReady.taskRun()),
        WriteStatement.CLEAR_READY,
        notReady.taskRun().value());
  }

  /** What was made ready before must be written before it is taken away, and waits likewise. */
  @Override
  public void visit(Effect.ExecutionNotReady notReady) {
    taken =
        !rows.containsKey(WriteStatement.INSERT_READY)
            && !rows.containsKey(WriteStatement.UPDATE_READY)
            && !rows.containsKey(WriteStatement.PUT_SIGNAL_WAIT);
    if (taken) {
      put(
          new RowKey("ready of", notReady.execution()),
          WriteStatement.CLEAR_READY_OF_EXECUTION,
          notReady.execution().value());
    }
    if (taken) {
      add(WriteStatement.CLEAR_SIGNAL_WAITS, notReady.execution().value());
    }
  }

  @Override
  public void visit(Effect.SignalSent sent) {
    AttemptId to = sent.to();
    put(
        new RowKey("signal", List.of(sent.execution(), sent.number())),
        WriteStatement.INSERT_SIGNAL,
        sent.execution().value(),
        sent.number(),
        sent.name(),
        sent.key(),
        sent.hash(),
        sent.at(),
        to == null ? null : to.taskRunId().value(),
        to == null ? null : to.number());
  }

  @Override
  public void visit(Effect.SignalDelivered delivered) {
    put(
        new RowKey("signal", List.of(delivered.execution(), delivered.number())),
        WriteStatement.UPDATE_SIGNAL,
        delivered.to().taskRunId().value(),
        delivered.to().number(),
        delivered.execution().value(),
        delivered.number());
  }

  /** It is written once in a write batch, under its old number and under its new one. */
  @Override
  public void visit(Effect.SignalContinued it) {
    UUID from = it.from().value();
    UUID to = it.to().value();
    taken =
        moved.add(new RowKey("signal", List.of(it.to(), it.newNumber())))
            && moved.add(new RowKey("signal", List.of(it.from(), it.number())));
    if (taken) {
      add(WriteStatement.MOVE_SIGNAL_PAYLOAD, from, it.number(), to, it.newNumber());
      add(WriteStatement.MOVE_SIGNAL, from, it.number(), to, it.newNumber());
    }
  }

  @Override
  public void visit(Effect.SignalAwaited awaited) {
    SignalWait wait = awaited.signalWait();
    put(
        new RowKey("signal wait", wait.taskRun()),
        WriteStatement.PUT_SIGNAL_WAIT,
        wait.taskRun().value(),
        awaited.execution().value(),
        wait.name(),
        wait.version(),
        wait.pool(),
        wait.priority(),
        wait.since());
  }

  @Override
  public void visit(Effect.SignalWaitEnded ended) {
    put(
        new RowKey("signal wait", ended.taskRun()),
        WriteStatement.CLEAR_SIGNAL_WAIT,
        ended.taskRun().value());
  }

  @Override
  public void visit(Effect.ExecutionDue due) {
    put(
        new RowKey("due " + due.reason(), due.execution()),
        WriteStatement.PUT_DUE,
        due.execution().value(),
        due.reason().name(),
        micros(due.delay()));
  }

  @Override
  public void visit(Effect.ExecutionNotDue notDue) {
    put(
        new RowKey("due " + notDue.reason(), notDue.execution()),
        WriteStatement.CLEAR_DUE,
        notDue.execution().value(),
        notDue.reason().name());
  }

  /** The statement looks for children that have not ended, so all before it must be written. */
  @Override
  public void visit(Effect.ChildrenDue due) {
    RowKey key = new RowKey("children due", due.parent());
    taken = isEmpty() && moved.add(key);
    if (taken) {
      add(WriteStatement.PUT_CHILDREN_DUE, due.parent().value());
    }
  }

  @Override
  public void visit(Effect.PayloadSet set) {
    RowKey key = new RowKey("payload", set.ref());
    String text = PayloadText.write(set.payload());
    PayloadRef ref = set.ref();
    if (ref instanceof PayloadRef.OfTaskRun taskRun && ref.part() == PayloadRef.Part.RESULT) {
      put(key, WriteStatement.PUT_OUTPUTS, taskRun.id().value(), text);
    } else {
      PayloadKey row = PayloadKey.of(ref);
      put(
          key,
          WriteStatement.PUT_PAYLOAD,
          set.execution().value(),
          row.record(),
          row.number(),
          ref.part().name(),
          text);
    }
  }

  /** The same piece of a log may be brought more than once. */
  @Override
  public void visit(Effect.LogAppended log) {
    put(
        new RowKey("log", List.of(log.attempt(), log.position())),
        WriteStatement.PUT_LOG,
        log.attempt().taskRunId().value(),
        log.attempt().number(),
        log.position(),
        log.execution().value(),
        log.bytes());
  }

  @Override
  public void visit(Effect.LogsDeleted deleted) {
    put(
        new RowKey("logs", deleted.execution()),
        WriteStatement.CLEAR_LOGS,
        deleted.execution().value());
  }

  /** Once in a write batch, removes the workers without a heartbeat for too long. */
  @Override
  public void visit(Effect.WorkerKept kept) {
    RowKey key = new RowKey("worker", kept.name());
    long micros = micros(kept.lease());
    String info = JsonText.write(kept.info());
    if (kept.isNew()) {
      put(key, WriteStatement.INSERT_WORKER, kept.name(), kept.life(), micros, info);
    } else {
      put(key, WriteStatement.UPDATE_WORKER, kept.life(), micros, info, kept.name());
    }
    if (taken && moved.add(new RowKey("workers", ""))) {
      add(WriteStatement.CLEAR_WORKERS, micros(LONGEST_SILENCE));
    }
  }

  @Override
  public void visit(Effect.WorkerRetired retired) {
    put(new RowKey("worker", retired.name()), WriteStatement.RETIRE_WORKER, retired.name());
  }

  @Override
  public void visit(Effect.PoolSet set) {
    RowKey key = new RowKey("pool", set.name());
    if (set.slots() == null) {
      put(key, WriteStatement.CLEAR_POOL, set.name());
    } else {
      put(key, WriteStatement.PUT_POOL, set.name(), set.slots());
    }
  }

  /** What belongs to the execution must be written before, and what comes after it later. */
  @Override
  public void visit(Effect.ExecutionDeleted it) {
    if (beginsDeletion(it.execution())) {
      UUID id = it.execution().value();
      ExecutionRows.DELETIONS.forEach(statement -> add(statement, id));
    }
  }

  @Override
  public void visit(Effect.WorkflowDeleted it) {
    if (beginsDeletion(it.workflow())) {
      add(WriteStatement.DELETE_REVISIONS, it.workflow().value());
      add(WriteStatement.DELETE_WORKFLOW, it.workflow().value(), it.revision());
    }
  }

  private boolean beginsDeletion(Object id) {
    taken = (deletes || isEmpty()) && moved.add(id);
    deletes |= taken;
    return taken;
  }

  private void put(RowKey key, WriteStatement statement, @Nullable Object... values) {
    taken = moved.add(key);
    if (taken) {
      add(statement, values);
    }
  }

  // ---- the rows of a record

  private static long micros(Duration duration) {
    return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
  }

  private void change(TaskRunWrite write) {
    taskRuns.merge(write.after().id(), write, TaskRunWrite::then);
  }

  private void save(Workflow w) {
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
        JsonText.write(w.labels()),
        w.createdAt(),
        w.definition());
  }

  private void create(Execution e, String requestHash) {
    add(WriteStatement.INSERT_EXECUTION, ExecutionRows.created(e, requestHash));
    if (!e.labels().isEmpty() || e.input() != null) {
      add(
          WriteStatement.INSERT_EXECUTION_DETAIL,
          e.id().value(),
          JsonText.write(e.labels()),
          PayloadText.write(e.input()));
    }
    addLabels(e.id(), e.createdAt(), e.labels());
  }

  private void addLabels(ExecutionId id, Instant createdAt, Map<String, String> labels) {
    labels.forEach(
        (name, value) ->
            add(WriteStatement.INSERT_EXECUTION_LABEL, id.value(), name, value, createdAt));
  }

  /** A new execution is written with its first labels before. */
  @Override
  public void visit(Effect.LabelsSet set) {
    taken =
        !rows.containsKey(WriteStatement.INSERT_EXECUTION)
            && moved.add(new RowKey("labels", set.execution()));
    if (taken) {
      UUID id = set.execution().value();
      add(WriteStatement.PUT_LABELS, id, JsonText.write(set.labels()));
      add(WriteStatement.CLEAR_LABELS, id);
      addLabels(set.execution(), set.createdAt(), set.labels());
    }
  }

  private void create(TaskRun t) {
    add(WriteStatement.INSERT_TASK_RUN, TaskRunWrite.created(t));
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

  private boolean isEmpty() {
    return rows.isEmpty() && taskRuns.isEmpty() && executions.isEmpty();
  }

  /** The rows, in the order of {@link WriteStatement}. */
  Collection<Rows> rows() {
    for (TaskRunWrite write : taskRuns.values()) {
      add(WriteStatement.UPDATE_TASK_RUN, write.row());
    }
    for (Effect.ExecutionMoved change : executions.values()) {
      add(WriteStatement.UPDATE_EXECUTION, ExecutionRows.moved(change));
    }
    return rows.values();
  }
}
