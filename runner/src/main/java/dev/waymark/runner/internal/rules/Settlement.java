package dev.waymark.runner.internal.rules;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.process.Continuation;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the runner: what follows from the ends of tasks. They have no effect except on the
 * {@link StepChanges} that they receive.
 *
 * <p>After a failure no task of the first stage starts. Running tasks end by themselves, tasks that
 * wait for their first attempt are skipped, and tasks that wait for another attempt are cancelled.
 * The same happens after a time-out, which also ends running tasks. The tasks of {@code on-failure}
 * are next, then those of {@code finally}. Each of these stages has its own time-out, and the
 * execution ends with the last task. A cancellation ends running tasks and cancels waiting ones,
 * except for the tasks of {@code finally}, which are next in this case; {@link
 * ExecutionPicture#isCancelled} says which stages are cancelled. All of this is derived only from
 * states, never from the event that just happened. So the result is the same for the worker that
 * saw the task end and for one that finds the execution after a crash.
 *
 * <p>Only the tasks that an end may affect are checked: the tasks that need the one that ended,
 * those that need a task that is skipped for that reason, and those of a stage that begins. So the
 * end of one task among thousands does not require a walk over all of them.
 */
public final class Settlement {
  private static final int NAMED_FAILURES = 3;

  private final StepChanges step;
  private final ExecutionPicture picture;
  private final Deque<TaskRunPicture> open = new ArrayDeque<>();
  private @Nullable Stage examined;

  private Settlement(StepChanges step) {
    this.step = step;
    this.picture = step.picture();
  }

  /**
   * Returns the state of a task run after an attempt that has asked for a wait: WAITING, unless the
   * task is no longer needed or has no further attempt.
   */
  public static TaskRunState afterWaiting(
      ExecutionPicture picture, TaskRunPicture taskRun, RunnerConfig config) {
    Stage stage = taskRun.task.stage();
    if (picture.isCancelled(stage) || (!picture.isOverdue(stage) && picture.failsFast(taskRun))) {
      return TaskRunState.CANCELLED;
    }
    return picture.isOverdue(stage) || taskRun.attempt >= config.store().limits().maxAttempts()
        ? TaskRunState.FAILED
        : TaskRunState.WAITING;
  }

  /**
   * Returns the state of a task run after its attempt ended. The task run already counts that
   * attempt.
   */
  public static TaskRunState after(
      AttemptState end, ExecutionPicture picture, TaskRunPicture taskRun, RunnerConfig config) {
    if (end == AttemptState.SUCCEEDED) {
      return TaskRunState.SUCCEEDED;
    }
    if (picture.isCancelled(taskRun.task.stage())) {
      return TaskRunState.CANCELLED;
    }
    if (picture.isOverdue(taskRun.task.stage()) || isExhausted(end, taskRun, config)) {
      return TaskRunState.FAILED;
    }
    if (!picture.failsFast(taskRun)) {
      return TaskRunState.RETRYING;
    }
    return end == AttemptState.FAILED ? TaskRunState.FAILED : TaskRunState.CANCELLED;
  }

  private static boolean isExhausted(
      AttemptState end, TaskRunPicture taskRun, RunnerConfig config) {
    return switch (end) {
          case FAILED -> taskRun.hopeless || taskRun.failed >= taskRun.task.retry().maxAttempts();
          case LOST -> taskRun.lost >= config.maxLost();
          case RUNNING, SUCCEEDED, CANCELLED -> false;
        }
        || taskRun.attempt >= config.store().limits().maxAttempts();
  }

  /**
   * Adds every change that follows from the states of the execution's task runs; none if nothing
   * follows.
   */
  public static void addTo(StepChanges step) {
    new Settlement(step).settle(step.picture().taskRuns());
  }

  /**
   * Adds the changes that follow from the move of one task run, in an execution that was settled
   * before.
   */
  public static void addTo(StepChanges step, TaskRunPicture moved) {
    Settlement settlement = new Settlement(step);
    ExecutionPicture picture = settlement.picture;
    boolean broken = moved.state == TaskRunState.FAILED || moved.state == TaskRunState.CANCELLED;
    // Only the first failure has consequences for tasks that do not need the one that failed.
    boolean everywhere =
        (broken && picture.broken() == 1) || picture.isCancelled(moved.task.stage());
    settlement.examined = everywhere ? null : moved.task.stage();
    settlement.open.add(moved);
    settlement.settle(everywhere ? picture.taskRuns() : moved.dependants);
  }

  /**
   * Adds the changes that follow from the end of a task run with which its execution is to continue
   * as a new one. An execution that does not succeed does not continue.
   *
   * @throws InvalidInputException when the execution succeeds later than with this step
   */
  public static void addLastTo(StepChanges step, TaskRunPicture ended, Continuation next) {
    step.continueAs(next);
    addTo(step, ended);
    ExecutionPicture picture = step.picture();
    boolean mayStillSucceed =
        !picture.isBroken()
            && !picture.isOverdue(Stage.MAIN)
            && picture.state() != ExecutionState.CANCELLING;
    if (!picture.isDone() && mayStillSucceed) {
      throw new InvalidInputException(
          "execution "
              + picture.id()
              + " cannot continue as a new one while "
              + picture.taskRuns().stream()
                  .filter(taskRun -> !taskRun.state.isTerminal())
                  .map(taskRun -> "task " + taskRun.task.id() + " is " + taskRun.state)
                  .limit(NAMED_FAILURES)
                  .collect(Collectors.joining(", "))
              + "; the task that continues it must be the last one, so let it need all others, and"
              + " have no tasks after it");
    }
  }

  private void settle(Collection<TaskRunPicture> taskRuns) {
    if (picture.state().isTerminal()
        || picture.state() == ExecutionState.PAUSED
        || picture.isWaiting()) {
      return;
    }
    open.addAll(taskRuns);
    do {
      while (!open.isEmpty()) {
        look(open.remove());
      }
    } while (openNextStage());
    if (picture.isDone()) {
      endExecution();
    }
  }

  /** Checks the tasks of a stage after the first, when it is open. */
  private boolean openNextStage() {
    Stage stage = picture.stage();
    if (stage == null || stage == Stage.MAIN || stage == examined) {
      return false;
    }
    examined = stage;
    open.addAll(picture.taskRuns(stage));
    return true;
  }

  private void look(TaskRunPicture taskRun) {
    if (taskRun.state == TaskRunState.PENDING) {
      lookAtPending(taskRun);
    } else if (taskRun.state == TaskRunState.RETRYING || taskRun.state == TaskRunState.WAITING) {
      lookBetweenAttempts(taskRun);
    }
  }

  private void lookBetweenAttempts(TaskRunPicture taskRun) {
    if (picture.isCancelled(taskRun.task.stage())) {
      step.move(taskRun, TaskRunState.CANCELLED);
    } else if (picture.isOverdue(taskRun.task.stage())) {
      step.move(taskRun, TaskRunState.FAILED);
    } else if (picture.failsFast(taskRun)) {
      step.move(taskRun, TaskRunState.CANCELLED);
    } else if (!taskRun.ready && taskRun.state == TaskRunState.RETRYING) {
      step.ready(taskRun);
      return;
    } else {
      return;
    }
    open.addAll(taskRun.dependants);
  }

  private void lookAtPending(TaskRunPicture taskRun) {
    Stage stage = taskRun.task.stage();
    if (picture.isCancelled(stage)) {
      end(taskRun, TaskRunState.CANCELLED);
    } else if (picture.isOverdue(stage)) {
      // If the time-out ends nothing else of the stage, this shows that the stage did not succeed.
      boolean waits = taskRun.openNeeds == 0 && !picture.isBroken(stage);
      end(taskRun, waits ? TaskRunState.CANCELLED : TaskRunState.SKIPPED);
    } else if (picture.failsFast(taskRun)) {
      end(taskRun, TaskRunState.SKIPPED);
    } else if (!picture.isOpen(stage)) {
      return; // It starts when the earlier stages have ended.
    } else if (stage == Stage.ON_FAILURE && !picture.isBroken(Stage.MAIN)) {
      end(taskRun, TaskRunState.SKIPPED);
    } else if (taskRun.openNeeds == 0 && !taskRun.task.condition().holds(taskRun.ends())) {
      end(taskRun, TaskRunState.SKIPPED);
    } else if (taskRun.openNeeds == 0 && !taskRun.ready) {
      if (stage != Stage.MAIN && !picture.hasBegun(stage)) {
        step.beginCleanup();
      }
      step.ready(taskRun);
    }
  }

  private void end(TaskRunPicture taskRun, TaskRunState as) {
    step.move(taskRun, as);
    open.addAll(taskRun.dependants);
  }

  private void endExecution() {
    if (picture.state() == ExecutionState.CANCELLING) {
      step.moveExecution(ExecutionState.CANCELLED, errorOfCancelled(picture));
      return;
    }
    if (picture.state() == ExecutionState.PENDING) {
      step.moveExecution(ExecutionState.RUNNING, null);
    }
    if (picture.isTimedOut()) {
      step.moveExecution(
          ExecutionState.FAILED, Deadlines.errorOfExecution(picture, failures(picture)));
    } else if (picture.isBroken()) {
      step.moveExecution(ExecutionState.FAILED, failures(picture));
    } else {
      step.moveExecution(ExecutionState.SUCCEEDED, null);
    }
  }

  /**
   * Names the tasks that failed. Cancelled tasks are named only if none failed, since a failure is
   * what cancels the others.
   */
  private static String failures(ExecutionPicture picture) {
    List<TaskRunPicture> failed = in(picture, TaskRunState.FAILED);
    if (picture.isTimedOut()) {
      // The time-out implies that tasks of the first stage failed, so they are not named.
      failed = failed.stream().filter(taskRun -> taskRun.task.stage() != Stage.MAIN).toList();
      return failed.isEmpty() ? "" : named(failed);
    }
    return named(failed.isEmpty() ? in(picture, TaskRunState.CANCELLED) : failed);
  }

  /**
   * The error of an execution that was cancelled, with the failures of the tasks that ran after
   * that.
   */
  private static String errorOfCancelled(ExecutionPicture picture) {
    List<TaskRunPicture> failed =
        picture.taskRuns(Stage.FINALLY).stream()
            .filter(taskRun -> taskRun.state == TaskRunState.FAILED)
            .toList();
    return failed.isEmpty() ? CancelExecution.ERROR : CancelExecution.ERROR + "; " + named(failed);
  }

  private static String named(List<TaskRunPicture> named) {
    String text =
        named.stream()
            .limit(NAMED_FAILURES)
            .map(TaskRunPicture::failure)
            .collect(Collectors.joining("; "));
    int more = named.size() - NAMED_FAILURES;
    return more <= 0 ? text : text + "; and " + more + " more";
  }

  private static List<TaskRunPicture> in(ExecutionPicture picture, TaskRunState state) {
    return picture.taskRuns().stream().filter(taskRun -> taskRun.state == state).toList();
  }
}
