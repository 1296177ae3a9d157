package dev.waymark.runner.internal.worker;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.internal.base.RetriedCalls;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.start.Definitions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings of a runner, complete and checked.
 *
 * @param store the state store
 * @param definitions parses the definitions that the store holds as text
 * @param worker the name of the worker in its attempts
 * @param concurrency the maximum number of live attempts
 * @param logs the log files
 * @param listener is notified of progress
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

  /**
   * The key under which a worker with a custom name publishes its process, in the format of {@link
   * Workers}. A later worker with the same name can then see that the process has ended.
   */
  static final String PROCESS = "process";

  /** The information that the worker publishes about itself. */
  Map<String, String> info() {
    Map<String, String> info = new TreeMap<>();
    info.put("concurrency", Integer.toString(concurrency));
    info.put(Worker.POOLS_INFO, String.join(",", pools));
    String executions = scope.published();
    if (executions != null) {
      info.put(Worker.EXECUTIONS_INFO, executions);
    }
    info.put("lease", Durations.format(lease));
    info.put("pid", Long.toString(ProcessHandle.current().pid()));
    info.put("host", Workers.host());
    if (!worker.startsWith(Workers.processName())) {
      info.put(PROCESS, Workers.processName());
    }
    return info;
  }
}
