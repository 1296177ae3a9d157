package dev.waymark.core.internal.read;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Worker;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The information that a live worker publishes about its work.
 *
 * @param name its name
 * @param pools the pools that it serves, or null if it does not publish them
 * @param executions the only executions that it works on, or null for all
 */
public record WorkerFact(
    String name, @Nullable Set<String> pools, @Nullable Set<String> executions) {

  /** The fact for a worker with this name, from the information that it publishes. */
  public static WorkerFact of(String name, Map<String, String> info) {
    return new WorkerFact(
        name, words(info.get(Worker.POOLS_INFO)), words(info.get(Worker.EXECUTIONS_INFO)));
  }

  private static @Nullable Set<String> words(@Nullable String text) {
    return text == null
        ? null
        : Arrays.stream(text.split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether it works on this execution. */
  boolean worksOn(ExecutionId id) {
    return executions == null || executions.contains(id.toString());
  }

  /** Whether it serves this pool. */
  boolean serves(String pool) {
    return pools == null || pools.contains(pool);
  }

  /** Whether it serves this pool in every execution. */
  public boolean servesEverywhere(String pool) {
    return executions == null && serves(pool);
  }
}
