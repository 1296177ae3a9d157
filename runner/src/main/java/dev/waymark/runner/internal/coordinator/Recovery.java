package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.attempt.AbandonedAttempts;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.rules.CancelExecution;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.claim.OpenWork;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Continues open work in executions, regardless of which worker left it: steps that were not done,
 * executions that are due, attempts whose lease has expired. Belongs to the coordinator's thread.
 */
final class Recovery {
  /** The longest time that a paused execution, once resumed, may run past its time-out. */
  private static final Duration HELD_AGAIN = Duration.ofSeconds(10);

  /**
   * The pause before this worker tries an execution again that it cannot work on. Other workers may
   * be able to, and have this time at most.
   */
  private static final Duration UNREADABLE_AGAIN = Duration.ofSeconds(30);

  private final RunnerConfig config;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final AbandonedAttempts abandoned;
  private final Settler settler;

  Recovery(
      RunnerConfig config,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      AbandonedAttempts abandoned,
      Settler settler) {
    this.config = config;
    this.pictures = pictures;
    this.attempts = attempts;
    this.abandoned = abandoned;
    this.settler = settler;
  }

  /**
   * Starts to work on an execution, unless it has ended, and does the work that is open in it.
   *
   * @return the execution, which shows the caller whether there is more to do
   * @throws WaymarkException when there is no execution with this id, or it cannot be run here
   */
  Execution adopt(ExecutionId id) {
    ExecutionPicture known = pictures.get(id);
    if (known != null) {
      return known.execution();
    }
    ExecutionProgress progress = pictures.progress(id);
    if (progress.execution().state().isTerminal()) {
      return progress.execution();
    }
    ExecutionPicture picture = pictures.take(progress);
    try {
      settler.settle(picture, false);
    } catch (WaymarkException e) {
      pictures.drop(picture);
      throw e;
    }
    return picture.execution();
  }

  /**
   * Takes over attempts of workers of this machine that are certainly gone, without waiting for
   * their leases to expire.
   *
   * @return whether there were any
   */
  boolean recoverAbandoned(OpenWork openWork) {
    Set<ExecutionId> left = new LinkedHashSet<>();
    for (Claims.Leased each : openWork.leases()) {
      if (abandoned.contains(each.attempt(), each.worker())) {
        left.add(each.executionId());
      }
    }
    left.forEach(this::recover);
    return !left.isEmpty();
  }

  /**
   * Continues executions that no other worker continues, because an earlier version or another
   * program began them.
   *
   * @return whether there were any that are not excluded
   */
  boolean recoverStalled(OpenWork openWork) {
    AtomicBoolean found = new AtomicBoolean();
    openWork.stalled(
        id -> {
          if (!pictures.isExcluded(id)) {
            found.set(true);
          }
          recover(id);
        });
    return found.get();
  }

  private void recover(ExecutionId id) {
    if (pictures.isExcluded(id)) {
      return;
    }
    try {
      ExecutionPicture picture = pictures.get(id);
      if (picture == null) {
        var unused = adopt(id);
      } else {
        pictures.guard(
            picture,
            () -> {
              pictures.reload(picture);
              settler.settle(picture, false);
            });
      }
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      pictures.exclude(id, e);
    }
  }

  /** Does the work that is due in an execution. */
  void recover(Claims.Due due) {
    ExecutionId id = due.executionId();
    try {
      if (due.reason() == DueReason.CANCEL) {
        cancelWithParent(id);
        return;
      }
      ExecutionPicture picture = pictures.get(id);
      if (picture == null) {
        ExecutionProgress progress = pictures.progress(id);
        if (progress.execution().state().isTerminal()) {
          clear(due);
          return;
        }
        picture = pictures.take(progress);
      } else {
        pictures.reload(picture);
      }
      ExecutionPicture known = picture;
      pictures.guard(known, () -> settle(known, due));
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      pictures.exclude(id, e);
      // Another worker may be able to do it: one with another version, or with other handlers.
      postpone(due, UNREADABLE_AGAIN);
    }
  }

  /** Cancels a child as a user does, and then goes on with it if it is worked on here. */
  private void cancelWithParent(ExecutionId id) {
    var unused =
        config
            .retries()
            .call(() -> CancelExecution.cancelWithParent(config.store(), config.definitions(), id));
    ExecutionPicture picture = pictures.get(id);
    if (picture != null) {
      pictures.guard(
          picture,
          () -> {
            pictures.reload(picture);
            settler.settle(picture, false);
          });
    }
  }

  private void settle(ExecutionPicture picture, Claims.Due due) {
    if (picture.state().isTerminal()) {
      clear(due);
    }
    if (due.reason() == DueReason.DEADLINE) {
      passDeadline(picture, due);
    } else {
      settler.settle(picture, true);
    }
  }

  private void passDeadline(ExecutionPicture picture, Claims.Due due) {
    boolean over = isOver(picture);
    if (over) {
      picture.setOverdue(config.clock().instant());
    }
    settler.settle(picture, false);
    if (over) {
      attempts.of(picture.id()).forEach(LocalAttempt::end);
    }
    if (picture.state() == ExecutionState.PAUSED) {
      postpone(due, HELD_AGAIN);
    }
  }

  /**
   * Whether the time-out of the open stage has expired. Another worker may have begun the next
   * stage since the store was asked, and its time-out starts then. So for a stage after the first,
   * the store is asked again after the execution was read.
   */
  private boolean isOver(ExecutionPicture picture) {
    Stage stage = picture.stage();
    if (stage == null || stage == Stage.MAIN) {
      return stage != null;
    }
    return picture.hasBegun(stage) && isStillDue(picture.id());
  }

  private boolean isStillDue(ExecutionId id) {
    ClaimRequest nothing = new ClaimRequest(config.worker(), 0, config.lease(), config.pools(), id);
    Claims claims = config.retries().call(() -> config.store().claim(nothing));
    return claims.due().contains(new Claims.Due(id, DueReason.DEADLINE));
  }

  /**
   * Postpones the due time of an execution that this worker can do nothing for now: its time-out
   * has expired while it is paused, or it cannot be worked on here. The store returns only a few
   * due executions at a time, and these must not hide the others. The pause is partly random, so
   * that the same worker does not always find the execution first.
   */
  private void postpone(Claims.Due due, Duration pause) {
    Duration after = Duration.ofNanos(Backoff.endless(pause, pause).nextNanos());
    ChangeSet changes =
        ChangeSet.builder(config.ids().commitId())
            .clearDue(due.executionId(), due.reason())
            .markDue(due.executionId(), due.reason(), after)
            .build();
    commit(changes);
  }

  /** Commits a change of a due mark, which an execution that was deleted does not have any more. */
  private void commit(ChangeSet changes) {
    try {
      var unused = config.retries().call(() -> config.store().commit(changes));
    } catch (NotFoundException e) {
      // It was deleted meanwhile, and nothing is due any more.
    }
  }

  /** Clears the due mark of an execution that has ended. */
  private void clear(Claims.Due due) {
    ChangeSet changes =
        ChangeSet.builder(config.ids().commitId())
            .clearDue(due.executionId(), due.reason())
            .build();
    commit(changes);
  }

  /** Takes over an attempt of another worker: its lease has expired. */
  void recover(Claims.Leased expired) {
    try {
      ExecutionPicture picture = pictures.current(expired.executionId());
      pictures.guard(picture, () -> lose(picture, expired));
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      pictures.exclude(expired.executionId(), e);
      new UnrunnableExecutions(config).lose(expired, e);
    }
  }

  private void lose(ExecutionPicture picture, Claims.Leased expired) {
    TaskRunPicture taskRun = picture.taskRun(expired.attempt().taskRunId());
    if (taskRun == null || !picture.isLive(expired.attempt()) || attempts.has(expired.attempt())) {
      return;
    }
    abandoned.endProcesses(picture, taskRun, expired.worker());
    StepChanges step = settler.newStep(picture);
    step.loseAttempt(taskRun, "lease expired: worker " + expired.worker() + " stopped renewing it");
    settler.follow(step, taskRun, AttemptState.LOST);
    var unused = settler.commitAndGoOn(step);
  }
}
