package dev.waymark.runner;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.internal.coordinator.WaitExplainer;
import dev.waymark.runner.internal.start.Definitions;
import org.jspecify.annotations.Nullable;

/**
 * Returns the reasons why executions of workflow files are not running. It combines three sources:
 * {@link StateStore#waiting}, the definition (the needs of tasks, the limit of parallel executions
 * of the workflow, the names of handlers), and which workers of this machine are known to have
 * died. Thread-safe. It caches the definitions that it reads.
 *
 * @since 0.1.0
 */
public final class WaitReader {
  private final WaitExplainer.Of explainer;

  /** Creates a reader for this store, which must stay open. */
  public WaitReader(StateStore store) {
    this.explainer = WaitExplainer.of(store, new Definitions(Definitions.reader(store)));
  }

  /**
   * Returns why an execution, and those of its task runs that have not ended, are not running.
   *
   * @return null when there is no such execution
   * @throws StoreUnavailableException when the store does not answer
   */
  public @Nullable Waiting waiting(ExecutionId id) {
    return explainer.waiting(id);
  }
}
