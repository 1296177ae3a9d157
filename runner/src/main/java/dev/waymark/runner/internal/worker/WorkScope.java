package dev.waymark.runner.internal.worker;

import dev.waymark.core.model.ExecutionId;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which executions a runner works on, as it publishes them: others see from it whether anybody
 * works on an execution. Thread-safe.
 */
public final class WorkScope {
  /** More would make the record of a worker large; who is asked for more names the first. */
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

  /** Their ids, separated by commas; null when it works on all executions. */
  synchronized @Nullable String published() {
    return all > 0
        ? null
        : executions.keySet().stream()
            .limit(PUBLISHED)
            .map(ExecutionId::toString)
            .collect(Collectors.joining(","));
  }
}
