package dev.waymark.runner.internal;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.StateStore;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps up with what others change in the executions in hand. Belongs to the coordinator's thread.
 */
final class ExecutionWatch {
  private final StateStore store;
  private final Patience patience;
  private final Jobs jobs;
  private final LocalAttempts attempts;
  private final Settler settler;

  ExecutionWatch(Config config, Jobs jobs, LocalAttempts attempts, Settler settler) {
    this.store = config.store();
    this.patience = config.patience();
    this.jobs = jobs;
    this.attempts = attempts;
    this.settler = settler;
  }

  /** Looks for what others changed in these executions, and in those with a live attempt here. */
  void look(Set<ExecutionId> wanted) {
    for (Job job : jobs.all()) {
      boolean live = !attempts.of(job.id()).isEmpty();
      boolean closely = (wanted.contains(job.id()) || job.isStale()) && job.mayRead();
      if (live || closely || wanted.contains(job.id())) {
        jobs.guard(job, () -> look(job, closely));
      }
    }
  }

  private void look(Job job, boolean closely) {
    Execution now = patience.<@Nullable Execution>call(() -> store.execution(job.id()));
    if (now == null || now.version() != job.version() || (closely && othersMoved(job))) {
      boolean due = job.isStale();
      jobs.reload(job);
      settler.settle(job, due);
    } else if (closely) {
      job.noteRead();
      settler.settle(job, job.isStale());
    }
  }

  private boolean othersMoved(Job job) {
    for (TaskRun run : patience.call(() -> store.taskRuns(job.id()))) {
      Node node = job.node(run.id());
      if (node != null && (run.version() != node.version || run.lastAttempt() != node.attempt)) {
        return true;
      }
    }
    return false;
  }
}
