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
import dev.waymark.runner.internal.base.Iterations;
import dev.waymark.runner.internal.base.StartLabels;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's view of one execution that it works on: a copy of the data in the store. The
 * coordinator's own commits keep it up to date. It is read again when a commit was refused, or when
 * the store reports changes by others.
 */
public final class ExecutionPicture {
  /**
   * An execution is read at most once in this time multiplied by the number of its tasks. A read
   * for one task that ends in that time does not depend on the number of tasks.
   */
  private static final long NANOS_PER_TASK = 100_000;

  private final Execution found;
  private final WorkflowDefinition definition;
  private final TaskRunSet set = new TaskRunSet();
  private final List<TaskRunPicture> taskRuns = set.all();
  private final StageCounts counts = new StageCounts();

  private ExecutionState state;
  private long version;

  /** The execution as it is in the store, without the steps whose answers have not arrived. */
  private Execution stored;

  private long readNanos;
  private boolean stale;
  private boolean timed;
  private boolean attempted;
  private int endedAttempts;

  /**
   * The part of {@link #standing} for earlier iterations, and for task runs that another program
   * has added.
   */
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
    this.stored = found;
    this.definition = definition;
    this.state = found.state();
    Map<TaskId, ExecutionProgress.Item> runs = Iterations.newest(progress.taskRuns());
    for (TaskDefinition task : definition.tasks()) {
      ExecutionProgress.Item run = runs.get(task.id());
      if (run == null) {
        throw mismatch("it has no task run for task " + task.id());
      }
      set.add(task, run.taskRun());
    }
    if (runs.size() != taskRuns.size()) {
      throw mismatch(
          "it has "
              + runs.size()
              + " task runs where its workflow has "
              + taskRuns.size()
              + " tasks");
    }
    set.connect();
    load(progress);
    taskRuns.forEach(TaskRunPicture::found);
  }

  private InvalidInputException mismatch(String why) {
    return new InvalidInputException(
        "cannot run execution "
            + found.id()
            + ": "
            + why
            + "; run it with the program that created it");
  }

  /**
   * Loads the data of the store, and returns the task runs that differ from what listeners know.
   */
  public List<TaskRunPicture> load(ExecutionProgress progress) {
    stored = progress.execution();
    state = stored.state();
    version = stored.version();
    List<TaskRunPicture> changed = new ArrayList<>();
    Map<TaskId, ExecutionProgress.Item> newest = Iterations.newest(progress.taskRuns());
    for (ExecutionProgress.Item each : progress.taskRuns()) {
      TaskRunPicture taskRun = set.found(each, newest);
      // Compares with what listeners know, not with what was loaded before: the changes of a
      // refused step in this picture did not happen.
      if (taskRun != null && taskRun.load(each).isNews()) {
        changed.add(taskRun);
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
   * Loads the data of some task runs, and returns the task runs that differ from what listeners
   * know. The rest of the picture may be older.
   */
  public List<TaskRunPicture> load(Collection<ExecutionProgress.Item> items) {
    List<TaskRunPicture> changed = new ArrayList<>();
    for (ExecutionProgress.Item each : items) {
      TaskRunPicture taskRun = set.get(each.taskRun().id());
      if (taskRun != null) {
        boolean wasFinal = taskRun.isFinal();
        counts.add(taskRun, taskRun.state, -1);
        endedAttempts -= taskRun.endedAttempts();
        endedAttempts += taskRun.load(each).endedAttempts();
        counts.add(taskRun, taskRun.state, 1);
        noteBegun(taskRun);
        if (taskRun.isFinal() && !wasFinal) {
          becomeFinal(taskRun);
        } else {
          taskRun.dropResult();
        }
        if (taskRun.isNews()) {
          changed.add(taskRun);
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
    return System.nanoTime() - readNanos >= (taskRuns.size() + strangersEnded) * NANOS_PER_TASK;
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
    counts.clear();
    begun.clear();
    attempted = false;
    endedAttempts = 0;
    for (TaskRunPicture taskRun : taskRuns) {
      endedAttempts += taskRun.endedAttempts();
      noteBegun(taskRun);
      taskRun.recount();
      taskRun.dropResult();
      counts.add(taskRun, taskRun.state, 1);
    }
  }

  private void noteBegun(TaskRunPicture taskRun) {
    attempted |= taskRun.hasBegun();
    if (taskRun.ready || taskRun.hasBegun()) {
      begun.add(taskRun.task.stage());
    }
  }

  /**
   * Loads a claim of a task run by this worker.
   *
   * @return its task run; or null when the claim does not follow from the known state, and the
   *     execution or the needs must be read again
   */
  public @Nullable TaskRunPicture claimed(Claimed claimed) {
    TaskRunPicture taskRun = set.get(claimed.taskRun().id());
    boolean follows =
        taskRun != null
            && claimed.taskRun().version() == taskRun.version + 1
            && claimed.attempt().number() == taskRun.attempt + 1
            && taskRun.openNeeds == 0
            && isOpen(taskRun.task.stage());
    if (taskRun == null || !follows) {
      return null;
    }
    counts.add(taskRun, taskRun.state, -1);
    taskRun.claimed(claimed);
    attempted = true;
    counts.add(taskRun, taskRun.state, 1);
    load(claimed.execution());
    return taskRun;
  }

  /** Loads the execution as returned by a claim. */
  public void load(Execution execution) {
    if (execution.version() > version) {
      stored = execution;
      state = execution.state();
      version = execution.version();
    }
  }

  /** Ends the live attempt of a task run. */
  void endAttempt(TaskRunPicture taskRun, AttemptState end) {
    taskRun.attemptState = end;
    endedAttempts++;
  }

  /** Moves a task run. */
  void move(TaskRunPicture taskRun, TaskRunState to) {
    counts.add(taskRun, taskRun.state, -1);
    taskRun.state = to;
    taskRun.version++;
    taskRun.ready = false;
    counts.add(taskRun, to, 1);
    if (to.isTerminal()) {
      becomeFinal(taskRun);
    }
  }

  /** Ends a task run as SUCCEEDED, and puts the next iteration of its task in its place. */
  TaskRunPicture again(TaskRunPicture taskRun) {
    counts.add(taskRun, taskRun.state, -1);
    taskRun.state = TaskRunState.SUCCEEDED;
    taskRun.version++;
    strangersEnded++;
    TaskRunPicture next = set.replace(taskRun, taskRun.next());
    counts.add(next, next.state, 1);
    return next;
  }

  private static void becomeFinal(TaskRunPicture taskRun) {
    taskRun.dependants.forEach(dependant -> dependant.openNeeds--);
    for (TaskRunPicture need : taskRun.needs) {
      need.openDependants--;
      need.dropResult();
    }
    taskRun.dropResult();
  }

  void move(ExecutionState to) {
    state = to;
    version++;
  }

  /** Notes that a move is stored. */
  void moved(
      ExecutionState to, Instant at, @Nullable String error, @Nullable ExecutionId continuedAs) {
    stored = MovedExecution.of(stored, to, at, error, continuedAs);
  }

  /** Whether a stage is open: all stages before it have ended. */
  public boolean isOpen(Stage stage) {
    Stage turn = stage();
    return turn == null || turn.compareTo(stage) >= 0;
  }

  /** The open stage, or null when all have ended. */
  public @Nullable Stage stage() {
    return counts.openStage();
  }

  /** The number of task runs that have not ended. */
  int unfinished() {
    return counts.unfinished();
  }

  /** The state and the counts of the execution that are known here. */
  Standing standing() {
    return new Standing(
        version, state, unfinished() + strangersUnfinished, ended() + strangersEnded);
  }

  private int ended() {
    return taskRuns.size() - unfinished() + endedAttempts;
  }

  boolean isDone() {
    return unfinished() == 0;
  }

  /** Whether a task of a stage has failed, or was cancelled. */
  boolean isBroken(Stage stage) {
    return counts.broken(stage) > 0;
  }

  /** Whether any task has failed, or was cancelled. */
  boolean isBroken() {
    return counts.broken() > 0;
  }

  /** Whether it may begin only when the limit of parallel executions of its workflow admits it. */
  public boolean isWaiting() {
    return state == ExecutionState.PENDING && definition.maxParallel() != null;
  }

  /** Whether a task of the first stage is no longer needed, because another one has failed. */
  boolean failsFast(TaskRunPicture taskRun) {
    return taskRun.task.stage() == Stage.MAIN
        && taskRun.task.condition().kind() == Condition.Kind.SUCCESS
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
    Instant opened = StageTimes.lastChangeBefore(Stage.FINALLY, taskRuns);
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
    TaskRunPicture taskRun = set.get(id.taskRunId());
    return taskRun != null && isCancelled(taskRun.task.stage());
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
    return taskRuns.get(taskRuns.size() - 1).task.stage() != Stage.MAIN;
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
    if (timeout == null || !isBroken(Stage.MAIN) || counts.unfinished(Stage.MAIN) > 0) {
      return false;
    }
    return StageTimes.duration(Stage.MAIN, taskRuns).compareTo(timeout) >= 0;
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

  /** The execution as it is in the store, by the answers that have arrived. */
  public Execution execution() {
    return stored;
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

  public List<TaskRunPicture> taskRuns() {
    return taskRuns;
  }

  /** The task runs of a stage, in the order of the file. */
  public List<TaskRunPicture> taskRuns(Stage stage) {
    return set.of(stage);
  }

  /** How many tasks have failed, or were cancelled. */
  int broken() {
    return counts.broken();
  }

  /** The task runs that have begun and have not ended, in the order of the file. */
  public List<TaskRunPicture> running() {
    return counts.running();
  }

  public @Nullable TaskRunPicture taskRun(TaskRunId id) {
    return set.get(id);
  }

  /** Whether this attempt is live in the store, by the known state. */
  public boolean isLive(AttemptId id) {
    TaskRunPicture taskRun = set.get(id.taskRunId());
    return taskRun != null && taskRun.hasLiveAttempt() && taskRun.attempt == id.number();
  }
}
