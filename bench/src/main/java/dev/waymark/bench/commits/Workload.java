package dev.waymark.bench.commits;

import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs a given number of whole lifecycles, many of them concurrently. */
public final class Workload {
  private static final int AT_ONCE = 250;

  private final StateStore store;
  private final Lifecycle.Source source = new Lifecycle.Source();
  private long done;

  /** Runs them in this store, which stays open. */
  public Workload(StateStore store) {
    this.store = store;
    Lifecycle.WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
  }

  /** Continues until this total number of lifecycles has been run. */
  public void runUntil(long lifecycles) {
    while (done < lifecycles) {
      List<CompletableFuture<?>> running = new ArrayList<>();
      while (running.size() < AT_ONCE && done < lifecycles) {
        running.add(run(source.next()));
        done++;
      }
      CompletableFuture.allOf(running.toArray(new CompletableFuture<?>[0])).join();
    }
  }

  /** Runs one step after the other: each is sent when the one before is durable. */
  private CompletableFuture<CommitResult> run(Lifecycle lifecycle) {
    CompletableFuture<CommitResult> last = store.commitAsync(lifecycle.step(1).changeSet());
    for (int number = 2; number <= Lifecycle.STEPS; number++) {
      Step next = lifecycle.step(number);
      last = last.thenCompose(result -> store.commitAsync(next.changeSet()));
    }
    return last;
  }
}
