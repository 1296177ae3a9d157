package dev.waymark.worker.internal.setup;

import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Placement;
import dev.waymark.worker.api.Retry;
import dev.waymark.worker.internal.base.RetriedCalls;
import dev.waymark.worker.internal.lease.WorkerLife;
import java.time.Duration;
import java.util.Set;

/**
 * The settings of a worker, complete and checked.
 *
 * @param store the state store
 * @param worker the name of the worker
 * @param concurrency the maximum number of live attempts
 * @param lease how long the store keeps an attempt for this worker without a heartbeat
 * @param pools the pools that it serves
 * @param workflows the only workflows whose executions it examines; empty for all
 * @param placement places tasks
 * @param retry the policy for retries
 * @param maxLost the number of attempts of one task run that may be lost before it fails
 * @param pollInterval the longest time between two looks at the store
 * @param drain how long a close waits for live attempts
 * @param grace how long a close waits for handlers that were interrupted
 * @param retries retries calls of a store that does not answer
 * @param ids creates ids
 * @param virtualThreads whether to run handlers on virtual threads where the JDK has them
 * @param handler does the work
 * @param next decides what follows
 * @param notifier notifies the listeners
 */
public record WorkerConfig(
    StateStore store,
    String worker,
    int concurrency,
    Duration lease,
    Set<String> pools,
    Set<WorkflowId> workflows,
    Placement.Rule placement,
    Retry retry,
    int maxLost,
    Duration pollInterval,
    Duration drain,
    Duration grace,
    RetriedCalls retries,
    Ids ids,
    boolean virtualThreads,
    Handler handler,
    Next next,
    Notifier notifier) {

  /** What the heartbeat needs. */
  public WorkerLife life() {
    return new WorkerLife(
        store, ids, worker, lease, () -> WorkerLife.info(worker, concurrency, pools, lease));
  }

  /** Whether this worker examines the executions of a workflow. */
  public boolean examines(WorkflowId workflow) {
    return workflows.isEmpty() || workflows.contains(workflow);
  }
}
