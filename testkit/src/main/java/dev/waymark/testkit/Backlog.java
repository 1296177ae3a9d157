package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.PoolHead;
import dev.waymark.core.internal.decide.ReadyHead;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ready task runs, the leases and the due executions of the reference store. Its times come
 * from a clock of its own, like those of a database. Not thread-safe.
 */
final class Backlog {
  private static final Comparator<Ready> ORDER =
      Comparator.comparingInt((Ready ready) -> -ready.priority())
          .thenComparing(Ready::availableAt)
          .thenComparing(Ready::taskRun);

  private final InstantSource clock = InstantSource.system();
  private final Map<TaskRunId, Ready> ready = new TreeMap<>();
  private final Map<TaskRunId, Lease> leases = new TreeMap<>();
  private final Map<String, Integer> slots = new TreeMap<>();
  private final Map<ExecutionId, Map<DueReason, Instant>> due = new TreeMap<>();

  /** A task run that may be claimed. */
  record Ready(TaskRunId taskRun, String pool, int priority, Instant availableAt) {}

  /** A lease on the live attempt of a task run. */
  record Lease(int number, String worker, Instant expiresAt, String pool) {}

  void write(Effect.TaskRunReady it) {
    ready.put(it.taskRun(), ready(it, now()));
  }

  void write(Effect.LeaseTaken it) {
    leases.put(
        it.attempt().taskRunId(),
        new Lease(it.attempt().number(), it.worker(), now().plus(it.lease()), it.pool()));
  }

  void write(Effect.LeaseRenewed it) {
    Instant expiresAt = now().plus(it.lease());
    leases.computeIfPresent(
        it.attempt().taskRunId(),
        (id, lease) -> new Lease(lease.number(), lease.worker(), expiresAt, lease.pool()));
  }

  void write(Effect.LeaseEnded it) {
    leases.remove(it.attempt().taskRunId());
  }

  void write(Effect.ExecutionDue it) {
    Instant at = now().plus(it.delay());
    due.computeIfAbsent(it.execution(), id -> new TreeMap<>())
        .merge(it.reason(), at, (one, other) -> one.isBefore(other) ? one : other);
  }

  void write(Effect.ExecutionNotDue it) {
    due.getOrDefault(it.execution(), new TreeMap<>()).remove(it.reason());
  }

  void write(Effect.PoolSet it) {
    if (it.slots() == null) {
      slots.remove(it.name());
    } else {
      slots.put(it.name(), it.slots());
    }
  }

  /** Removes everything of an execution with these task runs. */
  void delete(ExecutionId execution, Set<TaskRunId> taskRuns) {
    due.remove(execution);
    ready.keySet().removeAll(taskRuns);
    leases.keySet().removeAll(taskRuns);
  }

  private static Ready ready(Effect.TaskRunReady made, Instant now) {
    return new Ready(made.taskRun(), made.pool(), made.priority(), now.plus(made.delay()));
  }

  /** The ready head of a task run, as decisions need it, or null if the task run is not ready. */
  @Nullable ReadyHead readyHead(TaskRunId id) {
    Ready found = ready.get(id);
    return found == null
        ? null
        : new ReadyHead(
            id, found.pool(), found.priority(), !found.availableAt().isAfter(clock.instant()));
  }

  LeaseState lease(TaskRunId id) {
    Lease lease = leases.get(id);
    if (lease == null) {
      return LeaseState.NONE;
    }
    return lease.expiresAt().isAfter(clock.instant()) ? LeaseState.HELD : LeaseState.OVER;
  }

  boolean isDue(ExecutionId id) {
    return !due.getOrDefault(id, Map.of()).isEmpty();
  }

  /** The time by the clock of the backlog. */
  Instant now() {
    return clock.instant();
  }

  /** The times at which an execution is due, by reason. */
  Map<DueReason, Instant> dueOf(ExecutionId id) {
    return due.getOrDefault(id, Map.of());
  }

  /** The entry of a ready task run, or null. */
  @Nullable Ready ready(TaskRunId id) {
    return ready.get(id);
  }

  /** The number of task runs of a pool that may be claimed at a time. */
  long claimable(String pool, Instant at) {
    return ready.values().stream()
        .filter(each -> each.pool().equals(pool) && !each.availableAt().isAfter(at))
        .count();
  }

  boolean isReady(TaskRunId id) {
    return ready.containsKey(id);
  }

  /**
   * The task runs that a claim receives, in order. A pool gives at most as many as it has free
   * slots.
   */
  List<Ready> pick(ClaimRequest request, Predicate<TaskRunId> wanted) {
    Instant now = clock.instant();
    List<Ready> candidates =
        ready.values().stream()
            .filter(each -> request.pools().contains(each.pool()))
            .filter(each -> !each.availableAt().isAfter(now) && wanted.test(each.taskRun()))
            .sorted(ORDER)
            .toList();
    Map<String, Integer> free = new TreeMap<>();
    slots.forEach((pool, most) -> free.put(pool, most - (int) leasesIn(pool)));
    List<Ready> picked = new ArrayList<>();
    for (Ready each : candidates) {
      int room = free.getOrDefault(each.pool(), Integer.MAX_VALUE);
      if (room > 0 && picked.size() < request.limit()) {
        free.put(each.pool(), room - 1);
        picked.add(each);
      }
    }
    return picked;
  }

  /** Removes a task run from the ready task runs, if it is one of them. */
  void remove(TaskRunId id) {
    ready.remove(id);
  }

  /** Removes the picked task runs from the ready task runs. */
  void remove(List<Ready> picked) {
    picked.forEach(each -> ready.remove(each.taskRun()));
  }

  private long leasesIn(String pool) {
    return leases.values().stream().filter(lease -> lease.pool().equals(pool)).count();
  }

  /** All pools that have a bound, a lease or a ready task run, by name. */
  List<Pool> pools() {
    Set<String> names = new TreeSet<>(slots.keySet());
    leases.values().forEach(lease -> names.add(lease.pool()));
    ready.values().forEach(each -> names.add(each.pool()));
    return names.stream().map(this::pool).toList();
  }

  private Pool pool(String name) {
    long waiting = ready.values().stream().filter(each -> each.pool().equals(name)).count();
    return new Pool(name, slots.get(name), (int) leasesIn(name), waiting);
  }

  /** The bound of a pool, or null. */
  @Nullable PoolHead head(String pool) {
    Integer most = slots.get(pool);
    return most == null ? null : new PoolHead(pool, most);
  }

  /** The expired leases, longest expired first. */
  List<Map.Entry<TaskRunId, Lease>> expired() {
    Instant now = clock.instant();
    return leases.entrySet().stream()
        .filter(entry -> !entry.getValue().expiresAt().isAfter(now))
        .sorted(
            Comparator.comparing(
                    (Map.Entry<TaskRunId, Lease> entry) -> entry.getValue().expiresAt())
                .thenComparing(Map.Entry::getKey))
        .toList();
  }

  /** The executions that are due, longest due first. */
  List<Due> due() {
    Instant now = clock.instant();
    record Entry(Instant at, Due due) {}
    List<Entry> all = new ArrayList<>();
    due.forEach(
        (id, reasons) ->
            reasons.forEach((reason, at) -> all.add(new Entry(at, new Due(id, reason)))));
    return all.stream()
        .filter(entry -> !entry.at().isAfter(now))
        .sorted(Comparator.comparing(Entry::at).thenComparing(entry -> entry.due().executionId()))
        .map(Entry::due)
        .toList();
  }

  /** All leases, by task run. */
  Map<TaskRunId, Lease> leases() {
    return leases;
  }

  /** The number of leases of a worker. */
  long leasesOf(String worker) {
    return leases.values().stream().filter(lease -> lease.worker().equals(worker)).count();
  }

  /** The time until the next lease expires, or null. */
  @Nullable Duration nextExpiry() {
    Instant now = clock.instant();
    return until(now, leases.values().stream().map(Lease::expiresAt));
  }

  /**
   * The time until the next task run of these pools is ready or the next execution is due, or null.
   * Deadlines of held executions do not count.
   */
  @Nullable Duration next(ClaimRequest request, Predicate<ExecutionId> held) {
    Instant now = clock.instant();
    Stream<Instant> readyTimes =
        ready.values().stream()
            .filter(each -> request.pools().contains(each.pool()))
            .map(Ready::availableAt);
    List<Instant> dueTimes = new ArrayList<>();
    due.forEach(
        (id, reasons) ->
            reasons.forEach(
                (reason, at) -> {
                  if (reason != DueReason.DEADLINE || !held.test(id)) {
                    dueTimes.add(at);
                  }
                }));
    return until(now, Stream.concat(readyTimes, dueTimes.stream()));
  }

  private static @Nullable Duration until(Instant now, Stream<Instant> times) {
    return times
        .filter(time -> time.isAfter(now))
        .min(Comparator.naturalOrder())
        .map(time -> Duration.between(now, time))
        .orElse(null);
  }
}
