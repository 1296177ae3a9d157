package dev.waymark.worker.internal.lease;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import dev.waymark.worker.internal.base.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the leases of the attempts that this worker runs, all of them with one commit, and ends
 * the attempts whose leases may be lost. If one attempt is no longer live, the leases of the others
 * are still renewed.
 *
 * <p><b>Whose clock.</b> A lease ends by the clock of the store, and its length is counted there
 * from the moment of the commit. This worker counts by its own monotonic clock from before it sent
 * the commit. So it can only assume an earlier end than the store, whatever the clocks of the two
 * machines show and however they are set.
 *
 * <p>Two threads share the work. One renews, and may be blocked by a store that does not answer.
 * The other is the thread of the processes. It only checks the clock, and ends the attempts whose
 * leases may have expired, even then. A margin is left to end an attempt.
 */
public final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** The number of renewals in the time of a lease: if two fail, the third one is still in time. */
  private static final int BEATS = 3;

  private static final int LOOKS = 20;
  private static final long LONGEST_LOOK_NANOS = 1_000_000_000L;

  private final StateStore store;
  private final Ids ids;
  private final Duration lease;
  private final long marginNanos;
  private final Consumer<AttemptId> lost;
  private final String worker;
  private final Supplier<Map<String, String>> info;
  private final UUID life;
  private volatile boolean noted;
  private final Map<AttemptId, Long> until = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor beats;

  /** The delays between failed renewals; used by the thread that renews. */
  private final Backoff retries;

  /**
   * Starts the heartbeat.
   *
   * @param timer checks the clock
   * @param lost is notified, on any thread, of a lease that may be lost
   */
  public Heartbeat(WorkerLife config, ScheduledExecutorService timer, Consumer<AttemptId> lost) {
    this.store = config.store();
    this.ids = config.ids();
    this.lease = config.lease();
    this.lost = lost;
    this.worker = config.worker();
    this.info = config.info();
    this.life = config.ids().commitId().value();
    long nanos = lease.toNanos();
    this.marginNanos = Math.min(nanos / LOOKS, LONGEST_LOOK_NANOS) * 2;
    long look = Math.max(1, Math.min(nanos / LOOKS, LONGEST_LOOK_NANOS));
    this.retries = Backoff.endless(lease.dividedBy(LOOKS), lease.dividedBy(BEATS));
    this.beats = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-heartbeat"));
    beats.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    beatAfter(interval());
    var unusedLook = timer.scheduleWithFixedDelay(this::look, look, look, TimeUnit.NANOSECONDS);
  }

  /**
   * Registers this worker in the store, so that other processes can see it.
   *
   * @throws RefusedException when another living worker has the same name
   */
  public void begin() {
    try {
      note();
    } catch (RefusedException e) {
      if (!retireDeadLife()) {
        throw e;
      }
      note();
    }
    noted = true;
  }

  private void note() {
    store.commit(
        ChangeSet.builder(ids.commitId()).keepWorker(worker, life, lease, info.get()).build());
  }

  /**
   * Takes the name from an earlier worker whose process has certainly ended without deregistering,
   * so that its lease time need not expire. Returns false when there is none.
   */
  private boolean retireDeadLife() {
    for (Worker other : store.workers()) {
      String process = other.name().equals(worker) ? other.info().get(WorkerLife.PROCESS) : null;
      if (process != null && Workers.hasEnded(process)) {
        LOG.atInfo()
            .addKeyValue("worker", worker)
            .log("the process {} had the name of this worker and has ended", process);
        store.commit(ChangeSet.builder(ids.commitId()).retireWorker(worker, other.life()).build());
        return true;
      }
    }
    return false;
  }

  /**
   * Keeps the lease of an attempt from now on.
   *
   * @param sentNanos the monotonic time before its claim was sent
   * @return false when its lease may have expired; it is then not kept
   */
  public boolean add(AttemptId id, long sentNanos) {
    long end = sentNanos + lease.toNanos();
    if (isOver(end)) {
      return false;
    }
    until.put(id, end);
    return true;
  }

  /**
   * Whether the lease of an attempt is kept: the attempt has not ended and its lease is not lost.
   */
  public boolean keeps(AttemptId id) {
    return until.containsKey(id);
  }

  /** Stops renewing the lease of an attempt that has ended. */
  public void remove(AttemptId id) {
    until.remove(id);
  }

  private boolean isOver(long end) {
    return System.nanoTime() - end >= -marginNanos;
  }

  /** Checks the clock; on the timer's thread. */
  private void look() {
    until.forEach(
        (id, end) -> {
          if (isOver(end)) {
            LOG.atWarn()
                .addKeyValue("taskRun", id.taskRunId())
                .addKeyValue("attempt", id.number())
                .addKeyValue("worker", worker)
                .log(
                    "a lease could not be renewed within {}; ending the attempt here, others may take it",
                    lease);
            lose(id);
          }
        });
  }

  private void lose(AttemptId id) {
    if (until.remove(id) != null) {
      lost.accept(id);
    }
  }

  /**
   * Renews all leases, and schedules the next renewal even if this one fails. There is at most one
   * scheduled renewal: a store that fails receives at most as many calls as one that answers,
   * except for the first few retries.
   */
  private void beat() {
    long pause = interval();
    try {
      renewAll();
      retries.reset();
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      LOG.debug("leases could not be renewed; retrying", e);
      pause = retries.nextNanos();
    } catch (RuntimeException e) {
      LOG.warn("leases could not be renewed", e);
    } finally {
      beatAfter(pause);
    }
  }

  /** A part of the lease, with jitter: workers that began together renew at different times. */
  private long interval() {
    long longest = lease.toNanos() / BEATS;
    return ThreadLocalRandom.current().nextLong(longest - longest / BEATS, longest);
  }

  private void beatAfter(long nanos) {
    try {
      var unused = beats.schedule(this::beat, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("this worker has stopped", e);
    }
  }

  /** Skips an attempt whose lease may have expired: it is being ended here. */
  private void renewAll() {
    List<AttemptId> held = new ArrayList<>();
    until.forEach(
        (id, end) -> {
          if (!isOver(end)) {
            held.add(id);
          }
        });
    int most = Math.max(1, store.limits().maxChanges() - 1);
    if (held.isEmpty() && noted) {
      renew(held);
    }
    for (int from = 0; from < held.size(); from += most) {
      renew(held.subList(from, Math.min(from + most, held.size())));
    }
  }

  private void renew(List<AttemptId> held) {
    boolean withWorker = noted;
    ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
    if (withWorker) {
      changes.keepWorker(worker, life, lease, info.get());
    }
    held.forEach(id -> changes.renewLeaseIfLive(id, lease));
    if (changes.isEmpty()) {
      return;
    }
    long sent = System.nanoTime();
    try {
      List<Outcome> outcomes = store.commit(changes.build()).outcomes();
      renewed(held, outcomes.subList(outcomes.size() - held.size(), outcomes.size()), sent);
    } catch (RefusedException e) {
      if (!withWorker || !isAboutWorker(e)) {
        throw e;
      }
      noted = false;
      renew(held);
    }
  }

  /** Keeps the attempts whose leases were renewed, and ends the others here. */
  private void renewed(List<AttemptId> held, List<Outcome> outcomes, long sentNanos) {
    for (int i = 0; i < held.size(); i++) {
      AttemptId id = held.get(i);
      if (outcomes.get(i).changed()) {
        until.computeIfPresent(id, (same, end) -> sentNanos + lease.toNanos());
      } else {
        lose(id);
      }
    }
  }

  /**
   * Whether another worker has the name, because this one sent no heartbeat for too long. The
   * leases are then kept without a registered worker.
   */
  private boolean isAboutWorker(RefusedException refusal) {
    boolean about =
        refusal.refusals().stream().anyMatch(each -> each.record().kind() == RecordKind.WORKER);
    if (about) {
      LOG.atWarn()
          .addKeyValue("worker", worker)
          .setCause(refusal)
          .log("another worker now has the name of this worker; renewing the leases without it");
    }
    return about;
  }

  @Override
  public void close() {
    beats.shutdown();
    until.clear();
    if (noted) {
      noted = false;
      try {
        store.commit(ChangeSet.builder(ids.commitId()).retireWorker(worker, life).build());
      } catch (WaymarkException | IllegalStateException e) {
        LOG.debug("could not record that worker {} has stopped", worker, e);
      }
    }
  }
}
