package dev.waymark.runner.internal.worker;

import dev.waymark.core.model.Ids;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.runner.internal.start.StartExecution;
import dev.waymark.runner.internal.trace.SafeTracer;
import dev.waymark.worker.internal.base.RetriedCalls;
import dev.waymark.worker.internal.lease.WorkerLife;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * The settings of a runner, complete and checked.
 *
 * @param store the state store
 * @param definitions parses the definitions that the store holds as text
 * @param worker the name of the worker in its attempts
 * @param concurrency the maximum number of live attempts
 * @param logs the log files
 * @param listener is notified of progress
 * @param tracer traces starts and attempts; its exceptions have no effect
 * @param clock the clock that measures delays
 * @param ids creates ids
 * @param grace the time that a process group has to end on request
 * @param pollInterval the interval at which the store is asked for changes by others
 * @param maxLost the number of attempts of one task run that may be lost before it fails
 * @param lease how long the store keeps an attempt for this worker without a heartbeat
 * @param pools the pools that it serves
 * @param handlers the handlers for tasks that use one
 * @param logSettings the settings for the output of attempts
 * @param retries retries calls of a store that does not answer
 * @param scope the executions that it works on
 */
public record RunnerConfig(
    StateStore store,
    Definitions definitions,
    String worker,
    int concurrency,
    TaskLogs logs,
    RunListener listener,
    RunTracer tracer,
    InstantSource clock,
    Ids ids,
    Duration grace,
    Duration pollInterval,
    int maxLost,
    Duration lease,
    Set<String> pools,
    Handlers handlers,
    LogSettings logSettings,
    RetriedCalls retries,
    WorkScope scope) {
  private static final String PURGES = "purges";

  /** Guards the tracer. */
  public RunnerConfig {
    tracer = SafeTracer.of(tracer);
  }

  /** What the heartbeat needs. */
  public WorkerLife life() {
    return new WorkerLife(store, ids, worker, lease, this::info);
  }

  /** The starter of executions in this store. */
  public StartExecution starts() {
    return new StartExecution(store, definitions, ids, tracer);
  }

  /** The information that the worker publishes about itself. */
  private Map<String, String> info() {
    Map<String, String> info = WorkerLife.info(worker, concurrency, pools, lease);
    String executions = scope.published();
    if (executions == null) {
      info.put(PURGES, "true");
    } else {
      info.put(Worker.EXECUTIONS_INFO, executions);
    }
    return info;
  }

  /** Whether a worker says that it deletes executions whose retention is over. */
  public static boolean purges(Worker worker) {
    return "true".equals(worker.info().get(PURGES));
  }
}
