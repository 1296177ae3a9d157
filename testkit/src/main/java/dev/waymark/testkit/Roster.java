package dev.waymark.testkit;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.WorkerHead;
import dev.waymark.core.internal.read.WorkerFact;
import dev.waymark.core.store.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The workers of the reference store. Their times come from a clock of its own, like those of a
 * database. Not thread-safe.
 */
final class Roster {
  private static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  /** The order in which databases sort text. */
  private static final Comparator<String> BY_BYTES =
      (one, other) -> Arrays.compareUnsigned(Text.utf8(one), Text.utf8(other));

  private final InstantSource clock = InstantSource.system();
  private final Map<String, Entry> workers = new TreeMap<>(BY_BYTES);

  private record Entry(
      UUID life, Instant startedAt, Instant seenAt, Instant expiresAt, Map<String, String> info) {}

  void write(Effect.WorkerKept kept) {
    Instant now = now();
    workers.put(
        kept.name(),
        new Entry(kept.life(), startedAt(kept, now), now, now.plus(kept.lease()), kept.info()));
    workers.values().removeIf(each -> each.seenAt().isBefore(now.minus(LONGEST_SILENCE)));
  }

  void write(Effect.WorkerRetired retired) {
    Instant now = now();
    workers.computeIfPresent(
        retired.name(),
        (name, it) -> new Entry(it.life(), it.startedAt(), it.seenAt(), now, it.info()));
  }

  private Instant now() {
    return Times.micros(clock.instant());
  }

  private Instant startedAt(Effect.WorkerKept kept, Instant now) {
    Entry before = workers.get(kept.name());
    return before != null && before.life().equals(kept.life()) ? before.startedAt() : now;
  }

  @Nullable WorkerHead head(String name) {
    Entry entry = workers.get(name);
    return entry == null ? null : new WorkerHead(name, entry.life(), isAlive(entry));
  }

  private boolean isAlive(Entry entry) {
    return entry.expiresAt().isAfter(clock.instant());
  }

  /** The information that the live workers publish, by name. */
  List<WorkerFact> living() {
    return workers.entrySet().stream()
        .filter(each -> isAlive(each.getValue()))
        .map(each -> WorkerFact.of(each.getKey(), each.getValue().info()))
        .toList();
  }

  /** Whether a worker has registered and is no longer alive. */
  boolean isDead(String name) {
    Entry entry = workers.get(name);
    return entry != null && !isAlive(entry);
  }

  /** All workers, by name. {@code leases} returns the number of attempts of each. */
  List<Worker> workers(ToIntFunction<String> leases) {
    return workers.entrySet().stream()
        .map(each -> worker(each.getKey(), each.getValue(), leases.applyAsInt(each.getKey())))
        .toList();
  }

  private Worker worker(String name, Entry entry, int attempts) {
    return new Worker(
        name,
        entry.life(),
        entry.startedAt(),
        entry.seenAt(),
        isAlive(entry),
        entry.info(),
        attempts);
  }
}
