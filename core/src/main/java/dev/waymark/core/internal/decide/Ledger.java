package dev.waymark.core.internal.decide;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the records that a group of change sets touches: as loaded, and as the sets accepted
 * so far have made them. What is not here does not exist in the store. Not thread-safe.
 *
 * <p>A {@link #draft()} is a ledger over a ledger: a change set is tried on a draft, which is
 * posted when the set is accepted and dropped when it is refused.
 */
public final class Ledger {
  private final @Nullable Ledger base;
  private final Map<CommitId, PastCommit> commits = new HashMap<>();
  private final Map<WorkflowId, WorkflowHead> workflows = new HashMap<>();
  private final Map<ExecutionId, ExecutionHead> executions = new HashMap<>();
  private final Map<ExecutionId, Family> families = new HashMap<>();
  private final Map<TaskRunId, TaskRunHead> taskRuns = new HashMap<>();
  private final Map<TaskKey, TaskRunHead> taskRunsByTask = new HashMap<>();

  /** An empty ledger. */
  public Ledger() {
    this(null);
  }

  private Ledger(@Nullable Ledger base) {
    this.base = base;
  }

  /** A ledger that shows this one until something is put over it. */
  Ledger draft() {
    return new Ledger(this);
  }

  /** Puts what this draft holds into the ledger that it was made of. */
  void post() {
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

  @Nullable WorkflowHead workflow(WorkflowId id) {
    WorkflowHead own = workflows.get(id);
    return own != null || base == null ? own : base.workflow(id);
  }

  @Nullable ExecutionHead execution(ExecutionId id) {
    ExecutionHead own = executions.get(id);
    return own != null || base == null ? own : base.execution(id);
  }

  @Nullable TaskRunHead taskRun(TaskRunId id) {
    TaskRunHead own = taskRuns.get(id);
    return own != null || base == null ? own : base.taskRun(id);
  }

  @Nullable TaskRunHead taskRun(TaskKey key) {
    TaskRunHead own = taskRunsByTask.get(key);
    return own != null || base == null ? own : base.taskRun(key);
  }

  /**
   * The family of an execution; none where nothing was noted, since then the execution has no task
   * run or nobody asks.
   */
  Family family(ExecutionId id) {
    Family own = families.get(id);
    if (own != null) {
      return own;
    }
    return base == null ? Family.NONE : base.family(id);
  }
}
