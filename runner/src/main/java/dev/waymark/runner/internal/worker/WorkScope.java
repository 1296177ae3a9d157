package dev.waymark.runner.internal.worker;

import dev.waymark.core.model.ExecutionId;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The executions that a runner works on, in the form that it publishes. Other processes read from
 * it whether a worker works on an execution. Thread-safe.
 */
public final class WorkScope {
  /**
   * More ids would make the record of a worker large. If the runner works on more executions, it
   * publishes the first ones.
   */
  private static final int PUBLISHED = 20;

  private final Map<ExecutionId, Integer> executions = new TreeMap<>();
  private int all;

  public synchronized void add(ExecutionId id) {
    executions.merge(id, 1, Integer::sum);
  }

  public synchronized void remove(ExecutionId id) {
    executions.computeIfPresent(id, (key, times) -> times == 1 ? null : times - 1);
  }

  public synchronized void addAll() {
    all++;
  }

  public synchronized void removeAll() {
    all--;
  }

  /** The published ids, separated by commas; null when it works on all executions. */
  synchronized @Nullable String published() {
    return all > 0
        ? null
        : executions.keySet().stream()
            .limit(PUBLISHED)
            .map(ExecutionId::toString)
            .collect(Collectors.joining(","));
  }
}
