package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.SignalChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must be loaded of signals, for the {@link Mailbox} of each execution. Any combination of
 * these executions with these names and keys may be loaded.
 *
 * @param executions executions to which signals are sent
 * @param taskRuns task runs that begin to wait; their executions count too
 * @param names the names of these signals
 * @param keys the idempotency keys of those that are sent
 * @param awaited the name of each wait that begins; each may be given one signal that is kept, also
 *     when one task run waits several times
 */
public record SignalFootprint(
    Set<ExecutionId> executions,
    Set<TaskRunId> taskRuns,
    Set<String> names,
    Set<String> keys,
    List<String> awaited) {

  /** An empty one. */
  SignalFootprint() {
    this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new ArrayList<>());
  }

  /** Whether nothing is to be loaded. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  void add(SignalChange.Send change) {
    executions.add(change.id());
    names.add(change.name());
    if (change.key() != null) {
      keys.add(change.key());
    }
  }

  void add(SignalChange.Await change) {
    taskRuns.add(change.id());
    names.add(change.name());
    awaited.add(change.name());
  }
}
