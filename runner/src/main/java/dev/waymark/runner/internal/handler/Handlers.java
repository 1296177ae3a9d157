package dev.waymark.runner.internal.handler;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.definition.TaskDefinition;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a runner, by name, and the pools of their tasks. A task with {@code uses:} waits
 * in a pool with the name of its handler, unless it names a pool. So only workers that can run the
 * task claim it.
 */
public final class Handlers {
  private static final String PREFIX = "uses.";
  private static final Pattern UNUSABLE = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int MOST_CHARS = 100;

  private final Map<String, TaskHandler> byName;
  private final @Nullable PayloadCodec codec;

  /**
   * Creates the set of these handlers.
   *
   * @param codec maps their values, or null
   */
  public Handlers(Map<String, TaskHandler> byName, @Nullable PayloadCodec codec) {
    this.byName = Collections.unmodifiableMap(new TreeMap<>(byName));
    this.codec = codec;
  }

  /**
   * What maps the values of handlers to payloads and back.
   *
   * @throws InvalidInputException when the runner has no codec
   */
  public PayloadCodec codec() {
    if (codec == null) {
      throw new InvalidInputException(
          "this worker has no codec that maps values to payloads and back; give it one with"
              + " Runner.builder(store).codec(...), for example one of waymark-jackson");
    }
    return codec;
  }

  /**
   * The handler with this name.
   *
   * @throws InvalidInputException when no handler with this name is registered
   */
  public TaskHandler named(@Nullable String name) {
    TaskHandler handler = name == null ? null : byName.get(name);
    if (handler == null) {
      throw new InvalidInputException(
          "no handler "
              + Text.quote(String.valueOf(name))
              + " is registered with this worker; it has "
              + (byName.isEmpty() ? "none" : String.join(", ", byName.keySet()))
              + ". Register it, or name a pool whose workers have it");
    }
    return handler;
  }

  /** Whether a handler with this name is registered. */
  boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The pools of a worker with these handlers: those that it names, and those of the handlers. */
  public Set<String> served(Set<String> named) {
    Set<String> pools = new TreeSet<>(named.isEmpty() ? Set.of(ClaimRequest.DEFAULT_POOL) : named);
    byName.keySet().forEach(name -> pools.add(pool(name)));
    return pools;
  }

  /** The pool in which a task waits. */
  public static String poolOf(TaskDefinition task) {
    if (task.pool() != null) {
      return task.pool();
    }
    return task.uses() == null ? ClaimRequest.DEFAULT_POOL : pool(task.uses());
  }

  /**
   * Converts the name of a handler to the name of its pool. A name that a pool cannot have, or that
   * is too long, gets a hash of 32 bits. If two such names have the same hash and the same first
   * characters, their handlers share a pool. Then a worker that has only one of the handlers also
   * claims tasks of the other one, and these attempts fail with the error of {@link #named}. The
   * hash is not longer, because workers of an earlier version serve the pools of these names.
   */
  private static String pool(String handler) {
    String usable = UNUSABLE.matcher(handler).replaceAll("_");
    if (usable.equals(handler) && handler.length() <= MOST_CHARS) {
      return PREFIX + handler;
    }
    String start = usable.substring(0, Math.min(usable.length(), MOST_CHARS));
    return PREFIX + start + "-" + Integer.toHexString(handler.hashCode());
  }
}
