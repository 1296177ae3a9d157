package dev.waymark.core.internal.decide;

import dev.waymark.core.internal.HeadMap;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the records that a group of change sets touches: as loaded, with the changes of the
 * sets that were accepted so far. A record that is not here does not exist in the store. Not
 * thread-safe.
 *
 * <p>A {@link #draft()} is a ledger over a ledger. A change set is applied to a draft. The draft is
 * posted when the set is accepted and dropped when it is refused. A whole group may be a draft over
 * a ledger that {@link #keeping keeps} the results of earlier groups. The result of the group is
 * {@link #addTo added} there once it is durable.
 *
 * <p><b>Loading and writing.</b> {@code load} adds what was read from the store, and {@code put}
 * writes what was decided. Only {@code put} changes what is derived from other records: the {@link
 * TaskRunCounts} of an execution and the number of executions in progress. So a rule cannot write a
 * record and leave a count outdated, whether or not the count is loaded. {@code
 * docs/decisions/0018} has the table of all cached facts and what keeps each of them correct.
 */
public final class Ledger {
  private final @Nullable Ledger below;
  private final HeadMap<CommitId, PastCommit> commits;
  private final HeadMap<WorkflowId, WorkflowHead> workflows;
  private final HeadMap<ExecutionId, ExecutionHead> executions;
  private final HeadMap<ExecutionId, TaskRunCounts> taskRunCounts;
  private final HeadMap<TaskRunId, TaskRunHead> taskRuns;
  private final HeadMap<TaskKey, TaskRunId> taskRunsByTask;
  private final HeadMap<WorkflowId, Integer> underWay;
  private final HeadMap<String, WorkerHead> workers;
  private final HeadMap<String, PoolHead> pools;
  private final HeadMap<TaskRunId, Optional<ReadyHead>> ready;
  private final HeadMap<ExecutionId, Mailbox> mailboxes;
  private final HeadMap<ExecutionId, Map<String, String>> labels;
  private final HeadMap<ExecutionId, Set<ExecutionId>> openChildren;
  private final HeadMap<WorkflowId, Long> executionsOf;

  /** Executions that were deleted; some may have been created again since. */
  private @Nullable Set<ExecutionId> deleted;

  /** An empty ledger. */
  public Ledger() {
    this(Integer.MAX_VALUE);
  }

  private Ledger(int capacity) {
    below = null;
    commits = HeadMap.keeping(capacity);
    workflows = HeadMap.keeping(capacity);
    executions = HeadMap.keeping(capacity);
    taskRunCounts = HeadMap.keeping(capacity);
    taskRuns = HeadMap.keeping(capacity);
    taskRunsByTask = HeadMap.keeping(capacity);
    underWay = HeadMap.keeping(capacity);
    workers = HeadMap.keeping(capacity);
    pools = HeadMap.keeping(capacity);
    ready = HeadMap.keeping(capacity);
    mailboxes = HeadMap.keeping(capacity);
    labels = HeadMap.keeping(capacity);
    openChildren = HeadMap.keeping(capacity);
    executionsOf = HeadMap.keeping(capacity);
  }

  private Ledger(Ledger base) {
    commits = base.commits.draft();
    workflows = base.workflows.draft();
    executions = base.executions.draft();
    taskRunCounts = base.taskRunCounts.draft();
    taskRuns = base.taskRuns.draft();
    taskRunsByTask = base.taskRunsByTask.draft();
    underWay = base.underWay.draft();
    workers = base.workers.draft();
    pools = base.pools.draft();
    ready = base.ready.draft();
    mailboxes = base.mailboxes.draft();
    labels = base.labels.draft();
    openChildren = base.openChildren.draft();
    executionsOf = base.executionsOf.draft();
    below = base;
  }

  /**
   * A ledger that keeps the most recently used heads, at most {@code capacity} of each kind. A
   * record that is not in it may exist in the store.
   */
  public static Ledger keeping(int capacity) {
    return new Ledger(capacity);
  }

  /** A ledger that shows the content of this one, except for what is written to the draft. */
  public Ledger draft() {
    return new Ledger(this);
  }

  /** Writes the content of this draft to the ledger below it. */
  public void post() {
    if (below == null) {
      throw new IllegalStateException("only a draft can be posted");
    }
    commits.post();
    workflows.post();
    executions.post();
    taskRunCounts.post();
    taskRuns.post();
    taskRunsByTask.post();
    underWay.post();
    workers.post();
    pools.post();
    ready.post();
    mailboxes.post();
    labels.post();
    openChildren.post();
    executionsOf.post();
    if (deleted != null) {
      deleted.forEach(below::noteDeleted);
    }
  }

  /**
   * Adds the content of this ledger to another one, without the content of the ledger below it.
   * Workers, pools, ready task runs, signals and labels are left out, because they are read for
   * every group that needs them. The task runs of executions that were deleted are removed.
   */
  public void addTo(Ledger other) {
    Set<ExecutionId> gone = deleted;
    if (gone != null) {
      other.taskRuns.removeIf((id, head) -> gone.contains(head.executionId()));
      other.taskRunsByTask.removeIf((task, id) -> gone.contains(task.executionId()));
    }
    commits.addTo(other.commits);
    workflows.addTo(other.workflows);
    executions.addTo(other.executions);
    taskRunCounts.addTo(other.taskRunCounts);
    taskRuns.addTo(other.taskRuns);
    taskRunsByTask.addTo(other.taskRunsByTask);
  }

  /**
   * A separate ledger with everything that this one has about the touched records. It has the
   * counts of every execution in which something may end, so that none is missing.
   */
  public Ledger excerpt(Footprint footprint) {
    Ledger excerpt = new Ledger();
    commits.copy(footprint.commits(), excerpt.commits);
    workflows.copy(footprint.workflows(), excerpt.workflows);
    taskRuns.copy(footprint.taskRuns(), excerpt.taskRuns);
    taskRunsByTask.copy(footprint.tasks(), excerpt.taskRunsByTask);
    Set<ExecutionId> touched = new TreeSet<>(footprint.executions());
    touched.addAll(excerpt.owners(footprint.taskRuns()));
    executions.copy(touched, excerpt.executions);
    taskRunCounts.copy(touched, excerpt.taskRunCounts);
    return excerpt;
  }

  /** The executions that own these task runs; task runs that are not here are skipped. */
  public Set<ExecutionId> owners(Collection<TaskRunId> ids) {
    Set<ExecutionId> owners = new TreeSet<>();
    for (TaskRunId id : ids) {
      TaskRunHead head = taskRun(id);
      if (head != null) {
        owners.add(head.executionId());
      }
    }
    return owners;
  }

  // ---- loading

  /** Adds a commit that was made earlier. */
  public void load(PastCommit commit) {
    commits.put(commit.id(), commit);
  }

  /** Adds a workflow as the store has it. */
  public void load(WorkflowHead workflow) {
    workflows.put(workflow.id(), workflow);
  }

  /** Adds an execution as the store has it. */
  public void load(ExecutionHead execution) {
    executions.put(execution.id(), execution);
  }

  /** Adds a task run as the store has it. */
  public void load(TaskRunHead taskRun) {
    taskRuns.put(taskRun.id(), taskRun);
    taskRunsByTask.put(new TaskKey(taskRun.executionId(), taskRun.taskId()), taskRun.id());
  }

  /**
   * Adds the counts of an execution; needed where {@link Footprint#taskRunCounts()} asks for them.
   */
  public void load(ExecutionId execution, TaskRunCounts counts) {
    taskRunCounts.put(execution, counts);
  }

  /**
   * Adds the number of executions of a workflow that are in progress; needed where {@link
   * Footprint#bounded()} asks for it.
   */
  public void loadUnderWay(WorkflowId id, int executions) {
    underWay.put(id, executions);
  }

  /** Adds a worker as the store has it. */
  public void load(WorkerHead worker) {
    workers.put(worker.name(), worker);
  }

  /** Adds a pool as the store has it. */
  public void load(PoolHead pool) {
    pools.put(pool.name(), pool);
  }

  /** Adds a ready task run. A task run that is not added counts as not ready. */
  public void load(ReadyHead head) {
    ready.put(head.taskRun(), Optional.of(head));
  }

  /** Adds what is known about the signals of an execution. */
  public void load(ExecutionId execution, Mailbox mailbox) {
    mailboxes.put(execution, mailbox);
  }

  /** Adds the labels of an execution. An execution whose labels are not added has none. */
  public void load(ExecutionId execution, Map<String, String> labels) {
    this.labels.put(execution, labels);
  }

  /**
   * Adds the children of an execution that have not ended, in order; needed where {@link
   * Footprint#deleted()} asks for them.
   */
  public void loadOpenChildren(ExecutionId execution, Collection<ExecutionId> children) {
    openChildren.put(execution, new LinkedHashSet<>(children));
  }

  /** Adds a child that has not ended. */
  public void loadOpenChild(ExecutionId execution, ExecutionId child) {
    Set<ExecutionId> children = new LinkedHashSet<>(openChildren(execution));
    children.add(child);
    openChildren.put(execution, children);
  }

  /**
   * Adds the number of executions of a workflow; needed where {@link Footprint#deletedWorkflows()}
   * asks for it.
   */
  public void loadExecutionsOf(WorkflowId id, long executions) {
    executionsOf.put(id, executions);
  }

  // ---- writing

  /** Writes a commit that was accepted. */
  void put(PastCommit commit) {
    commits.put(commit.id(), commit);
  }

  /** Writes a workflow. */
  void put(WorkflowHead workflow) {
    workflows.put(workflow.id(), workflow);
  }

  /**
   * Writes an execution. Updates the number of executions in progress if it is loaded. It is never
   * cached, so no other copy exists.
   */
  void put(ExecutionHead after) {
    ExecutionHead before = execution(after.id());
    int change = after.countsAsUnderWay() - (before == null ? 0 : before.countsAsUnderWay());
    Integer known = underWay.get(after.workflowId());
    if (known != null && change != 0) {
      underWay.put(after.workflowId(), known + change);
    }
    if (before == null) {
      taskRunCounts.put(after.id(), TaskRunCounts.NONE);
      count(after.workflowId(), 1);
    }
    executions.put(after.id(), after);
    updateParent(after);
  }

  /** Updates the number of executions of a workflow if it is loaded. */
  private void count(WorkflowId workflow, int change) {
    Long known = executionsOf.get(workflow);
    if (known != null) {
      executionsOf.put(workflow, known + change);
    }
  }

  /** Updates the children of the parent that have not ended if they are loaded. */
  private void updateParent(ExecutionHead child) {
    Parent parent = child.parent();
    Set<ExecutionId> known = parent == null ? null : openChildren.get(parent.executionId());
    if (parent != null && known != null) {
      Set<ExecutionId> children = new LinkedHashSet<>(known);
      boolean isOther =
          child.state().isTerminal() ? children.remove(child.id()) : children.add(child.id());
      if (isOther) {
        openChildren.put(parent.executionId(), children);
      }
    }
  }

  private void noteDeleted(ExecutionId id) {
    if (deleted == null) {
      deleted = new HashSet<>();
    }
    deleted.add(id);
  }

  /** Removes an execution that has ended, with everything that belongs to it. */
  void delete(ExecutionHead head) {
    ExecutionId id = head.id();
    noteDeleted(id);
    executions.remove(id);
    taskRunCounts.remove(id);
    mailboxes.remove(id);
    labels.remove(id);
    count(head.workflowId(), -1);
    for (TaskRunId taskRun : taskRuns.keys()) {
      TaskRunHead each = Objects.requireNonNull(taskRuns.get(taskRun));
      if (each.executionId().equals(id)) {
        taskRuns.remove(taskRun);
        taskRunsByTask.remove(new TaskKey(id, each.taskId()));
        clearReady(taskRun);
      }
    }
  }

  /**
   * Writes a task run. Updates the counts of its execution if they are loaded. Otherwise marks them
   * as unknown, so that no earlier count outlives this write in a ledger that keeps what earlier
   * groups have loaded.
   */
  void put(TaskRunHead after) {
    TaskRunHead before = taskRun(after.id());
    TaskRunCounts known = counts(after.executionId());
    if (known != null) {
      taskRunCounts.put(after.executionId(), known.after(before, after));
    } else if (!TaskRunCounts.NONE.after(before, after).equals(TaskRunCounts.NONE)) {
      taskRunCounts.put(after.executionId(), TaskRunCounts.UNKNOWN);
    }
    load(after);
  }

  /** Writes a worker. */
  void put(WorkerHead worker) {
    workers.put(worker.name(), worker);
  }

  /** Writes a pool. */
  void put(PoolHead pool) {
    pools.put(pool.name(), pool);
  }

  /** Makes a task run ready. */
  void put(ReadyHead head) {
    load(head);
  }

  /** Writes what is known about the signals of an execution. */
  void put(ExecutionId execution, Mailbox mailbox) {
    mailboxes.put(execution, mailbox);
  }

  /** Writes the labels of an execution. */
  void put(ExecutionId execution, Map<String, String> labels) {
    this.labels.put(execution, labels);
  }

  /** Makes a task run not ready. */
  void clearReady(TaskRunId taskRun) {
    ready.put(taskRun, Optional.empty());
  }

  /** Makes all task runs of an execution not ready, and ends their waits for signals. */
  void clearReady(ExecutionId execution) {
    mailboxes.put(execution, mailbox(execution).withoutWaits());
    for (TaskRunId id : ready.keys()) {
      TaskRunHead taskRun = taskRun(id);
      if (taskRun != null && taskRun.executionId().equals(execution)) {
        ready.put(id, Optional.empty());
      }
    }
  }

  // ---- reading

  /** Whether the counts of each of these executions are here, if the execution is here. */
  public boolean hasTaskRunCounts(Collection<ExecutionId> ids) {
    return ids.stream().allMatch(id -> execution(id) == null || counts(id) != null);
  }

  /** The number of executions of a workflow that are in progress. It must be loaded. */
  int underWay(WorkflowId id) {
    return Objects.requireNonNull(
        underWay.get(id), "the number of executions in progress was not loaded");
  }

  /** The number of executions of a workflow. It must be loaded. */
  long executionsOf(WorkflowId id) {
    return Objects.requireNonNull(executionsOf.get(id), "the number of executions was not loaded");
  }

  /** The first child of an execution that has not ended, or null. They must be loaded. */
  @Nullable ExecutionId openChild(ExecutionId id) {
    return openChildren(id).stream().findFirst().orElse(null);
  }

  private Set<ExecutionId> openChildren(ExecutionId id) {
    return Objects.requireNonNull(openChildren.get(id), "the children were not loaded");
  }

  @Nullable WorkerHead worker(String name) {
    return workers.get(name);
  }

  @Nullable PoolHead pool(String name) {
    return pools.get(name);
  }

  /** The ready head of a task run that has not ended, or null. */
  @Nullable ReadyHead ready(TaskRunId id) {
    Optional<ReadyHead> found = ready.get(id);
    return found == null ? null : found.orElse(null);
  }

  /** The labels of an execution. They must be loaded. */
  Map<String, String> labels(ExecutionId id) {
    Map<String, String> found = labels.get(id);
    return found == null ? Map.of() : found;
  }

  /** What was loaded about the signals of an execution. */
  public Mailbox mailbox(ExecutionId id) {
    Mailbox found = mailboxes.get(id);
    return found == null ? Mailbox.EMPTY : found;
  }

  @Nullable PastCommit commit(CommitId id) {
    return commits.get(id);
  }

  /** The head of a workflow, or null. */
  public @Nullable WorkflowHead workflow(WorkflowId id) {
    return workflows.get(id);
  }

  /** The head of an execution, or null. */
  public @Nullable ExecutionHead execution(ExecutionId id) {
    return executions.get(id);
  }

  /** The head of a task run, or null. */
  public @Nullable TaskRunHead taskRun(TaskRunId id) {
    return taskRuns.get(id);
  }

  /** Whether the newest attempt of a task run is live. The task run must be here. */
  public boolean hasLiveAttempt(TaskRunId id) {
    TaskRunHead head = taskRun(id);
    return head != null && head.hasLiveAttempt();
  }

  /** The task run of a task, or null. A task never changes its task run. */
  @Nullable TaskRunId taskRunOf(TaskKey key) {
    return taskRunsByTask.get(key);
  }

  /** The counts of an execution, or null when they were not loaded since their last change. */
  public @Nullable TaskRunCounts counts(ExecutionId id) {
    TaskRunCounts found = taskRunCounts.get(id);
    return TaskRunCounts.UNKNOWN.equals(found) ? null : found;
  }
}
