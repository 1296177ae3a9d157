package dev.waymark.runner;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.internal.coordinator.WaitExplainer;
import dev.waymark.runner.internal.start.Definitions;
import org.jspecify.annotations.Nullable;

/**
 * Reads why executions of workflow files are not running: what {@link StateStore#waiting} says,
 * completed by the definition (the needs of tasks, the bound of the workflow, the names of
 * handlers), and by which workers of this machine are seen to have died. Thread-safe; definitions
 * that were read are kept.
 */
public final class WaitReader {
  private final WaitExplainer.Of explainer;

  /** Reads from this store, which must stay open. */
  public WaitReader(StateStore store) {
    this.explainer = WaitExplainer.of(store, new Definitions(Runner.reader(store)));
  }

  /**
   * Why an execution, and those of its task runs that have not ended, are not running.
   *
   * @return null when there is no such execution
   * @throws StoreUnavailableException when the store does not answer
   */
  public @Nullable Waiting waiting(ExecutionId id) {
    return explainer.waiting(id);
  }
}
