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
 * What the coordinator knows of one execution it works on: a copy of what the store says, kept up
 * to date by its own commits and read again when a commit was refused, or told that others have got
 * on.
 */
public final class ExecutionPicture {
  private static final Stage[] STAGES = Stage.values();

  /**
   * An execution is read at most once in this time for each of its tasks. What is read for one task
   * that ends then does not depend on how many tasks there are.
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

  /** What {@link #standing} counts of task runs that another program has added. */
  private int strangersUnfinished;

  private int strangersEnded;
  private boolean cancelledTwice;
  private final Set<Stage> overdue = EnumSet.noneOf(Stage.class);
  private final Set<Stage> begun = EnumSet.noneOf(Stage.class);

  /**
   * Makes the picture of an execution.
   *
   * @throws InvalidInputException when its task runs are not those of the definition
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

  /** Takes over what the store says, and tells which nodes are not as listeners know them. */
  public List<TaskRunPicture> load(ExecutionProgress progress) {
    state = progress.execution().state();
    version = progress.execution().version();
    List<TaskRunPicture> changed = new ArrayList<>();
    for (ExecutionProgress.Item each : progress.taskRuns()) {
      TaskRunPicture node = byRun.get(each.taskRun().id());
      if (node == null) {
        continue; // Another program added it while the execution ran, and has to care for it.
      }
      node.load(each);
      // Not whether it was loaded before: what a refused step has changed here was no change.
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
   * Takes over what the store says of some task runs, and tells which nodes are not as listeners
   * know them. The rest of the picture may be older.
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

  /** All task runs have been read from the store just now. */
  public void noteRead() {
    readNanos = System.nanoTime();
  }

  /** Whether all task runs may be read again, although that is only to keep up with others. */
  public boolean mayRead() {
    return System.nanoTime() - readNanos >= nodes.size() * NANOS_PER_TASK;
  }

  /** Others have got on since this was read, and it is to be read again as soon as it may be. */
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
   * Takes over that this worker has claimed a task run.
   *
   * @return its node; or null when the claim does not follow from what is known, and what it leans
   *     on is to be read again
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

  /** Takes over how the execution is that a claim has brought. */
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

  /** Whether a stage has its turn: all before it have ended. */
  public boolean isOpen(Stage stage) {
    Stage turn = stage();
    return turn == null || turn.compareTo(stage) >= 0;
  }

  /** The stage that has its turn, or null when all have ended. */
  public @Nullable Stage stage() {
    for (Stage stage : STAGES) {
      if (unfinishedIn.getOrDefault(stage, 0) > 0) {
        return stage;
      }
    }
    return null;
  }

  /** How many task runs have not ended. */
  int unfinished() {
    return sum(unfinishedIn);
  }

  /** How the execution stands, as far as it is known here. */
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

  /** Whether it may not begin before others of its workflow have ended. */
  public boolean isWaiting() {
    return state == ExecutionState.PENDING && definition.maxParallel() != null;
  }

  /** Whether an ordinary task has no sense any more, because another one has failed. */
  boolean failsFast(TaskRunPicture node) {
    return node.task.stage() == Stage.MAIN
        && node.task.condition().kind() == Condition.Kind.SUCCESS
        && isBroken(Stage.MAIN);
  }

  /** Its time begins; true the first time that this is said of this picture. */
  boolean beginTime() {
    boolean first = !timed;
    timed = true;
    return first;
  }

  /**
   * The time of the stage that is open is over, or {@link CancelExecution} has put an end to it;
   * nothing where all have ended. A second cancellation lets the time of the last stage be over at
   * once, before it has passed.
   *
   * @param now the time, against which is measured whether it has passed
   */
  public void setOverdue(Instant now) {
    Stage stage = stage();
    if (stage == Stage.FINALLY && state == ExecutionState.CANCELLING && !hasTimePassed(now)) {
      cancelledTwice = true;
    } else if (stage != null) {
      overdue.add(stage);
    }
  }

  /** Whether the last stage has had its time, since the last task of those before it ended. */
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
   * Whether a stage is cancelled: what runs of it ends, and nothing of it starts. In an execution
   * that is being cancelled the last stage is not: its tasks run as after any other end, unless no
   * attempt has ever begun, or it was cancelled once more.
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

  /** Whether the time of a stage is over, as far as it is known in this process. */
  public boolean isOverdue(Stage stage) {
    return overdue.contains(stage);
  }

  /** Whether a task of a stage is ready or has begun: then its time counts. */
  public boolean hasBegun(Stage stage) {
    return begun.contains(stage);
  }

  /** A task of a stage becomes ready. */
  void begin(Stage stage) {
    begun.add(stage);
  }

  /** Whether there is any task after the first stage. */
  boolean hasCleanup() {
    return nodes.get(nodes.size() - 1).task.stage() != Stage.MAIN;
  }

  /**
   * Whether the time-out of the execution ended its tasks. Where another worker saw to that, it
   * follows from the times in the store: they did not all succeed, and the last of them ended after
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

  /** The execution as it was when it was taken in hand; state and version are out of date. */
  public Execution found() {
    return found;
  }

  public WorkflowDefinition definition() {
    return definition;
  }

  /** With what priority its tasks are ready: its own, if it was started with one. */
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

  /** The nodes that have begun and not ended, in the order of the file. */
  public List<TaskRunPicture> running() {
    return List.copyOf(running);
  }

  public @Nullable TaskRunPicture node(TaskRunId id) {
    return byRun.get(id);
  }

  /** Whether the store, as far as known, has this attempt as live. */
  public boolean isLive(AttemptId id) {
    TaskRunPicture node = byRun.get(id.taskRunId());
    return node != null && node.hasLiveAttempt() && node.attempt == id.number();
  }
}
