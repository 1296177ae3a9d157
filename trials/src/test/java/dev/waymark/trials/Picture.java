package dev.waymark.trials;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Standing;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Embedder} knows of one execution, and the plan that it follows. The stage of a
 * task is the first letter of its id. The tasks of a stage become ready when those of the stages
 * before have succeeded. After a failure no more tasks start. Every change is applied here as well
 * as in the change set, so that the last one can settle the result of this change set. Not
 * thread-safe.
 */
final class Picture {
  /** The number of attempts after which a task run fails. */
  static final int MAX_ATTEMPTS = 4;

  /** The pool whose tasks have a limit. */
  static final String SMALL_POOL = "small";

  private final Execution execution;
  private final List<Task> tasks;
  private ExecutionState state;
  private long version;
  private int endedAttempts;

  private Picture(ExecutionProgress progress) {
    execution = progress.execution();
    state = execution.state();
    version = execution.version();
    tasks = progress.taskRuns().stream().map(Task::new).toList();
    Standing standing = progress.standing();
    endedAttempts = standing.ended() - (tasks.size() - standing.unfinished());
  }

  static Picture of(ExecutionProgress progress) {
    return new Picture(progress);
  }

  /** One task run. */
  private static final class Task {
    private final TaskRun run;
    private TaskRunState state;
    private boolean isReady;
    private final @Nullable AttemptState attemptState;

    Task(ExecutionProgress.Item item) {
      run = item.taskRun();
      state = run.state();
      isReady = item.ready();
      attemptState =
          item.attempts().isEmpty()
              ? null
              : item.attempts().get(item.attempts().size() - 1).state();
    }

    char stage() {
      return run.taskId().value().charAt(0);
    }

    String pool() {
      return run.taskId().value().endsWith("s") ? SMALL_POOL : ClaimRequest.DEFAULT_POOL;
    }

    boolean waits() {
      return state == TaskRunState.PENDING || state == TaskRunState.RETRYING;
    }
  }

  ExecutionId id() {
    return execution.id();
  }

  WorkflowId workflow() {
    return execution.workflowId();
  }

  ExecutionState state() {
    return state;
  }

  private int unfinished() {
    return (int) tasks.stream().filter(task -> !task.state.isTerminal()).count();
  }

  private Task task(TaskRunId id) {
    return tasks.stream().filter(task -> task.run.id().equals(id)).findFirst().orElseThrow();
  }

  /** Whether an attempt is the newest of its task run and live. */
  boolean isLive(AttemptId attempt) {
    Task task = task(attempt.taskRunId());
    return task.run.lastAttempt() == attempt.number() && task.attemptState == AttemptState.RUNNING;
  }

  /** The next state of a task run whose attempt has ended in this state. */
  private TaskRunState after(AttemptId attempt, AttemptState end) {
    if (end == AttemptState.SUCCEEDED) {
      return TaskRunState.SUCCEEDED;
    }
    if (state == ExecutionState.CANCELLING) {
      return TaskRunState.CANCELLED;
    }
    return attempt.number() >= MAX_ATTEMPTS ? TaskRunState.FAILED : TaskRunState.RETRYING;
  }

  /** Ends a live attempt on behalf of its worker. */
  void end(ChangeSet.Builder changes, AttemptId attempt, AttemptState end) {
    TaskRunState to = after(attempt, end);
    changes.updateAttempt(attempt, end, end == AttemptState.SUCCEEDED ? 0 : 1);
    changes.updateTaskRun(attempt, to);
    task(attempt.taskRunId()).state = to;
    endedAttempts++;
  }

  /** Ends an attempt whose lease has expired. */
  void lose(ChangeSet.Builder changes, AttemptId attempt) {
    Task task = task(attempt.taskRunId());
    TaskRunState to = after(attempt, AttemptState.LOST);
    changes.loseAttempt(attempt, "its lease is over");
    changes.updateTaskRun(attempt.taskRunId(), to, task.run.version());
    task.state = to;
    endedAttempts++;
  }

  /**
   * Adds everything that follows from the states.
   *
   * @param delay the delay of task runs that become ready
   * @return whether anything follows
   */
  boolean follow(ChangeSet.Builder changes, Duration delay) {
    if (state.isTerminal() || state == ExecutionState.PAUSED) {
      return false;
    }
    boolean isBroken = tasks.stream().anyMatch(task -> task.state == TaskRunState.FAILED);
    boolean follows = false;
    if (state == ExecutionState.CANCELLING || isBroken) {
      for (Task task : tasks) {
        follows |= task.waits();
        if (task.waits()) {
          move(changes, task, TaskRunState.CANCELLED);
        }
      }
    } else {
      follows = readyStage(changes, delay);
    }
    if (unfinished() > 0) {
      return follows;
    }
    if (state == ExecutionState.CANCELLING) {
      move(changes, ExecutionState.CANCELLED);
    } else {
      if (state == ExecutionState.PENDING) {
        move(changes, ExecutionState.RUNNING);
      }
      move(changes, isBroken ? ExecutionState.FAILED : ExecutionState.SUCCEEDED);
    }
    return true;
  }

  /** Makes the tasks of the first stage that has not ended ready, unless they are. */
  private boolean readyStage(ChangeSet.Builder changes, Duration delay) {
    char stage =
        (char)
            tasks.stream()
                .filter(task -> !task.state.isTerminal())
                .mapToInt(Task::stage)
                .min()
                .orElse(0);
    boolean follows = false;
    for (Task task : tasks) {
      if (task.stage() == stage && task.waits() && !task.isReady) {
        changes.readyTaskRun(task.run.id(), task.pool(), 0, delay);
        task.isReady = true;
        follows = true;
      }
    }
    return follows;
  }

  private static void move(ChangeSet.Builder changes, Task task, TaskRunState to) {
    changes.updateTaskRun(task.run.id(), to, task.run.version());
    task.state = to;
  }

  private void move(ChangeSet.Builder changes, ExecutionState to) {
    changes.updateExecution(id(), to, version);
    state = to;
    version++;
  }

  /** The standing of this picture, for the store to compare. */
  ChangeSet.Builder settle(ChangeSet.Builder changes) {
    int unfinished = unfinished();
    return changes.settleExecution(
        id(), new Standing(version, state, unfinished, tasks.size() - unfinished + endedAttempts));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("execution " + id() + " of " + workflow() + ", ");
    text.append(state).append(" version ").append(version);
    for (Task task : tasks) {
      text.append("; ").append(task.run.taskId()).append(' ').append(task.state);
      text.append(" attempt ").append(task.run.lastAttempt());
      text.append(' ').append(Objects.toString(task.attemptState, "none"));
      text.append(task.isReady ? " ready" : "");
    }
    return text.toString();
  }
}
