package dev.waymark.worker.internal.run;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.internal.base.Signal;
import dev.waymark.worker.internal.lease.Heartbeat;
import dev.waymark.worker.internal.run.LiveAttempt.Stop;
import dev.waymark.worker.internal.settle.End;
import dev.waymark.worker.internal.settle.Settler;
import dev.waymark.worker.internal.settle.Why;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts of a worker: runs their handlers, keeps their leases, and records their ends. An
 * attempt holds a slot until its handler has returned and its end is recorded. Thread-safe.
 */
final class Attempts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

  private final WorkerConfig config;
  private final Settler settler;
  private final Heartbeat heartbeat;
  private final ExecutorService threads;
  private final Signal freed;
  private final Map<AttemptId, LiveAttempt> live = new ConcurrentHashMap<>();

  /**
   * Creates an empty set.
   *
   * @param timer checks the clock of the leases
   * @param freed is set when a slot becomes free
   */
  Attempts(WorkerConfig config, ScheduledExecutorService timer, Signal freed) {
    this.config = config;
    this.freed = freed;
    this.settler = new Settler(config, this::executionEnded);
    this.heartbeat = new Heartbeat(config.life(), timer, this::lost);
    this.threads = AttemptThreads.create(config.concurrency(), config.virtualThreads());
  }

  Settler settler() {
    return settler;
  }

  /** Registers the worker in the store. */
  void begin() {
    heartbeat.begin();
  }

  /** How many slots are free. */
  int free() {
    return Math.max(0, config.concurrency() - live.size());
  }

  boolean isEmpty() {
    return live.isEmpty();
  }

  /** Whether this worker runs an attempt, or records its end. */
  boolean has(AttemptId id) {
    return live.containsKey(id);
  }

  /**
   * Starts an attempt that was claimed.
   *
   * @param sentNanos the monotonic time before the claim was sent
   */
  void start(Claimed claimed, long sentNanos) {
    AttemptId id = claimed.attempt().id();
    LiveAttempt attempt = new LiveAttempt(claimed, config.store());
    live.put(id, attempt);
    if (heartbeat.add(id, sentNanos)) {
      execute(attempt);
    } else {
      live.remove(id); // The answer took as long as the lease, so others may have the task run.
      LOG.warn("attempt {} was claimed too late: its lease may be over; it is not started", id);
    }
  }

  private void execute(LiveAttempt attempt) {
    try {
      threads.execute(() -> run(attempt));
    } catch (RejectedExecutionException e) {
      heartbeat.remove(attempt.id());
      live.remove(attempt.id());
      LOG.debug("attempt {} was claimed while the worker was closed", attempt.id(), e);
    }
  }

  private void run(LiveAttempt attempt) {
    try {
      settler.notifyStart(attempt.claimed());
      Result result = attempt.call(config.handler());
      if (attempt.take()) {
        record(attempt, result);
      }
    } catch (Throwable e) { // also an Error: the slot becomes free in any case
      LOG.atError()
          .addKeyValue("execution", attempt.execution())
          .addKeyValue("attempt", attempt.id())
          .setCause(e)
          .log("the end of attempt {} was not recorded; its lease expires", attempt.id());
    } finally {
      heartbeat.remove(attempt.id());
      live.remove(attempt.id());
      freed.set();
    }
  }

  private void record(LiveAttempt attempt, Result result) {
    End end = end(attempt, result);
    boolean recorded = end != null && settler.settle(attempt.execution(), Why.ended(end));
    if (end == null || end.state() == AttemptState.LOST || !recorded) {
      config
          .notifier()
          .notify(attempt.execution(), each -> each.resultDiscarded(attempt.claimed()));
    }
  }

  /** What is recorded, or null for nothing. */
  private static @Nullable End end(LiveAttempt attempt, Result result) {
    Stop stop = attempt.stopped();
    if (stop == null) {
      return End.of(attempt.id(), result);
    }
    return switch (stop) {
      // Its handler has returned, so others do not have to wait for the end of the lease.
      case LOST -> End.lost(attempt.id(), "its lease could not be renewed in time");
      case VOID -> null;
      case CLOSED ->
          result instanceof Result.Failure
              ? End.givenUp(attempt.id(), "worker stopped")
              : End.of(attempt.id(), result);
    };
  }

  // ---- attempts that are not wanted any more

  private void lost(AttemptId id) {
    LiveAttempt attempt = live.get(id);
    if (attempt != null) {
      attempt.stop(Stop.LOST);
    }
  }

  private void executionEnded(ExecutionId id) {
    for (LiveAttempt attempt : live.values()) {
      if (attempt.execution().equals(id)) {
        attempt.stop(Stop.VOID);
      }
    }
  }

  /** Interrupts the attempts that others have ended, by one read for all. */
  void watch() {
    List<LiveAttempt> before = List.copyOf(live.values());
    if (before.isEmpty()) {
      return;
    }
    List<TaskRunId> ids = before.stream().map(each -> each.id().taskRunId()).distinct().toList();
    Map<TaskRunId, Item> now = new ConcurrentHashMap<>();
    config
        .retries()
        .call(() -> config.store().taskRunProgress(ids))
        .forEach(item -> now.put(item.taskRun().id(), item));
    for (LiveAttempt attempt : before) {
      Item item = now.get(attempt.id().taskRunId());
      if (item == null || item.attempts().stream().noneMatch(each -> isLive(attempt, each))) {
        attempt.stop(Stop.VOID);
      }
    }
  }

  private static boolean isLive(LiveAttempt attempt, dev.waymark.core.model.Attempt found) {
    return found.id().equals(attempt.id()) && !found.state().isTerminal();
  }

  // ---- the end

  /** Whether the caller is the handler of one of these attempts. */
  boolean isCalledByHandler() {
    return live.values().stream().anyMatch(LiveAttempt::isOnThisThread);
  }

  /** Interrupts all attempts. */
  void stopAll() {
    live.values().forEach(attempt -> attempt.stop(Stop.CLOSED));
  }

  /**
   * Gives up the attempts whose handlers do not return: other workers may take their task runs at
   * once. What the handlers return later is discarded.
   */
  void giveUpAll() {
    for (LiveAttempt attempt : live.values()) {
      if (attempt.take()) {
        LOG.atWarn()
            .addKeyValue("execution", attempt.execution())
            .addKeyValue("attempt", attempt.id())
            .log("the handler of attempt {} did not return; it is given up", attempt.id());
        giveUp(attempt);
      }
    }
  }

  private void giveUp(LiveAttempt attempt) {
    try {
      End end = End.givenUp(attempt.id(), "worker stopped; its handler did not return in time");
      boolean unused = settler.settle(attempt.execution(), Why.ended(end));
    } catch (RuntimeException e) {
      LOG.warn("attempt {} could not be given up; its lease expires", attempt.id(), e);
    } finally {
      heartbeat.remove(attempt.id());
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    heartbeat.close();
  }
}
