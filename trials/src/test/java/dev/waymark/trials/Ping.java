package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.Await;
import java.util.List;
import java.util.Objects;

/**
 * A task that only one worker claims, in the pool with its name. When it has answered, it has
 * received the earlier notifications and has acted on them.
 */
final class Ping {
  private final StateStore store;
  private final String worker;
  private final ExecutionId id;

  private Ping(StateStore store, String worker, ExecutionId id) {
    this.store = store;
    this.worker = worker;
    this.id = id;
  }

  static Ping start(StateStore store, String worker) {
    WorkflowId workflow =
        Workload.save(
            store,
            """
            id: ping-%1$s
            tasks:
              ping: {pool: %1$s, uses: check, with: {sum: "0"}}
            """
                .formatted(worker));
    try (Runner runner = Runner.builder(store, Workload::read).build()) {
      return new Ping(store, worker, runner.start(StartRequest.of(workflow)));
    }
  }

  /** Pings a worker and waits for its answer. */
  static void answered(StateStore store, String worker) {
    start(store, worker).awaitAnswer();
  }

  boolean isAnswered() {
    return Objects.requireNonNull(store.execution(id)).state().isTerminal();
  }

  /**
   * Waits until the worker has answered. One attempt runs. Before it there may be one that never
   * began: a worker that is suspended just before it sends a claim gets the ping by that claim when
   * it continues, and the lease expired before.
   */
  void awaitAnswer() {
    Await.until("an answer of " + worker, this::isAnswered);
    List<Attempt> attempts =
        Objects.requireNonNull(store.executionDetails(id)).taskRuns().get(0).attempts();
    assertThat(attempts).as("%s", attempts).hasSizeBetween(1, 2);
    assertThat(attempts).allMatch(each -> worker.equals(each.worker()), "of " + worker);
    int last = attempts.size() - 1;
    assertThat(attempts.get(last).state()).isEqualTo(AttemptState.SUCCEEDED);
    for (Attempt earlier : attempts.subList(0, last)) {
      assertThat(earlier.state()).isEqualTo(AttemptState.LOST);
      assertThat(earlier.error())
          .startsWith("cannot start: its lease of ")
          .endsWith(" was over before it could begin");
    }
  }
}
