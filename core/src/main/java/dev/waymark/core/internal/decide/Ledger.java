package dev.waymark.core.internal.decide;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The heads of the records that a group of change sets touches: as loaded, and as the sets accepted
 * so far have made them. What is not here does not exist in the store. Not thread-safe.
 *
 * <p>A {@link #draft()} is a ledger over a ledger: a change set is tried on a draft, which is
 * posted when the set is accepted and dropped when it is refused. A whole group may be a draft over
 * a ledger that {@link #keeping keeps} what earlier groups came to; what it comes to is {@link
 * #addTo added} there once it is durable.
 */
public final class Ledger {
  private final boolean isDraft;
  private final Shelf<CommitId, PastCommit> commits;
  private final Shelf<WorkflowId, WorkflowHead> workflows;
  private final Shelf<ExecutionId, ExecutionHead> executions;
  private final Shelf<ExecutionId, Family> families;
  private final Shelf<TaskRunId, TaskRunHead> taskRuns;
  private final Shelf<TaskKey, TaskRunHead> taskRunsByTask;
  private final Shelf<WorkflowId, Integer> underWay;
  private final Shelf<String, WorkerHead> workers;
  private final Shelf<String, PoolHead> pools;

  /** An empty ledger. */
  public Ledger() {
    this(Integer.MAX_VALUE);
  }

  private Ledger(int capacity) {
    isDraft = false;
    commits = new Shelf<>(null, capacity);
    workflows = new Shelf<>(null, capacity);
    executions = new Shelf<>(null, capacity);
    families = new Shelf<>(null, capacity);
    taskRuns = new Shelf<>(null, capacity);
    taskRunsByTask = new Shelf<>(null, capacity);
    underWay = new Shelf<>(null, capacity);
    workers = new Shelf<>(null, capacity);
    pools = new Shelf<>(null, capacity);
  }

  private Ledger(Ledger base) {
    isDraft = true;
    commits = new Shelf<>(base.commits, Integer.MAX_VALUE);
    workflows = new Shelf<>(base.workflows, Integer.MAX_VALUE);
    executions = new Shelf<>(base.executions, Integer.MAX_VALUE);
    families = new Shelf<>(base.families, Integer.MAX_VALUE);
    taskRuns = new Shelf<>(base.taskRuns, Integer.MAX_VALUE);
    taskRunsByTask = new Shelf<>(base.taskRunsByTask, Integer.MAX_VALUE);
    underWay = new Shelf<>(base.underWay, Integer.MAX_VALUE);
    workers = new Shelf<>(base.workers, Integer.MAX_VALUE);
    pools = new Shelf<>(base.pools, Integer.MAX_VALUE);
  }

  /**
   * A ledger for the heads that were used last, at most {@code capacity} of each kind. What is not
   * in it may well exist in the store.
   */
  public static Ledger keeping(int capacity) {
    return new Ledger(capacity);
  }

  /** A ledger that shows this one until something is put over it. */
  public Ledger draft() {
    return new Ledger(this);
  }

  /** Puts what this draft holds into the ledger that it was made of. */
  public void post() {
    if (!isDraft) {
      throw new IllegalStateException("only a draft can be posted");
    }
    commits.post();
    workflows.post();
    executions.post();
    families.post();
    taskRuns.post();
    taskRunsByTask.post();
    underWay.post();
    workers.post();
    pools.post();
  }

  /**
   * Puts what this ledger itself holds, without what it is a draft of, into another. Workers and
   * pools are left out: they are looked at each time.
   */
  public void addTo(Ledger other) {
    commits.addTo(other.commits);
    workflows.addTo(other.workflows);
    executions.addTo(other.executions);
    families.addTo(other.families);
    taskRuns.addTo(other.taskRuns);
    taskRunsByTask.addTo(other.taskRunsByTask);
  }

  /**
   * A ledger of its own with all that is here of the records that are touched; with every family in
   * which something may end, so that none is left behind.
   */
  public Ledger excerpt(Touches touches) {
    Ledger excerpt = new Ledger();
    commits.copy(touches.commits(), excerpt.commits);
    workflows.copy(touches.workflows(), excerpt.workflows);
    taskRuns.copy(touches.taskRuns(), excerpt.taskRuns);
    taskRunsByTask.copy(touches.tasks(), excerpt.taskRunsByTask);
    Set<ExecutionId> touched = new TreeSet<>(touches.executions());
    touched.addAll(excerpt.owners(touches.taskRuns()));
    executions.copy(touched, excerpt.executions);
    families.copy(touched, excerpt.families);
    return excerpt;
  }

  /** The executions to which those of these task runs belong that are here. */
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

  /** Whether of each of these executions that is here its family is here too. */
  public boolean hasFamilies(Collection<ExecutionId> ids) {
    return ids.stream().allMatch(id -> execution(id) == null || family(id) != null);
  }

  /** Notes a worker. */
  public void put(WorkerHead worker) {
    workers.put(worker.name(), worker);
  }

  /** Notes how many executions of a workflow are under way. */
  public void putUnderWay(WorkflowId id, int executions) {
    underWay.put(id, executions);
  }

  /** How many executions of a workflow are under way; none where nobody has looked. */
  int underWay(WorkflowId id) {
    Integer found = underWay.get(id);
    return found == null ? 0 : found;
  }

  @Nullable WorkerHead worker(String name) {
    return workers.get(name);
  }

  /** Notes a pool. */
  public void put(PoolHead pool) {
    pools.put(pool.name(), pool);
  }

  @Nullable PoolHead pool(String name) {
    return pools.get(name);
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

  /** Whether the newest attempt of a task run that is here is live. */
  public boolean hasLiveAttempt(TaskRunId id) {
    TaskRunHead head = taskRun(id);
    return head != null && head.hasLiveAttempt();
  }

  @Nullable TaskRunHead taskRun(TaskKey key) {
    return taskRunsByTask.get(key);
  }

  /** The family of an execution, or null where nobody has asked for it yet. */
  public @Nullable Family family(ExecutionId id) {
    return families.get(id);
  }

  /** The heads of one kind. It has no map until something is put there: most drafts put little. */
  private static final class Shelf<K, V> {
    private final @Nullable Shelf<K, V> base;
    private final int capacity;
    private @Nullable Map<K, V> own;

    Shelf(@Nullable Shelf<K, V> base, int capacity) {
      this.base = base;
      this.capacity = capacity;
    }

    @Nullable V get(K key) {
      for (Shelf<K, V> shelf = this; shelf != null; shelf = shelf.base) {
        V found = shelf.own == null ? null : shelf.own.get(key);
        if (found != null) {
          return found;
        }
      }
      return null;
    }

    void put(K key, V value) {
      own().put(key, value);
    }

    private Map<K, V> own() {
      if (own == null) {
        own = capacity == Integer.MAX_VALUE ? new HashMap<>() : new LastUsed<>(capacity);
      }
      return own;
    }

    void post() {
      if (base != null) {
        addTo(base);
      }
    }

    void copy(Collection<K> keys, Shelf<K, V> to) {
      for (K key : keys) {
        V found = get(key);
        if (found != null) {
          to.put(key, found);
        }
      }
    }

    void addTo(Shelf<K, V> other) {
      if (own != null) {
        other.own().putAll(own);
      }
    }
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
