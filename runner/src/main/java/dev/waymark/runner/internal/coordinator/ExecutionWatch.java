package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Detects changes that others make to the executions that this runner works on. Belongs to the
 * coordinator's thread.
 */
final class ExecutionWatch {
  private final StateStore store;
  private final RetriedCalls retries;
  private final ExecutionPictures pictures;
  private final LocalAttempts attempts;
  private final Settler settler;
  private final SentEnds sent;

  ExecutionWatch(
      RunnerConfig config,
      ExecutionPictures pictures,
      LocalAttempts attempts,
      Settler settler,
      SentEnds sent) {
    this.store = config.store();
    this.retries = config.retries();
    this.pictures = pictures;
    this.attempts = attempts;
    this.settler = settler;
    this.sent = sent;
  }

  /** Reads the changes by others to these executions, and to those with a live attempt here. */
  void look(Set<ExecutionId> wanted) {
    for (ExecutionPicture picture : pictures.all()) {
      if (sent.has(picture.id())) {
        continue; // The store compares what is on its way, and reports changes by others.
      }
      boolean live = !attempts.of(picture.id()).isEmpty();
      boolean closely = (wanted.contains(picture.id()) || picture.isStale()) && picture.mayRead();
      if (live || closely || wanted.contains(picture.id())) {
        pictures.guard(picture, () -> look(picture, closely));
      }
    }
  }

  private void look(ExecutionPicture picture, boolean closely) {
    Execution now = retries.<@Nullable Execution>call(() -> store.execution(picture.id()));
    if (now == null || now.version() != picture.version() || (closely && othersMoved(picture))) {
      boolean due = picture.isStale();
      pictures.reload(picture);
      settler.settle(picture, due);
    } else if (closely) {
      picture.noteRead();
      settler.settle(picture, picture.isStale());
    }
  }

  private boolean othersMoved(ExecutionPicture picture) {
    for (TaskRun run : retries.call(() -> store.taskRuns(picture.id()))) {
      TaskRunPicture taskRun = picture.taskRun(run.id());
      if (taskRun != null
          && (run.version() != taskRun.version() || run.lastAttempt() != taskRun.attempt())) {
        return true;
      }
    }
    return false;
  }
}
