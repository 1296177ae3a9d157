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
 * @param store where the truth is
 * @param definitions reads what the store holds as text
 * @param worker the name under which attempts are recorded
 * @param concurrency how many attempts may be live at once
 * @param logs where output goes
 * @param listener hears of progress
 * @param clock the time that pauses are measured against
 * @param ids makes ids
 * @param grace how long a process group that is asked to end may take
 * @param pollInterval how often the store is asked what others changed
 * @param maxLost how many attempts of one task run may be lost before it has failed
 * @param lease how long the store keeps an attempt for this worker without a sign of life
 * @param pools the pools that it serves
 * @param handlers what it does for tasks that use a handler
 * @param logSettings what becomes of the output of attempts
 * @param retries retries calls of a store that does not answer
 * @param scope which executions it works on
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
   * Under this name a worker with a name of its own tells which process it is, in the words of
   * {@link Workers}: so its next life can see that this one has ended.
   */
  static final String PROCESS = "process";

  /** What the worker tells of itself. */
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
