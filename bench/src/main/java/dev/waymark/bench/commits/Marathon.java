package dev.waymark.bench.commits;

import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs a given number of whole courses, many of them concurrently. */
public final class Marathon {
  private static final int AT_ONCE = 250;

  private final StateStore store;
  private final Course.Source source = new Course.Source();
  private long done;

  /** Runs them in this store, which stays open. */
  public Marathon(StateStore store) {
    this.store = store;
    Course.WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
  }

  /** Continues until this total number of courses has been run. */
  public void runUntil(long courses) {
    while (done < courses) {
      List<CompletableFuture<?>> running = new ArrayList<>();
      while (running.size() < AT_ONCE && done < courses) {
        running.add(run(source.next()));
        done++;
      }
      CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0])).join();
    }
  }

  /** Runs one step after the other: each is sent when the one before is durable. */
  private CompletableFuture<CommitResult> run(Course course) {
    CompletableFuture<CommitResult> last = store.commitAsync(course.step(1).changeSet());
    for (int number = 2; number <= Course.STEPS; number++) {
      Step next = course.step(number);
      last = last.thenCompose(result -> store.commitAsync(next.changeSet()));
    }
    return last;
  }
}
