package dev.waymark.worker;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Placement;
import dev.waymark.worker.api.Retry;
import dev.waymark.worker.api.WorkerListener;
import dev.waymark.worker.internal.base.EndWait;
import dev.waymark.worker.internal.base.RetriedCalls;
import dev.waymark.worker.internal.lease.Workers;
import dev.waymark.worker.internal.run.WorkLoop;
import dev.waymark.worker.internal.settle.Cancellation;
import dev.waymark.worker.internal.setup.Notifier;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Runs the task runs of a program that decides itself which task is next.
 *
 * <p>The worker claims ready task runs, calls the {@link Handler}, renews the leases meanwhile,
 * retries what fails, and recovers what dead workers have left. After each attempt it asks {@link
 * Next} what follows. The end of the attempt, the move of its task run, the result and what follows
 * become durable with one change set, or not at all.
 *
 * <p><b>Leases.</b> A worker renews its leases three times in their duration. If it cannot renew
 * one in time, or the attempt has ended in the store, it interrupts the handler. The late result of
 * such an attempt is refused. The lease starts before the answer of the claim, and the worker ends
 * its attempts before the store lets others take them. So two attempts of a task run do not run at
 * the same time, unless a handler ignores its interrupt.
 *
 * <p><b>Threads.</b> Handlers run on virtual threads on JDK 21 and later, else on a pool. Another
 * thread claims: it waits for notifications of the store, and for the next time at which something
 * is ready. {@link Next} is called on the thread of the attempt, or on a thread for executions that
 * are due.
 *
 * <p><b>Order.</b> Task runs are started in the order of the claim: greatest priority first, then
 * those that have been ready longest. Between workers there is no order.
 *
 * <p><b>Errors.</b> While the store does not answer, the worker retries, and handlers go on as long
 * as their leases last. An error of a handler is a failed attempt. An error of {@link Next} is
 * logged, and the execution is examined again after a pause.
 *
 * <p>Thread-safe. Any number of workers, in any number of processes, may share a store. A worker
 * does not close its store.
 *
 * <p>For example, two tasks, one after the other:
 *
 * <pre>{@code
 * Next next =
 *     (progress, plan) -> {
 *       plan.run("fetch");
 *       if (progress.succeeded("fetch")) {
 *         plan.run("report", progress.result("fetch"));
 *       }
 *       if (progress.isBroken()) {
 *         plan.fail(progress.failures());
 *       } else if (progress.succeeded("report")) {
 *         plan.succeed();
 *       }
 *     };
 * try (Worker worker =
 *     Worker.builder(store)
 *         .workflow(workflow)
 *         .concurrency(8)
 *         .retry(Retry.of(3, Duration.ofSeconds(1)))
 *         .handle((claimed, context) -> Result.success(context.input()))
 *         .next(next)
 *         .start()) {
 *   ExecutionId id = Ids.system().executionId();
 *   worker.submit(new NewExecution(id, workflow));
 *   Execution ended = worker.awaitEnd(id, Duration.ofMinutes(1));
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Worker implements AutoCloseable {
  /** The highest {@link Builder#concurrency}. */
  public static final int MAX_CONCURRENCY = 10_000;

  private final WorkerConfig config;
  private final WorkLoop loop;
  private boolean started;
  private boolean closed;

  private Worker(WorkerConfig config) {
    this.config = config;
    this.loop = new WorkLoop(config);
  }

  /**
   * Returns a builder of a worker.
   *
   * @param store the store; it must stay open until the worker is closed
   */
  public static Builder builder(StateStore store) {
    return new Builder(store);
  }

  /**
   * Registers the worker in the store, and starts to claim. Returns when it is registered.
   *
   * @throws dev.waymark.core.conflict.ConflictException when a living worker has the same name
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer
   * @throws IllegalStateException when the worker was started or closed before
   */
  public synchronized void start() {
    if (started || closed) {
      throw new IllegalStateException("this worker was started or closed before; build another");
    }
    started = true;
    loop.start();
  }

  /** The name of this worker in the attempts that it records. */
  public String name() {
    return config.worker();
  }

  /**
   * Whether the worker claims: it was started, and neither closed nor has its store been closed.
   */
  public boolean isRunning() {
    return loop.isRunning();
  }

  /**
   * Creates an execution, PENDING, and marks it as due. A worker then asks its {@link Next} for the
   * first tasks. A repeated call with the same execution changes nothing but the due mark.
   *
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such workflow
   * @throws dev.waymark.core.conflict.ConflictException when another execution has this id
   */
  public void submit(NewExecution execution) {
    submit(config.store(), execution);
  }

  /**
   * Does the same without a worker, from any process, or within a transaction of the caller: with
   * the store that {@code TransactionalStore.within(connection)} returns.
   */
  public static void submit(StateStore store, NewExecution execution) {
    store.commit(
        ChangeSet.builder()
            .createExecution(execution)
            .markDue(execution.id(), DueReason.SETTLE, Duration.ZERO)
            .build());
  }

  /**
   * Cancels an execution: it ends as CANCELLED with all that has not ended in it. Handlers of live
   * attempts are interrupted soon after, and their results are refused.
   *
   * @return CANCELLED, or the final state that the execution already had
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public ExecutionState cancel(ExecutionId id) {
    return cancel(config.store(), id);
  }

  /** Does the same without a worker, from any process. */
  public static ExecutionState cancel(StateStore store, ExecutionId id) {
    return Cancellation.cancel(store, id);
  }

  /**
   * Waits until an execution has ended, regardless of who ends it.
   *
   * <p>The call returns at once when a worker of this process ends the execution. The end that
   * another process records is noticed when the store notifies of something, and at the latest
   * after half a second. The call holds no connection while it waits.
   *
   * @param timeout how long to wait at most; zero or less only reads
   * @return the execution, which has ended, or null when the time is over
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer
   * @throws InterruptedException when the thread is interrupted
   */
  public @Nullable Execution awaitEnd(ExecutionId id, Duration timeout)
      throws InterruptedException {
    return awaitEnd(config.store(), id, timeout);
  }

  /** Does the same without a worker, from any process. */
  public static @Nullable Execution awaitEnd(StateStore store, ExecutionId id, Duration timeout)
      throws InterruptedException {
    return EndWait.await(store, id, timeout);
  }

  /**
   * Adds a listener for one execution. It is notified of what this worker does for the execution,
   * not of what others do.
   *
   * @return ends the notifications when it is closed
   */
  public Subscription listen(ExecutionId id, WorkerListener listener) {
    return config.notifier().add(id, Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Stops: claims nothing more, and waits for the live attempts, at most for {@link Builder#drain}.
   * Then it interrupts their handlers, and waits for them at most for {@link Builder#grace}. An
   * attempt that is not finished then ends as CANCELLED, and its task run is ready at once for
   * other workers. This does not count as a failed attempt. A result that a handler returns in time
   * is recorded.
   *
   * <p>An interrupt of the calling thread ends the waits. A second call returns when the first has
   * ended.
   *
   * @throws IllegalStateException when a handler of this worker calls it
   */
  @Override
  public synchronized void close() {
    if (!closed) {
      loop.close();
      closed = true;
    }
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private static final int LEAST_CONCURRENCY = 4;
    private static final int MOST_LOST = 1_000;
    private static final Duration LEAST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final StateStore store;
    private final Set<String> pools = new TreeSet<>();
    private final Set<WorkflowId> workflows = new TreeSet<>();
    private final List<WorkerListener> listeners = new ArrayList<>();
    private @Nullable String name;
    private int concurrency =
        Math.max(LEAST_CONCURRENCY, Runtime.getRuntime().availableProcessors());
    private Duration lease = Duration.ofSeconds(30);
    private Placement.@Nullable Rule placement;
    private Retry retry = Retry.NONE;
    private int maxLost = 5;
    private Duration pollInterval = Duration.ofMillis(500);
    private Duration drain = Duration.ofSeconds(30);
    private Duration grace = Duration.ofSeconds(10);
    private Duration storeRetryTimeout = Duration.ofMinutes(5);
    private Ids ids = Ids.system();
    private boolean virtualThreads = true;
    private @Nullable Handler handler;
    private Next next = Next.whenAllEnded();

    private Builder(StateStore store) {
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * The name of this worker. No other living worker may have the same name. The default name
     * contains host and process, so that others on this machine notice at once when the process has
     * ended. The attempts of a worker with another name are recovered when their leases expire.
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Serves a pool; may be called several times. By default a worker serves the pool {@code
     * default}. A worker of more than one pool needs a {@link #placement}.
     */
    public Builder pool(String pool) {
      pools.add(pool);
      return this;
    }

    /**
     * Examines executions of this workflow; may be called several times. By default a worker
     * examines all executions that are due or that dead workers have left. Name the workflows of
     * the program if other programs use the store, and use pools of your own. The end of an attempt
     * of another workflow is recorded, and what follows is left to others.
     */
    public Builder workflow(WorkflowId workflow) {
      workflows.add(workflow);
      return this;
    }

    /**
     * The maximum number of live attempts, from 1 to {@value Worker#MAX_CONCURRENCY}; by default
     * the number of processors, at least 4.
     */
    public Builder concurrency(int concurrency) {
      this.concurrency = concurrency;
      return this;
    }

    /**
     * The length of a lease: how long an attempt belongs to this worker without a heartbeat; 30 s
     * by default, at least 100 ms, and at most 365 days. With a short lease, others soon notice
     * that a worker is dead. With a long one, attempts survive a longer outage of the store.
     */
    public Builder lease(Duration lease) {
      this.lease = lease;
      return this;
    }

    /** The policy for retries after failed attempts; {@link Retry#NONE} by default. */
    public Builder retry(Retry retry) {
      this.retry = Objects.requireNonNull(retry, "retry");
      return this;
    }

    /**
     * The number of attempts of one task run that may be lost with their workers before the task
     * run fails, from 1 to 1,000; 5 by default.
     */
    public Builder maxLost(int maxLost) {
      this.maxLost = maxLost;
      return this;
    }

    /**
     * Places tasks in pools and gives them priorities; by default every task is in the pool of this
     * worker, with priority 0.
     */
    public Builder placement(Placement.Rule placement) {
      this.placement = Objects.requireNonNull(placement, "placement");
      return this;
    }

    /** Does the work; required. */
    public Builder handle(Handler handler) {
      this.handler = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /** Decides what follows; {@link Next#whenAllEnded} by default. */
    public Builder next(Next next) {
      this.next = Objects.requireNonNull(next, "next");
      return this;
    }

    /** Adds a listener of all executions; may be called several times. */
    public Builder listener(WorkerListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * The longest time between two looks at the store, in case that a notification is lost; 500 ms
     * by default, at least 1 ms.
     */
    public Builder pollInterval(Duration pollInterval) {
      this.pollInterval = pollInterval;
      return this;
    }

    /** How long {@link Worker#close} waits for live attempts; 30 s by default, zero or more. */
    public Builder drain(Duration drain) {
      this.drain = drain;
      return this;
    }

    /**
     * How long {@link Worker#close} waits for handlers that it has interrupted; 10 s by default,
     * zero or more.
     */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /**
     * How long to retry a call of a store that does not answer; 5 minutes by default. After that
     * time the result of an attempt is given up: its lease expires, and its task run is retried.
     * The worker goes on to claim.
     */
    public Builder storeRetryTimeout(Duration storeRetryTimeout) {
      this.storeRetryTimeout = storeRetryTimeout;
      return this;
    }

    /** Creates the ids of task runs and commits; {@link Ids#system} by default. */
    public Builder ids(Ids ids) {
      this.ids = Objects.requireNonNull(ids, "ids");
      return this;
    }

    /**
     * Whether handlers run on virtual threads where the JDK has them (21 and later); true by
     * default. Use false for handlers that compute much.
     */
    public Builder virtualThreads(boolean virtualThreads) {
      this.virtualThreads = virtualThreads;
      return this;
    }

    /**
     * Returns the worker. It does nothing until it is started.
     *
     * @throws InvalidInputException when a setting is missing or out of range
     */
    public Worker build() {
      check();
      Set<String> served = pools.isEmpty() ? Set.of(ClaimRequest.DEFAULT_POOL) : Set.copyOf(pools);
      String worker = name == null ? Workers.newName() : name;
      var unused = new ClaimRequest(worker, 0, lease, served); // checks the names
      Placement only = new Placement(served.iterator().next(), 0);
      return new Worker(
          new WorkerConfig(
              store,
              worker,
              concurrency,
              lease,
              new TreeSet<>(served),
              Set.copyOf(workflows),
              placement == null ? (execution, task) -> only : placement,
              retry,
              maxLost,
              pollInterval,
              drain,
              grace,
              new RetriedCalls(storeRetryTimeout),
              ids,
              virtualThreads,
              Objects.requireNonNull(handler),
              next,
              new Notifier(listeners)));
    }

    /** Builds the worker, and starts it. */
    public Worker start() {
      Worker worker = build();
      worker.start();
      return worker;
    }

    private void check() {
      if (handler == null) {
        throw new InvalidInputException("the worker has no handler; set one with handle(...)");
      }
      if (pools.size() > 1 && placement == null) {
        throw new InvalidInputException(
            "the worker serves the pools "
                + String.join(", ", pools)
                + " and has no placement; set one, so that it knows the pool of each task");
      }
      number("concurrency", concurrency, MAX_CONCURRENCY);
      number("maxLost", maxLost, MOST_LOST);
      Durations.within("lease", this.lease, LEAST_LEASE, LONGEST);
      Durations.within("pollInterval", pollInterval, Duration.ofMillis(1), LONGEST);
      Durations.within("drain", this.drain, Duration.ZERO, LONGEST);
      Durations.within("grace", this.grace, Duration.ZERO, LONGEST);
      Durations.within("storeRetryTimeout", storeRetryTimeout, Duration.ZERO, LONGEST);
    }

    private static void number(String name, int value, int most) {
      if (value < 1 || value > most) {
        throw new InvalidInputException(name + " is " + value + "; use 1 to " + most);
      }
    }
  }
}
