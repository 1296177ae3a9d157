package dev.waymark.runner.internal.rules;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Standing;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.base.StartLabels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's view of one execution that it works on: a copy of the data in the store. The
 * coordinator's own commits keep it up to date. It is read again when a commit was refused, or when
 * the store reports changes by others.
 */
public final class ExecutionPicture {
  private static final Stage[] STAGES = Stage.values();

  /**
   * An execution is read at most once in this time multiplied by the number of its tasks. A read
   * for one task that ends in that time does not depend on the number of tasks.
   */
  private static final long NANOS_PER_TASK = 100_000;

  private final Execution found;
  private final WorkflowDefinition definition;
  private final List<TaskRunPicture> nodes = new ArrayList<>();
  private final Map<Stage, List<TaskRunPicture>> byStage = new EnumMap<>(Stage.class);
  private final Map<TaskRunId, TaskRunPicture> byRun = new HashMap<>();
  private final Set<TaskRunPicture> running =
      new TreeSet<>(Comparator.comparingInt(node -> node.index));
  private final Map<Stage, Integer> unfinishedIn = new EnumMap<>(Stage.class);
  private final Map<Stage, Integer> brokenIn = new EnumMap<>(Stage.class);

  private ExecutionState state;
  private long version;
  private long readNanos;
  private boolean stale;
  private boolean timed;
  private boolean attempted;
  private int endedAttempts;

  /** The part of {@link #standing} for task runs that another program has added. */
  private int strangersUnfinished;

  private int strangersEnded;
  private boolean cancelledTwice;
  private final Set<Stage> overdue = EnumSet.noneOf(Stage.class);
  private final Set<Stage> begun = EnumSet.noneOf(Stage.class);

  /**
   * Creates the picture of an execution.
   *
   * @throws InvalidInputException when its task runs do not match the definition
   */
  public ExecutionPicture(ExecutionProgress progress, WorkflowDefinition definition) {
    this.found = progress.execution();
    this.definition = definition;
    this.state = found.state();
    Map<TaskId, TaskRunId> runs = new HashMap<>();
    progress.taskRuns().forEach(run -> runs.put(run.taskRun().taskId(), run.taskRun().id()));
    Map<TaskId, TaskRunPicture> byTask = new HashMap<>();
    for (TaskDefinition task : definition.tasks()) {
      TaskRunId run = runs.get(task.id());
      if (run == null) {
        throw unfit("it has no task run for task " + task.id());
      }
      TaskRunPicture node = new TaskRunPicture(nodes.size(), task, run);
      nodes.add(node);
      byTask.put(task.id(), node);
      byRun.put(run, node);
      byStage.computeIfAbsent(task.stage(), stage -> new ArrayList<>()).add(node);
    }
    if (runs.size() != nodes.size()) {
      throw unfit(
          "it has " + runs.size() + " task runs where its workflow has " + nodes.size() + " tasks");
    }
    nodes.forEach(node -> connect(node, byTask));
    load(progress);
    nodes.forEach(TaskRunPicture::found);
  }

  private InvalidInputException unfit(String why) {
    return new InvalidInputException(
        "cannot run execution "
            + found.id()
            + ": "
            + why
            + "; run it with the program that created it");
  }

  private static void connect(TaskRunPicture node, Map<TaskId, TaskRunPicture> byTask) {
    for (TaskId need : node.task.needs()) {
      TaskRunPicture needed = byTask.get(need);
      if (needed == null) {
        throw new InvalidInputException(
            "task "
                + node.task.id()
                + " needs "
                + need
                + ", which is no task; correct the definition");
      }
      node.needs.add(needed);
      needed.dependants.add(node);
    }
  }

  /** Loads the data of the store, and returns the nodes that differ from what listeners know. */
  public List<TaskRunPicture> load(ExecutionProgress progress) {
    state = progress.execution().state();
    version = progress.execution().version();
    List<TaskRunPicture> changed = new ArrayList<>();
    for (ExecutionProgress.Item each : progress.taskRuns()) {
      TaskRunPicture node = byRun.get(each.taskRun().id());
      if (node == null) {
        continue; // Another program added it while the execution ran, and is responsible for it.
      }
      node.load(each);
      // Compares with what listeners know, not with what was loaded before: the changes of a
      // refused step in this picture did not happen.
      if (node.isNews()) {
        changed.add(node);
      }
    }
    recount();
    Standing all = progress.standing();
    strangersUnfinished = all.unfinished() - unfinished();
    strangersEnded = all.ended() - ended();
    noteRead();
    stale = false;
    return changed;
  }

  /**
   * Loads the data of some task runs, and returns the nodes that differ from what listeners know.
   * The rest of the picture may be older.
   */
  public List<TaskRunPicture> load(Collection<ExecutionProgress.Item> items) {
    List<TaskRunPicture> changed = new ArrayList<>();
    for (ExecutionProgress.Item each : items) {
      TaskRunPicture node = byRun.get(each.taskRun().id());
      if (node != null) {
        boolean wasFinal = node.isFinal();
        tally(node, node.state, -1);
        endedAttempts -= node.endedAttempts();
        node.load(each);
        endedAttempts += node.endedAttempts();
        tally(node, node.state, 1);
        noteBegun(node);
        if (node.isFinal() && !wasFinal) {
          becomeFinal(node);
        } else {
          node.dropOutputs();
        }
        if (node.isNews()) {
          changed.add(node);
        }
      }
    }
    stale = true;
    return changed;
  }

  /** Notes that all task runs have just been read from the store. */
  public void noteRead() {
    readNanos = System.nanoTime();
  }

  /** Whether all task runs may be read again only to detect changes by others. */
  public boolean mayRead() {
    return System.nanoTime() - readNanos >= nodes.size() * NANOS_PER_TASK;
  }

  /**
   * Notes that others have changed the execution since it was read. It is read again as soon as
   * {@link #mayRead} allows it.
   */
  public void setStale() {
    stale = true;
  }

  public boolean isStale() {
    return stale;
  }

  private void recount() {
    running.clear();
    unfinishedIn.clear();
    brokenIn.clear();
    begun.clear();
    attempted = false;
    endedAttempts = 0;
    for (TaskRunPicture node : nodes) {
      endedAttempts += node.endedAttempts();
      noteBegun(node);
      node.openNeeds = open(node.needs);
      node.openDependants = open(node.dependants);
      node.dropOutputs();
      tally(node, node.state, 1);
    }
  }

  private void noteBegun(TaskRunPicture node) {
    attempted |= node.attempt > 0;
    if (node.ready || node.attempt > 0) {
      begun.add(node.task.stage());
    }
  }

  private static int open(List<TaskRunPicture> nodes) {
    int open = 0;
    for (TaskRunPicture node : nodes) {
      open += node.isFinal() ? 0 : 1;
    }
    return open;
  }

  private void tally(TaskRunPicture node, TaskRunState of, int by) {
    Stage stage = node.task.stage();
    boolean broken = of == TaskRunState.FAILED || of == TaskRunState.CANCELLED;
    unfinishedIn.merge(stage, of.isTerminal() ? 0 : by, Integer::sum);
    brokenIn.merge(stage, broken ? by : 0, Integer::sum);
    if (of == TaskRunState.RUNNING && by > 0) {
      running.add(node);
    } else if (of == TaskRunState.RUNNING) {
      running.remove(node);
    }
  }

  /**
   * Loads a claim of a task run by this worker.
   *
   * @return its node; or null when the claim does not follow from the known state, and the
   *     execution or the needs must be read again
   */
  public @Nullable TaskRunPicture claimed(Claimed claimed) {
    TaskRunPicture node = byRun.get(claimed.taskRun().id());
    boolean follows =
        node != null
            && claimed.taskRun().version() == node.version + 1
            && claimed.attempt().number() == node.attempt + 1
            && node.openNeeds == 0
            && isOpen(node.task.stage());
    if (node == null || !follows) {
      return null;
    }
    tally(node, node.state, -1);
    node.claimed(claimed);
    attempted = true;
    tally(node, node.state, 1);
    load(claimed.execution());
    return node;
  }

  /** Loads the execution as returned by a claim. */
  public void load(Execution execution) {
    if (execution.version() > version) {
      state = execution.state();
      version = execution.version();
    }
  }

  /** Ends the live attempt of a node. */
  void endAttempt(TaskRunPicture node, AttemptState end) {
    node.attemptState = end;
    endedAttempts++;
  }

  /** Moves a node. */
  void move(TaskRunPicture node, TaskRunState to) {
    tally(node, node.state, -1);
    node.state = to;
    node.version++;
    node.ready = false;
    tally(node, to, 1);
    if (to.isTerminal()) {
      becomeFinal(node);
    }
  }

  private static void becomeFinal(TaskRunPicture node) {
    node.dependants.forEach(dependant -> dependant.openNeeds--);
    for (TaskRunPicture need : node.needs) {
      need.openDependants--;
      need.dropOutputs();
    }
    node.dropOutputs();
  }

  void move(ExecutionState to) {
    state = to;
    version++;
  }

  /** Whether a stage is open: all stages before it have ended. */
  public boolean isOpen(Stage stage) {
    Stage turn = stage();
    return turn == null || turn.compareTo(stage) >= 0;
  }

  /** The open stage, or null when all have ended. */
  public @Nullable Stage stage() {
    for (Stage stage : STAGES) {
      if (unfinishedIn.getOrDefault(stage, 0) > 0) {
        return stage;
      }
    }
    return null;
  }

  /** The number of task runs that have not ended. */
  int unfinished() {
    return sum(unfinishedIn);
  }

  /** The state and the counts of the execution that are known here. */
  Standing standing() {
    return new Standing(
        version, state, unfinished() + strangersUnfinished, ended() + strangersEnded);
  }

  private int ended() {
    return nodes.size() - unfinished() + endedAttempts;
  }

  private static int sum(Map<Stage, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  boolean isDone() {
    return unfinished() == 0;
  }

  /** Whether a task of a stage has failed, or was cancelled. */
  boolean isBroken(Stage stage) {
    return brokenIn.getOrDefault(stage, 0) > 0;
  }

  /** Whether any task has failed, or was cancelled. */
  boolean isBroken() {
    return sum(brokenIn) > 0;
  }

  /** Whether it may begin only when the limit of parallel executions of its workflow admits it. */
  public boolean isWaiting() {
    return state == ExecutionState.PENDING && definition.maxParallel() != null;
  }

  /** Whether a task of the first stage is no longer needed, because another one has failed. */
  boolean failsFast(TaskRunPicture node) {
    return node.task.stage() == Stage.MAIN
        && node.task.condition().kind() == Condition.Kind.SUCCESS
        && isBroken(Stage.MAIN);
  }

  /** Starts the time-out. Returns true at the first call for this picture. */
  boolean beginTime() {
    boolean first = !timed;
    timed = true;
    return first;
  }

  /**
   * The time-out of the open stage has expired, or {@link CancelExecution} has ended it. Has no
   * effect if all stages have ended. A second cancellation makes the time-out of the last stage
   * expire at once.
   *
   * @param now the current time, which shows whether the time-out has expired by itself
   */
  public void setOverdue(Instant now) {
    Stage stage = stage();
    if (stage == Stage.FINALLY && state == ExecutionState.CANCELLING && !hasTimePassed(now)) {
      cancelledTwice = true;
    } else if (stage != null) {
      overdue.add(stage);
    }
  }

  /**
   * Whether the time-out of the last stage has expired since the last task of the earlier stages
   * ended.
   */
  private boolean hasTimePassed(Instant now) {
    Instant opened = Instant.EPOCH;
    for (TaskRunPicture node : nodes) {
      if (node.task.stage() != Stage.FINALLY && node.changedAt.isAfter(opened)) {
        opened = node.changedAt;
      }
    }
    return Duration.between(opened, now).compareTo(definition.cleanupTimeout()) >= 0;
  }

  /**
   * Whether a stage is cancelled: its running attempts end, and nothing of it starts. In an
   * execution that is being cancelled, the last stage is not cancelled. Its tasks run as after any
   * other end, unless no attempt has ever begun, or the execution was cancelled a second time.
   */
  public boolean isCancelled(Stage stage) {
    return state == ExecutionState.CANCELLING
        && (stage != Stage.FINALLY || cancelledTwice || !attempted);
  }

  /** Whether the stage of an attempt is cancelled. */
  public boolean isCancelled(AttemptId id) {
    TaskRunPicture node = byRun.get(id.taskRunId());
    return node != null && isCancelled(node.task.stage());
  }

  /** Whether the time-out of a stage has expired, by the information in this process. */
  public boolean isOverdue(Stage stage) {
    return overdue.contains(stage);
  }

  /**
   * Whether a task of a stage is ready or has begun. The time-out of the stage has then started.
   */
  public boolean hasBegun(Stage stage) {
    return begun.contains(stage);
  }

  /** Notes that a task of a stage becomes ready. */
  void begin(Stage stage) {
    begun.add(stage);
  }

  /** Whether there is any task after the first stage. */
  boolean hasCleanup() {
    return nodes.get(nodes.size() - 1).task.stage() != Stage.MAIN;
  }

  /**
   * Whether the time-out of the execution ended its tasks. If another worker ended them, this
   * follows from the times in the store: not all tasks succeeded, and the last of them ended after
   * the time-out.
   */
  boolean isTimedOut() {
    if (isOverdue(Stage.MAIN)) {
      return true;
    }
    Duration timeout = definition.timeout();
    if (timeout == null || !isBroken(Stage.MAIN) || unfinishedIn.getOrDefault(Stage.MAIN, 0) > 0) {
      return false;
    }
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (TaskRunPicture node : nodes) {
      if (node.task.stage() == Stage.MAIN) {
        first = node.startedAt.isBefore(first) ? node.startedAt : first;
        last = node.changedAt.isAfter(last) ? node.changedAt : last;
      }
    }
    return first.isBefore(last) && Duration.between(first, last).compareTo(timeout) >= 0;
  }

  public ExecutionId id() {
    return found.id();
  }

  /**
   * The execution as it was when this runner began to work on it; state and version are out of
   * date.
   */
  public Execution found() {
    return found;
  }

  public WorkflowDefinition definition() {
    return definition;
  }

  /**
   * The priority of its tasks when they are ready: that of the execution, if it was started with
   * one.
   */
  int priority() {
    Integer own = StartLabels.priority(found.labels());
    return own == null ? definition.priority() : own;
  }

  public ExecutionState state() {
    return state;
  }

  public long version() {
    return version;
  }

  public List<TaskRunPicture> nodes() {
    return nodes;
  }

  /** The nodes of a stage, in the order of the file. */
  public List<TaskRunPicture> nodes(Stage stage) {
    return byStage.getOrDefault(stage, List.of());
  }

  /** How many tasks have failed, or were cancelled. */
  int broken() {
    return sum(brokenIn);
  }

  /** The nodes that have begun and have not ended, in the order of the file. */
  public List<TaskRunPicture> running() {
    return List.copyOf(running);
  }

  public @Nullable TaskRunPicture node(TaskRunId id) {
    return byRun.get(id);
  }

  /** Whether this attempt is live in the store, by the known state. */
  public boolean isLive(AttemptId id) {
    TaskRunPicture node = byRun.get(id.taskRunId());
    return node != null && node.hasLiveAttempt() && node.attempt == id.number();
  }
}
