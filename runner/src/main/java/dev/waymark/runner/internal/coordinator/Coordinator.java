package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Subscription;
import dev.waymark.runner.internal.attempt.AbandonedAttempts;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.attempt.LocalAttempts;
import dev.waymark.runner.internal.attempt.Notifier;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.process.ProcessGroups;
import dev.waymark.runner.internal.retention.BackgroundPurge;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.DaemonThreads;
import dev.waymark.worker.internal.base.Interval;
import dev.waymark.worker.internal.lease.Workers;
import java.time.Duration;
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
 * The thread of a runner that makes all decisions. Callers and ending processes post messages to
 * its inbox. Between two messages it does its work: it reads from the store when a look is due or
 * the store has sent a notification, claims ready task runs while there is a free slot, completes
 * the requests that are fulfilled, and sleeps until the next message or look.
 *
 * <p><b>The hot path</b> of a short task waits for nothing. Its claim is answered on a thread of
 * its own ({@link WorkSearch}), while earlier tasks run. It starts as soon as the work of another
 * has ended, on a thread that is awake. Its end is decided from what the claim has brought, and
 * sent ({@link EndRecorder}); the answer is a message like any other. So the thread costs a task
 * two messages and no call to the store.
 *
 * <p>One thread owns the whole picture, so there are no locks, with one exception: a request must
 * not be added while the thread ends. The work on executions is done by the objects that are
 * created here. They all belong to that thread. Other threads may call only the public methods of
 * this class, {@code post} and {@code call}.
 */
public final class Coordinator {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  /**
   * The shortest interval at which executions with running attempts are read because the store has
   * sent a notification, most of which concern other executions.
   */
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(20);

  private static final Duration LAST_RETRY_LIMIT = Duration.ofSeconds(10);

  private final RunnerConfig config;
  private final ScheduledThreadPoolExecutor timer;
  private final LinkedBlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

  private final Object door = new Object();
  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private volatile boolean draining;
  private volatile boolean called;
  private @Nullable Subscription calls;
  private boolean over;
  private @Nullable Throwable failure;

  // The following fields belong to the coordinator's thread.
  private final Requests requests;
  private final LocalAttempts attempts;
  private final ExecutionPictures pictures;
  private final EndRecorder ends;
  private final Recovery recovery;
  private final ExecutionWatch watch;
  private final ClaimStarter starter;
  private final WorkSearch search;
  private final Blockers blockers;
  private final Interval looks;
  private final Interval watches = new Interval(WATCH_INTERVAL);
  private boolean placeFreed;

  private final BackgroundPurge purge;

  /** Whether the store has sent a notification since the last look at executions. */
  private boolean unwatched;

  /** Creates a coordinator. Its thread starts with the first request. */
  public Coordinator(RunnerConfig config) {
    this.config = config;
    this.timer = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-processes"));
    timer.setRemoveOnCancelPolicy(true);
    this.looks = new Interval(config.pollInterval());
    this.requests = new Requests(config.store());
    Notifier notifier = new Notifier(config.listener());
    ProcessGroups groups = ProcessGroups.detect();
    this.attempts = new LocalAttempts(config, groups, timer, this::post, this::ended);
    SentEnds sent = new SentEnds(this::post);
    this.pictures = new ExecutionPictures(config, notifier, attempts, requests, sent);
    var abandoned = new AbandonedAttempts(config, notifier, attempts, groups);
    var settler = new Settler(config, notifier, pictures, attempts, abandoned, requests, sent);
    this.ends = new EndRecorder(config, notifier, pictures, attempts, settler, sent);
    this.recovery = new Recovery(config, pictures, attempts, abandoned, settler);
    this.watch = new ExecutionWatch(config, pictures, attempts, settler, sent);
    this.starter = new ClaimStarter(config, notifier, pictures, attempts, sent);
    this.search =
        new WorkSearch(
            config, requests, attempts, starter, recovery, looks, () -> draining, this::answer);
    this.blockers = new Blockers(config, requests, attempts, recovery, pictures);
    this.purge = new BackgroundPurge(config);
    Workers.opened(config.worker());
  }

  // ---- methods for the threads of callers

  /** As {@link dev.waymark.runner.Runner#run}. */
  public ExecutionState run(ExecutionId id) {
    @Nullable Execution last = runOne(id);
    if (last == null) {
      throw stopped();
    }
    while (last.continuedAs() != null) {
      ExecutionId next = last.continuedAs();
      last = runOne(next);
      if (last == null) {
        return pictures.progress(next).execution().state();
      }
    }
    return last.state();
  }

  /** Works on one execution until it ends or the runner stops; null when it was stopped before. */
  private @Nullable Execution runOne(ExecutionId id) {
    CompletableFuture<Execution> answer = new CompletableFuture<>();
    config.scope().add(id);
    try {
      return offer(() -> begin(id, answer)) ? await(answer) : null;
    } finally {
      config.scope().remove(id);
    }
  }

  /** As {@link dev.waymark.runner.Runner#work}. */
  public void work(boolean untilIdle) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    config.scope().addAll();
    try {
      request(() -> begin(untilIdle, done));
      if (!untilIdle) {
        purge.begin();
      }
      await(done);
    } finally {
      config.scope().removeAll();
    }
  }

  /** Something changed in the store. If the thread is running, it looks at the store now. */
  public void nudge() {
    synchronized (door) {
      if (thread != null && !over) {
        inbox.add(looks::dueNow);
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
    config.retries().stopSoon();
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
    if (!offer(request)) {
      throw stopped();
    }
  }

  private IllegalStateException stopped() {
    synchronized (door) {
      return new IllegalStateException("this runner has been stopped; make another one", failure);
    }
  }

  /** Sends a request to the thread; false when this runner has been stopped. */
  private boolean offer(Runnable request) {
    synchronized (door) {
      if (over || stopping || draining) {
        return false;
      }
      if (thread == null) {
        thread = new DaemonThreads("waymark-runner").newThread(this::live);
        thread.start();
      }
      inbox.add(request);
      return true;
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
          .retries()
          .call(
              () -> {
                attempts.begin();
                return true;
              });
      calls = config.store().onReady(this::call);
      while (!(stopping || draining) || !isAtRest()) {
        turn();
        receive();
      }
      close(null);
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
  }

  private boolean isAtRest() {
    return attempts.isEmpty() && starter.waiting() == 0 && !attempts.isClaiming();
  }

  /** The store notifies that there may be work. May be called on any thread. */
  private void call() {
    if (!called) {
      called = true;
      inbox.add(() -> {});
    }
  }

  private void turn() {
    if (stopping) {
      attempts.endAll();
      starter.stop();
      looks.restart();
      return;
    }
    boolean isPoll = looks.isDue();
    boolean isDue = called || isPoll;
    unwatched |= isDue;
    if (isDue) {
      called = false;
      looks.restart();
    }
    if (unwatched && (isPoll || watches.isDue())) {
      unwatched = false;
      watches.restart();
      watch.look(requests.executions());
    }
    starter.giveBackOld();
    if (isDue || (placeFreed && search.mayClaimMore())) {
      placeFreed = false;
      search.look();
      blockers.look();
      pictures.evict(
          requests.executions(), attempts.running() + attempts.ended() + starter.waiting());
    }
    if (requests.awaitsIdle() && search.queryIsIdle()) {
      requests.answerIdle();
    }
  }

  private void receive() {
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
    if (pictures.isEmpty() && attempts.isEmpty() && !requests.isForAll()) {
      return Long.MAX_VALUE;
    }
    long left = Math.min(looks.nanosLeft(), starter.nanosLeft());
    if (unwatched) {
      left = Math.min(left, watches.nanosLeft());
    }
    return Math.max(SHORTEST_WAIT_NANOS, left);
  }

  /**
   * The work of an attempt has ended, or its end is recorded, so a slot may be free. May be called
   * on any thread.
   */
  private void post(Runnable end) {
    answer(
        () -> {
          placeFreed = true;
          end.run();
        });
  }

  /**
   * The store has answered. May be called on any thread. Messages after a failure are ignored,
   * because nothing can be recorded any more.
   */
  private void answer(Runnable event) {
    inbox.add(
        () -> {
          if (failure == null) {
            event.run();
          }
        });
  }

  // ---- messages

  private void begin(ExecutionId id, CompletableFuture<Execution> answer) {
    requests.add(id, answer);
    if (stopping || pictures.has(id)) {
      return;
    }
    try {
      Execution found = recovery.adopt(id);
      if (found.state().isTerminal()) {
        requests.answer(found);
      }
      looks.dueNow();
    } catch (StoreUnavailableException | StoreOverloadedException e) {
      throw e;
    } catch (WaymarkException e) {
      requests.fail(id, e);
    }
  }

  private void begin(boolean untilIdle, CompletableFuture<Boolean> done) {
    requests.addAll(untilIdle, done);
    looks.dueNow();
    search.beThorough();
  }

  private void ended(LocalAttempt attempt, ProcessEnd end) {
    if (end.cause() == ProcessEnd.Cause.ITSELF) {
      search.noteEnd();
    }
    if (!stopping) {
      starter.startWaiting();
    }
    ends.record(attempt, end);
  }

  // ---- the end

  private void giveUp(Throwable cause) {
    attempts.endAll();
    try {
      attempts
          .allEnded()
          .get(config.grace().plus(LAST_RETRY_LIMIT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      LOG.warn("not every process of this worker has ended", e);
    }
    close(cause);
    if (requests.isEmpty()) {
      LOG.error("the runner failed, and no caller waits for it", cause);
    }
  }

  private void close(@Nullable Throwable cause) {
    synchronized (door) {
      over = true;
      failure = cause;
      release();
    }
    // Requests that were added just before are answered like the others.
    stopping = true;
    for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
      message.run();
    }
    requests.close(cause);
  }

  private void release() {
    if (calls != null) {
      calls.close();
    }
    attempts.close();
    purge.close();
    search.close();
    timer.shutdown();
    Workers.closed(config.worker());
  }
}
