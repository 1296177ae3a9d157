package dev.waymark.core.internal.decide;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the records that a group of change sets touches: as loaded, and as the sets accepted
 * so far have made them. What is not here does not exist in the store. Not thread-safe.
 *
 * <p>A {@link #draft()} is a ledger over a ledger: a change set is tried on a draft, which is
 * posted when the set is accepted and dropped when it is refused. A whole group may be a draft over
 * a ledger that {@link #keeping keeps} what earlier groups came to.
 */
public final class Ledger {
  private final @Nullable Ledger base;
  private final Map<CommitId, PastCommit> commits;
  private final Map<WorkflowId, WorkflowHead> workflows;
  private final Map<ExecutionId, ExecutionHead> executions;
  private final Map<ExecutionId, Family> families;
  private final Map<TaskRunId, TaskRunHead> taskRuns;
  private final Map<TaskKey, TaskRunHead> taskRunsByTask;

  /** An empty ledger. */
  public Ledger() {
    this(null, Integer.MAX_VALUE);
  }

  private Ledger(@Nullable Ledger base, int capacity) {
    this.base = base;
    this.commits = map(capacity);
    this.workflows = map(capacity);
    this.executions = map(capacity);
    this.families = map(capacity);
    this.taskRuns = map(capacity);
    this.taskRunsByTask = map(capacity);
  }

  /**
   * A ledger for the heads that were used last, at most {@code capacity} of each kind. What is not
   * in it may well exist in the store.
   */
  public static Ledger keeping(int capacity) {
    return new Ledger(null, capacity);
  }

  private static <K, V> Map<K, V> map(int capacity) {
    return capacity == Integer.MAX_VALUE ? new HashMap<>() : new LastUsed<>(capacity);
  }

  /** A ledger that shows this one until something is put over it. */
  public Ledger draft() {
    return new Ledger(this, Integer.MAX_VALUE);
  }

  /** Puts what this draft holds into the ledger that it was made of. */
  public void post() {
    if (base == null) {
      throw new IllegalStateException("only a draft can be posted");
    }
    base.commits.putAll(commits);
    base.workflows.putAll(workflows);
    base.executions.putAll(executions);
    base.families.putAll(families);
    base.taskRuns.putAll(taskRuns);
    base.taskRunsByTask.putAll(taskRunsByTask);
  }

  /** Notes a commit of the past. */
  public void put(PastCommit commit) {
    commits.put(commit.id(), commit);
  }

  /** Notes a workflow. */
  public void put(WorkflowHead workflow) {
    workflows.put(workflow.id(), workflow);
  }

  /** Notes an execution. */
  public void put(ExecutionHead execution) {
    executions.put(execution.id(), execution);
  }

  /** Notes a task run. */
  public void put(TaskRunHead taskRun) {
    taskRuns.put(taskRun.id(), taskRun);
    taskRunsByTask.put(new TaskKey(taskRun.executionId(), taskRun.taskId()), taskRun);
  }

  /**
   * Notes how many task runs an execution has; needed where {@link Touches#families()} asks for it.
   */
  public void put(ExecutionId execution, Family family) {
    families.put(execution, family);
  }

  @Nullable PastCommit commit(CommitId id) {
    PastCommit own = commits.get(id);
    return own != null || base == null ? own : base.commit(id);
  }

  /** The head of a workflow, or null. */
  public @Nullable WorkflowHead workflow(WorkflowId id) {
    WorkflowHead own = workflows.get(id);
    return own != null || base == null ? own : base.workflow(id);
  }

  /** The head of an execution, or null. */
  public @Nullable ExecutionHead execution(ExecutionId id) {
    ExecutionHead own = executions.get(id);
    return own != null || base == null ? own : base.execution(id);
  }

  /** The head of a task run, or null. */
  public @Nullable TaskRunHead taskRun(TaskRunId id) {
    TaskRunHead own = taskRuns.get(id);
    return own != null || base == null ? own : base.taskRun(id);
  }

  @Nullable TaskRunHead taskRun(TaskKey key) {
    TaskRunHead own = taskRunsByTask.get(key);
    return own != null || base == null ? own : base.taskRun(key);
  }

  /** The family of an execution, or null where nobody has asked for it yet. */
  public @Nullable Family family(ExecutionId id) {
    Family own = families.get(id);
    return own != null || base == null ? own : base.family(id);
  }

  /** A map that forgets what was not used for the longest time. */
  private static final class LastUsed<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int capacity;

    LastUsed(int capacity) {
      super(16, 0.75f, true);
      this.capacity = capacity;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > capacity;
    }
  }
}
