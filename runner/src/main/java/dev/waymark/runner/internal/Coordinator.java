package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
 * due or the store has called, claims what is ready while there is a free place, answers those
 * whose wish is fulfilled, and sleeps until the next message or look.
 *
 * <p>Since one thread holds the whole picture there is nothing to lock but the door: requests
 * against the end of the thread.
 */
public final class Coordinator {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  /**
   * A call from the store may be lost; this is how often leases of dead neighbours are looked for.
   */
  private static final Duration NEIGHBOURS_INTERVAL = Duration.ofSeconds(5);

  /** Nothing should be found by it but what was begun without claims. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

  private static final long SHORTEST_WAIT_NANOS = 1_000_000;
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(10);

  private final Config config;
  private final ScheduledThreadPoolExecutor timer;
  private final Engine engine;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

  private final Object door = new Object();
  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private volatile boolean draining;
  private volatile boolean called;
  private @Nullable Subscription calls;
  private boolean over;
  private @Nullable Throwable failure;

  // What follows is the thread's own.
  private final Map<ExecutionId, List<CompletableFuture<ExecutionState>>> runs = new HashMap<>();
  private final List<Work> works = new ArrayList<>();
  private final Set<ExecutionId> unfit = new HashSet<>();
  private boolean placeFreed;
  private boolean waitsForMore;
  private long nextLookNanos = System.nanoTime();
  private long nextNeighboursNanos = System.nanoTime();
  private long nextSweepNanos = System.nanoTime();

  private record Work(boolean untilIdle, CompletableFuture<Boolean> done) {}

  /** The answer to a claim, and the monotonic time before that very claim was sent. */
  private record Sent(long nanos, Claims answer) {}

  /** Makes a coordinator; its thread begins with the first request. */
  public Coordinator(Config config) {
    this.config = config;
    this.timer = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-processes"));
    timer.setRemoveOnCancelPolicy(true);
    this.engine = new Engine(config, timer, this::post, this::answer, this::setAside);
    Workers.opened(config.worker());
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

  /** As {@link dev.waymark.runner.Runner#drain}. */
  public void drain() {
    Thread worker;
    synchronized (door) {
      draining = true;
      worker = thread;
      inbox.add(() -> {});
    }
    if (worker == null) {
      stop();
    } else if (worker != Thread.currentThread()) {
      join(worker);
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
      if (over || stopping || draining) {
        throw new IllegalStateException("this runner has been stopped; make another one", failure);
      }
      if (thread == null) {
        thread = new DaemonThreads("waymark-runner").newThread(this::live);
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
      config
          .patience()
          .call(
              () -> {
                engine.attempts().begin();
                return true;
              });
      calls = config.store().onReady(this::call);
      while (!(stopping || draining) || !engine.attempts().isEmpty()) {
        turn();
        hear();
      }
      close(null);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  /** The store says that there may be something to do; on any thread. */
  private void call() {
    if (!called) {
      called = true;
      inbox.add(() -> {});
    }
  }

  private void turn() {
    if (stopping) {
      engine.attempts().endAll();
      nextLookNanos = System.nanoTime() + config.pollInterval().toNanos();
      return;
    }
    boolean due = called || System.nanoTime() - nextLookNanos >= 0;
    if (due) {
      called = false;
      nextLookNanos = System.nanoTime() + config.pollInterval().toNanos();
      engine.poll(runs.keySet());
    }
    if (due || placeFreed) {
      placeFreed = false;
      look();
    }
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
    if (!engine.hasJobs() && engine.attempts().isEmpty() && works.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return Math.max(SHORTEST_WAIT_NANOS, nextLookNanos - System.nanoTime());
  }

  /**
   * Called on any thread. What comes after a failure is not heard: nothing can be recorded any
   * more.
   */
  private void post(Runnable event) {
    inbox.add(
        () -> {
          if (failure == null) {
            placeFreed = true;
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
      nextLookNanos = System.nanoTime();
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      takeWaiters(id).forEach(waiter -> waiter.completeExceptionally(e));
    }
  }

  private void begin(Work work) {
    works.add(work);
    nextLookNanos = System.nanoTime();
    nextNeighboursNanos = System.nanoTime();
    nextSweepNanos = System.nanoTime();
  }

  private void answer(ExecutionId id, ExecutionState state) {
    takeWaiters(id).forEach(waiter -> waiter.complete(state));
  }

  private void setAside(ExecutionId id, WaymarkException cause) {
    if (unfit.add(id)) {
      LOG.atWarn()
          .addKeyValue("execution", id)
          .addKeyValue("worker", config.worker())
          .log("leaving an execution alone: {}", cause.getMessage());
    }
    takeWaiters(id).forEach(waiter -> waiter.completeExceptionally(cause));
  }

  private List<CompletableFuture<ExecutionState>> takeWaiters(ExecutionId id) {
    List<CompletableFuture<ExecutionState>> waiters = runs.remove(id);
    return waiters == null ? List.of() : waiters;
  }

  private void answerIdle() {
    if (works.stream().noneMatch(Work::untilIdle) || !isIdle()) {
      return;
    }
    // What is known may be half a poll interval old: one more look before going home.
    nextNeighboursNanos = System.nanoTime();
    look();
    if (isIdle()) {
      works.stream().filter(Work::untilIdle).forEach(work -> work.done().complete(true));
      works.removeIf(Work::untilIdle);
    }
  }

  /** Whether there is nothing to do, now or after a pause, but what other workers do. */
  private boolean isIdle() {
    return engine.attempts().isEmpty() && !waitsForMore;
  }

  // ---- looking for work

  /** None for a worker that drains: it looks on only for what is due about what it still runs. */
  private int freePlaces() {
    return draining ? 0 : Math.max(0, config.concurrency() - engine.attempts().size());
  }

  /** Claims what is ready, and cares for what is due and what was left behind. */
  private void look() {
    if (works.isEmpty()) {
      List.copyOf(runs.keySet()).forEach(this::look);
    } else {
      look(null);
      takeFromGoneNeighbours();
      takeStalled();
    }
    engine.letGo(runs.keySet());
  }

  private void look(@Nullable ExecutionId only) {
    Set<Record> seen = new HashSet<>();
    boolean more = true;
    while (more) {
      more = claim(only, seen);
    }
  }

  /**
   * Claims once; true when there may be more to do at once.
   *
   * @param seen what was due or expired before in this look. Some of it stays so for a while,
   *     whatever is done about it: an execution whose time is over is due until its last task has
   *     ended.
   */
  private boolean claim(@Nullable ExecutionId only, Set<Record> seen) {
    int places = Math.min(freePlaces(), config.store().limits().maxClaims());
    ClaimRequest request =
        new ClaimRequest(config.worker(), places, config.lease(), config.pools(), only);
    Sent sent =
        config.patience().call(() -> new Sent(System.nanoTime(), config.store().claim(request)));
    Claims claims = sent.answer();
    engine.start(claims.claimed(), sent.nanos());
    claims.due().forEach(engine::settle);
    claims.expired().forEach(engine::recover);
    boolean something = seen.addAll(claims.due());
    something |= seen.addAll(claims.expired());
    waitsForMore = claims.next() != null || !claims.claimed().isEmpty() || something;
    wakeAfter(claims.next());
    wakeAfter(claims.nextExpiry());
    // What was settled may have made something ready.
    return freePlaces() > 0 && (something || (places > 0 && claims.claimed().size() == places));
  }

  private void wakeAfter(@Nullable Duration pause) {
    if (pause != null && pause.compareTo(config.pollInterval()) < 0) {
      nextLookNanos = Math.min(nextLookNanos, System.nanoTime() + pause.toNanos());
    }
  }

  /**
   * Takes up at once what workers of this machine have left behind that are gone for sure: nobody
   * need wait for their leases.
   */
  private void takeFromGoneNeighbours() {
    if (System.nanoTime() - nextNeighboursNanos < 0) {
      return;
    }
    nextNeighboursNanos = System.nanoTime() + NEIGHBOURS_INTERVAL.toNanos();
    int most = config.store().limits().maxPageSize();
    List<Claims.Leased> leases = config.patience().call(() -> config.store().leases(most));
    Set<ExecutionId> left = new LinkedHashSet<>();
    leases.stream().filter(engine::isGone).forEach(each -> left.add(each.executionId()));
    left.forEach(this::adopt);
    if (!left.isEmpty()) {
      look(null);
    }
  }

  /** Takes up what nobody else will: what an earlier version, or another program, has begun. */
  private void takeStalled() {
    if (System.nanoTime() - nextSweepNanos < 0) {
      return;
    }
    nextSweepNanos = System.nanoTime() + SWEEP_INTERVAL.toNanos();
    int most = config.store().limits().maxPageSize();
    boolean found = false;
    ExecutionId last = null;
    List<ExecutionId> page = stalledAfter(last, most);
    while (!page.isEmpty()) {
      for (ExecutionId id : page) {
        found |= !unfit.contains(id);
        adopt(id);
      }
      last = page.get(page.size() - 1);
      page = stalledAfter(last, most);
    }
    if (found) {
      look(null);
    }
  }

  private List<ExecutionId> stalledAfter(@Nullable ExecutionId last, int most) {
    return config.patience().call(() -> config.store().stalled(last, most));
  }

  private void adopt(ExecutionId id) {
    if (unfit.contains(id)) {
      return;
    }
    try {
      engine.takeUp(id);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WaymarkException e) {
      setAside(id, e);
    }
  }

  // ---- the end

  private void giveUp(Throwable cause) {
    engine.attempts().endAll();
    try {
      engine
          .attempts()
          .allEnded()
          .get(config.grace().plus(LAST_PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      LOG.warn("not every process of this worker has ended", e);
    }
    close(cause);
    if (runs.isEmpty() && works.isEmpty()) {
      LOG.error("the runner ended, and nobody waits to hear why", cause);
    }
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
    if (calls != null) {
      calls.close();
    }
    engine.attempts().close();
    timer.shutdown();
    Workers.closed(config.worker());
  }
}
