package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Cursor;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a runner that decides. Callers and ending processes put what they have to say
 * into its inbox; between two messages it does what is to be done: looks at the store when that is
 * due, starts what may start, answers those whose wish is fulfilled, and sleeps until the next
 * message, pause or look.
 *
 * <p>Since one thread holds the whole picture there is nothing to lock but the door: requests
 * against the end of the thread.
 */
public final class Coordinator {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Set<ExecutionState> READY =
      Set.of(ExecutionState.PENDING, ExecutionState.RUNNING, ExecutionState.CANCELLING);
  private static final int PAGE = 100;
  private static final long SHORTEST_WAIT_NANOS = 1_000_000;
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(10);

  private final Config config;
  private final ScheduledThreadPoolExecutor timer;
  private final Engine engine;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

  private final Object door = new Object();
  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private boolean over;
  private @Nullable Throwable failure;

  // What follows is the thread's own.
  private final Map<ExecutionId, List<CompletableFuture<ExecutionState>>> runs = new HashMap<>();
  private final List<Work> works = new ArrayList<>();
  private final Set<ExecutionId> unfit = new HashSet<>();
  private boolean moreReady;
  private long nextLookNanos = System.nanoTime();

  private record Work(boolean untilIdle, CompletableFuture<Boolean> done) {}

  /** Makes a coordinator; its thread begins with the first request. */
  public Coordinator(Config config) {
    this.config = config;
    this.timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "waymark-processes"));
    timer.setRemoveOnCancelPolicy(true);
    this.engine = new Engine(config, timer, this::post, this::answer, this::setAside);
    Workers.opened(config.worker());
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  // ---- callers' threads

  /** As {@link dev.waymark.runner.Runner#run}. */
  public ExecutionState run(ExecutionId id) {
    CompletableFuture<ExecutionState> answer = new CompletableFuture<>();
    request(() -> begin(id, answer));
    return await(answer);
  }

  /** As {@link dev.waymark.runner.Runner#work}. */
  public void work(boolean untilIdle) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    request(() -> begin(new Work(untilIdle, done)));
    await(done);
  }

  /** Something changed in the store: if the thread is at work, let it look now. */
  public void nudge() {
    synchronized (door) {
      if (thread != null && !over) {
        inbox.add(() -> nextLookNanos = System.nanoTime());
      }
    }
  }

  /** As {@link dev.waymark.runner.Runner#stop}. */
  public void stop() {
    Thread worker;
    synchronized (door) {
      stopping = true;
      worker = thread;
      if (worker == null && !over) {
        over = true;
        release();
      }
      inbox.add(() -> {});
    }
    if (worker != null && worker != Thread.currentThread()) {
      join(worker);
    }
  }

  private static void join(Thread worker) {
    boolean interrupted = false;
    while (worker.isAlive()) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void request(Runnable request) {
    synchronized (door) {
      if (over || stopping) {
        throw new IllegalStateException("this runner has been stopped; make another one", failure);
      }
      if (thread == null) {
        thread = daemon(this::live, "waymark-runner");
        thread.start();
      }
      inbox.add(request);
    }
  }

  private <T> T await(CompletableFuture<T> answer) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "a run listener may not wait for its runner; call from another thread");
    }
    boolean interrupted = false;
    while (true) {
      try {
        T value = answer.get();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return value;
      } catch (InterruptedException e) {
        interrupted = true;
        stop();
      } catch (ExecutionException e) {
        throw unchecked(e.getCause());
      }
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  // ---- the thread

  private void live() {
    try {
      while (!stopping || engine.hasProcesses()) {
        turn();
        hear();
      }
      close(null);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  private void turn() {
    if (stopping) {
      engine.endProcesses();
      nextLookNanos = System.nanoTime() + config.pollInterval().toNanos();
      return;
    }
    boolean due = System.nanoTime() - nextLookNanos >= 0;
    if (due) {
      engine.poll();
      nextLookNanos = System.nanoTime() + config.pollInterval().toNanos();
    }
    if (!works.isEmpty() && (due || (moreReady && engine.readyTasks() < engine.freePlaces()))) {
      scan();
    }
    engine.startTasks();
    answerIdle();
  }

  private void hear() {
    try {
      Runnable message = inbox.poll(waitNanos(), TimeUnit.NANOSECONDS);
      while (message != null) {
        message.run();
        message = inbox.poll();
      }
    } catch (InterruptedException e) {
      stopping = true;
    }
  }

  private long waitNanos() {
    if (!engine.hasJobs() && !engine.hasProcesses() && works.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long nanos = nextLookNanos - System.nanoTime();
    Instant retry = engine.freePlaces() > 0 ? engine.nextRetry() : null;
    if (retry != null) {
      Duration pause = Duration.between(config.clock().instant(), retry);
      nanos = pause.compareTo(config.pollInterval()) < 0 ? Math.min(nanos, pause.toNanos()) : nanos;
    }
    return Math.max(SHORTEST_WAIT_NANOS, nanos);
  }

  /**
   * Called on any thread. What comes after a failure is not heard: nothing can be recorded any
   * more.
   */
  private void post(Runnable event) {
    inbox.add(
        () -> {
          if (failure == null) {
            event.run();
          }
        });
  }

  // ---- requests and their answers

  private void begin(ExecutionId id, CompletableFuture<ExecutionState> answer) {
    runs.computeIfAbsent(id, key -> new ArrayList<>()).add(answer);
    if (stopping || engine.has(id)) {
      return;
    }
    try {
      ExecutionState state = engine.adopt(id);
      if (state.isTerminal()) {
        answer(id, state);
      }
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      takeWaiters(id).forEach(waiter -> waiter.completeExceptionally(e));
    }
  }

  private void begin(Work work) {
    works.add(work);
    nextLookNanos = System.nanoTime();
  }

  private void answer(ExecutionId id, ExecutionState state) {
    takeWaiters(id).forEach(waiter -> waiter.complete(state));
  }

  private void setAside(ExecutionId id, WaymarkException cause) {
    if (unfit.add(id)) {
      LOG.warn("leaving {} alone: {}", RecordRef.of(id), cause.getMessage());
    }
    takeWaiters(id).forEach(waiter -> waiter.completeExceptionally(cause));
  }

  private List<CompletableFuture<ExecutionState>> takeWaiters(ExecutionId id) {
    List<CompletableFuture<ExecutionState>> waiters = runs.remove(id);
    return waiters == null ? List.of() : waiters;
  }

  private void answerIdle() {
    if (works.stream().noneMatch(Work::untilIdle) || !engine.isIdle()) {
      return;
    }
    // What is known may be half a poll interval old: one more look before going home.
    engine.poll();
    scan();
    engine.startTasks();
    if (engine.isIdle()) {
      works.stream().filter(Work::untilIdle).forEach(work -> work.done().complete(true));
      works.removeIf(Work::untilIdle);
    }
    if (works.isEmpty()) {
      engine.retain(runs.keySet());
    }
  }

  // ---- looking for executions

  /**
   * Takes ready executions in hand, the oldest first, until there are tasks enough for every place.
   */
  private void scan() {
    // Without a free place only what is being cancelled can be helped.
    Set<ExecutionState> states =
        engine.freePlaces() > 0 ? READY : Set.of(ExecutionState.CANCELLING);
    moreReady = false;
    Cursor after = null;
    do {
      Page<Execution> page = page(states, after);
      for (Execution execution : page.items()) {
        if (engine.readyTasks() >= config.concurrency()) {
          moreReady = true;
          return;
        }
        take(execution.id());
      }
      after = page.next();
    } while (after != null);
  }

  private Page<Execution> page(Set<ExecutionState> states, @Nullable Cursor after) {
    int limit = Math.min(PAGE, config.store().limits().maxPageSize());
    ExecutionQuery query =
        ExecutionQuery.builder().states(states).limit(limit).after(after).build();
    return new Patience(config.storePatience()).call(() -> config.store().executions(query));
  }

  private void take(ExecutionId id) {
    if (engine.has(id) || unfit.contains(id)) {
      return;
    }
    try {
      engine.adopt(id);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      unfit.add(id);
      LOG.warn("leaving {} alone: {}", RecordRef.of(id), e.getMessage());
    }
  }

  // ---- the end

  private void giveUp(Throwable cause) {
    engine.endProcesses();
    try {
      engine
          .processesEnded()
          .get(config.grace().plus(LAST_PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      LOG.warn("not every process of this worker has ended", e);
    }
    if (runs.isEmpty() && works.isEmpty()) {
      LOG.error("the runner ended", cause);
    }
    close(cause);
  }

  private void close(@Nullable Throwable cause) {
    synchronized (door) {
      over = true;
      failure = cause;
      release();
    }
    // Requests that came through the door just before are answered like the rest.
    stopping = true;
    for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
      message.run();
    }
    for (Work work : works) {
      if (cause == null) {
        work.done().complete(true);
      } else {
        work.done().completeExceptionally(cause);
      }
    }
    runs.forEach((id, waiters) -> waiters.forEach(waiter -> answerLast(id, waiter, cause)));
  }

  /** Tells one who waits for an execution that has not ended how it stands. */
  private void answerLast(
      ExecutionId id, CompletableFuture<ExecutionState> waiter, @Nullable Throwable cause) {
    if (cause != null) {
      waiter.completeExceptionally(cause);
      return;
    }
    try {
      Execution execution = config.store().execution(id);
      if (execution == null) {
        throw Refusals.notFound("run", RecordRef.of(id), "an execution");
      }
      waiter.complete(execution.state());
    } catch (RuntimeException e) {
      waiter.completeExceptionally(e);
    }
  }

  private void release() {
    timer.shutdown();
    Workers.closed(config.worker());
  }
}
