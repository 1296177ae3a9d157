package dev.waymark.runner;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.PayloadCodec;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.coordinator.Coordinator;
import dev.waymark.runner.internal.handler.Arguments;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.rules.CancelExecution;
import dev.waymark.runner.internal.rules.PauseResume;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.runner.internal.start.StartExecution;
import dev.waymark.runner.internal.worker.LogSettings;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.runner.internal.worker.WorkScope;
import dev.waymark.worker.internal.base.RetriedCalls;
import dev.waymark.worker.internal.lease.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A worker: starts executions and runs each task as a shell process in its own process group.
 *
 * <p>All state of a runner is in the store, so it may be killed at any moment. The next runner on
 * this machine then finds the attempts that were running, ends the processes that are left, records
 * the attempts as LOST and continues. It does not repeat a task that has finished. What a task does
 * outside the store happens at least once. {@code WAYMARK_IDEMPOTENCY_KEY} in its environment is
 * the same in every attempt.
 *
 * <p>A task is done when its shell ends. Processes that it left running in its process group are
 * then ended. Its output goes to a file (see {@link TaskLogs}), and its input is empty. It inherits
 * the environment of this process without the credentials of stores, and receives {@code
 * INPUT_NAME} for each input and the variables {@code WAYMARK_…} of docs/workflow-file.md.
 *
 * <p>Thread-safe. {@link #run} and {@link #work} may be called together; they share the slots for
 * live attempts. Several runners, in this process or others, may share a store and even an
 * execution. A runner does not close its store.
 *
 * <p>For example:
 *
 * <pre>{@code
 * try (Runner runner = Runner.builder(store).build()) {
 *   ExecutionId id = runner.start(StartRequest.of(workflow));
 *   ExecutionState end = runner.run(id);
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Runner implements AutoCloseable {
  private final RunnerConfig config;
  private final StartExecution starts;
  private final Coordinator coordinator;

  private Runner(RunnerConfig config) {
    this.config = config;
    this.starts = config.starts();
    this.coordinator = new Coordinator(config);
  }

  /**
   * Returns a builder of a runner.
   *
   * @param store the store of the workflows and executions; it must stay open while the runner
   *     works
   * @param definitions reads the definition of a workflow from the form that the store holds; may
   *     throw any {@link dev.waymark.core.error.WaymarkException}
   */
  public static Builder builder(
      StateStore store, Function<Workflow, WorkflowDefinition> definitions) {
    return new Builder(store, definitions);
  }

  /**
   * Returns a builder of a runner for workflow files, as {@code waymark apply} saves them. They are
   * read within the limits of the store.
   */
  public static Builder builder(StateStore store) {
    return builder(store, Definitions.reader(store));
  }

  /**
   * Creates an execution and its task runs, PENDING, in one change set. It does not run them.
   *
   * <p>If the request has an id of the caller, the start may be repeated. The same request returns
   * the same execution and changes nothing, even if the workflow has a new revision.
   *
   * @throws InvalidInputException for an unknown input, a required input that is missing, a
   *     reserved label, or a task that this version cannot run
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such workflow or revision
   * @throws dev.waymark.core.conflict.ConflictException when another request started an execution
   *     with this id
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer; repeat
   *     the call only if the request has an id of your own
   */
  public ExecutionId start(StartRequest request) {
    ExecutionId id = starts.start(request);
    coordinator.nudge();
    return id;
  }

  /**
   * Does the same within a transaction of the caller: in the store of this runner as {@code
   * TransactionalStore.within(connection)} returns it. The execution exists, and workers are
   * notified of it, when the caller commits. The start uses only the connection of the transaction.
   *
   * @throws dev.waymark.core.error.StoreUnavailableException also when another transaction was in
   *     the way; then roll back, and repeat the whole transaction
   */
  public ExecutionId start(StartRequest request, StateStore within) {
    return starts.in(within).start(request);
  }

  /**
   * Checks a start before the definition is saved. The start is rejected if its inputs or labels
   * are invalid, or if a task uses a handler that is not in {@code handlers}.
   *
   * @throws InvalidInputException as {@link #start}
   */
  public static void check(
      WorkflowDefinition definition, StartRequest request, Set<String> handlers) {
    StartExecution.check(definition, request, handlers);
  }

  /**
   * Works on an execution until it ends, alone or together with other workers; then on the one that
   * continues it, if any, and so on. The execution may have to wait for a child, or for an
   * execution that holds the last slot of a pool or reaches the limit of parallel executions of the
   * workflow. If no living worker works on that other one, this runner recovers it and works on it
   * too. It works on no other executions. The call then returns when the other execution has also
   * ended, or when the runner has been unable to do anything for it for half a minute.
   *
   * <p>While the execution is paused, the call waits. If the thread is interrupted, the runner
   * stops, as by {@link #stop}, and the thread stays interrupted.
   *
   * @return the final state of the last execution; if the runner is stopped first, the state at
   *     that moment
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   * @throws dev.waymark.core.error.WaymarkException when the execution cannot be run here, or when
   *     {@code definitions} throws it
   * @throws dev.waymark.core.error.StoreUnavailableException when the store did not answer within
   *     the store retry time-out; the runner has then ended its processes and stopped
   * @throws IllegalStateException when the runner was already stopped
   */
  public ExecutionState run(ExecutionId id) {
    return coordinator.run(id);
  }

  /**
   * Works on every execution that is ready (PENDING, RUNNING or CANCELLING), the oldest first. It
   * skips executions that cannot be run here and logs a warning.
   *
   * @param untilIdle whether to return when there is nothing left to do, neither now nor after a
   *     retry delay. It does not wait for work that only other living workers can continue. When
   *     false, the call returns only when the runner is stopped.
   * @throws dev.waymark.core.error.StoreUnavailableException as {@link #run}
   * @throws IllegalStateException when the runner was already stopped
   */
  public void work(boolean untilIdle) {
    coordinator.work(untilIdle);
  }

  /**
   * Requests the cancellation of an execution, regardless of which worker runs it. Waiting task
   * runs are cancelled at once, and workers end their running attempts. Then the tasks of {@code
   * finally} run, unless no attempt of the execution has begun. A second cancellation ends the
   * execution without them: their running attempts are ended, and the waiting ones are cancelled.
   *
   * @return CANCELLED; CANCELLING while attempts are live or tasks of {@code finally} are left, for
   *     which a worker is needed; or the final state that the execution already had
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public ExecutionState cancel(ExecutionId id) {
    ExecutionState state = CancelExecution.cancel(config.store(), config.definitions(), id);
    coordinator.nudge();
    return state;
  }

  /**
   * Does the same without a runner, from any process. If this process cannot read the definition as
   * a workflow file, it leaves everything that waits to a worker that can.
   */
  public static ExecutionState cancel(StateStore store, ExecutionId id) {
    return CancelExecution.cancel(store, new Definitions(Definitions.reader(store)), id);
  }

  /**
   * Pauses an execution: none of its tasks starts until it is resumed. Running attempts continue to
   * their end.
   *
   * @return PAUSED; or its current state if it cannot be paused, because it has ended or is being
   *     cancelled
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public static ExecutionState pause(StateStore store, ExecutionId id) {
    return PauseResume.pause(store, id);
  }

  /**
   * Resumes a paused execution. An execution that was paused before it began stays PAUSED while as
   * many executions of its workflow are in progress as {@code max-parallel} allows. Resume it again
   * when one of them has ended.
   *
   * @return RUNNING; PAUSED if {@code max-parallel} does not allow it; or its current state if it
   *     is not paused
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public ExecutionState resume(ExecutionId id) {
    ExecutionState state = PauseResume.resume(config.store(), config.definitions(), id);
    coordinator.nudge();
    return state;
  }

  /**
   * Does the same without a runner, from any process. If this process cannot read the definition as
   * a workflow file, it does not know {@code max-parallel}, and resumes the execution.
   */
  public static ExecutionState resume(StateStore store, ExecutionId id) {
    return PauseResume.resume(store, new Definitions(Definitions.reader(store)), id);
  }

  /**
   * Stops gracefully: starts nothing new, and returns when every attempt that runs here has ended
   * and is recorded. {@link #run} and {@link #work} then return. {@link #stop} may be called at the
   * same time.
   */
  public void drain() {
    coordinator.drain();
  }

  /**
   * Stops: nothing new starts, and live process groups are ended within the grace period. Their
   * attempts are recorded as CANCELLED with the error {@code worker stopped}, and their task runs
   * as RETRYING, so that the next worker continues them. Such an attempt does not count as failed.
   * {@link #run} and {@link #work} then return.
   *
   * <p>Returns when all of that is recorded. It is designed for a shutdown hook. Any thread may
   * call it again; that has no effect. When called from a {@link RunListener}, it returns at once.
   */
  public void stop() {
    coordinator.stop();
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** The name of this worker in the attempts that it records. */
  public String worker() {
    return config.worker();
  }

  /** The output of the attempts that ran on this machine with this log directory. */
  public TaskLogs logs() {
    return config.logs();
  }

  /** Collects the settings. Not thread-safe. */
  public static final class Builder {
    private static final int LEAST_CONCURRENCY = 4;

    private final StateStore store;
    private final Function<Workflow, WorkflowDefinition> definitions;
    private @Nullable String worker;
    private int concurrency =
        Math.max(LEAST_CONCURRENCY, Runtime.getRuntime().availableProcessors());
    private Path logDirectory = Path.of(System.getProperty("user.home", "."), ".waymark", "logs");
    private RunListener listener = RunListener.NONE;
    private RunTracer tracer = RunTracer.NONE;
    private InstantSource clock = InstantSource.system();
    private @Nullable Ids ids;
    private Duration grace = Duration.ofSeconds(10);
    private Duration pollInterval = Duration.ofMillis(500);
    private int maxLost = 5;
    private Duration storeRetryTimeout = Duration.ofMinutes(5);
    private Duration lease = Duration.ofSeconds(30);
    private boolean storeLogs = true;
    private @Nullable Duration logFileRetention;
    private @Nullable Duration logRetention;
    private final Set<String> pools = new TreeSet<>();
    private final Map<String, TaskHandler> handlers = new TreeMap<>();
    private @Nullable PayloadCodec codec;

    private Builder(StateStore store, Function<Workflow, WorkflowDefinition> definitions) {
      this.store = store;
      this.definitions = definitions;
    }

    /**
     * The name of this worker. No other living worker may have the same name: this runner assumes
     * that attempts recorded under its name, which it does not run, belong to an earlier run of
     * this worker. A name becomes free when the earlier worker has stopped, or when it has sent no
     * heartbeat for the length of a lease. It becomes free at once if this machine can see that the
     * earlier process has ended. The default name contains host and process, so that others can
     * determine with certainty that the worker is gone.
     */
    public Builder worker(String worker) {
      this.worker = worker;
      return this;
    }

    /** The maximum number of live attempts; by default the number of processors, at least 4. */
    public Builder concurrency(int concurrency) {
      this.concurrency = concurrency;
      return this;
    }

    /**
     * The directory that holds the output of attempts; by default {@code .waymark/logs} in the
     * user's home. A worker that takes over must have the same directory to find the processes that
     * are left.
     */
    public Builder logDirectory(Path logDirectory) {
      this.logDirectory = logDirectory;
      return this;
    }

    /** Adds a listener that is notified of progress, after those added before; none by default. */
    public Builder listener(RunListener listener) {
      this.listener = RunListener.all(this.listener, listener);
      return this;
    }

    /** Traces what this runner starts and runs; by default, it only carries trace contexts. */
    public Builder tracer(RunTracer tracer) {
      this.tracer = tracer;
      return this;
    }

    /**
     * The clock that measures delays between attempts; the system's clock by default. It should
     * agree with the clock of the store.
     */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** Creates the ids of executions, task runs and commits; {@link Ids#system} by default. */
    public Builder ids(Ids ids) {
      this.ids = ids;
      return this;
    }

    /** How long a process group has to end on request before it is killed; 10 s by default. */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /** The interval of the checks for changes by other processes; 500 ms by default. */
    public Builder pollInterval(Duration pollInterval) {
      this.pollInterval = pollInterval;
      return this;
    }

    /** How many attempts of a task run may be lost before it fails; 5 by default. */
    public Builder maxLost(int maxLost) {
      this.maxLost = maxLost;
      return this;
    }

    /**
     * How long to retry calls of a store that does not answer. After that time the runner gives up,
     * and results of finished tasks may be lost; 5 minutes by default. Calls of an overloaded store
     * are retried until it is no longer overloaded. A runner that is being stopped gives up after
     * 10 s in both cases.
     */
    public Builder storeRetryTimeout(Duration storeRetryTimeout) {
      this.storeRetryTimeout = storeRetryTimeout;
      return this;
    }

    /**
     * The length of a lease: how long an attempt belongs to this worker without a heartbeat; 30 s
     * by default, at least 100 ms, and at most 365 days. A worker renews its leases three times in
     * that period. If it cannot renew them in time, it ends its attempts, and other workers take
     * over when the leases have expired. With a short lease, a dead worker is detected soon. With a
     * long one, attempts survive a longer outage of the store.
     */
    public Builder lease(Duration lease) {
      this.lease = lease;
      return this;
    }

    /**
     * Serves a pool; may be called several times. By default a runner serves the pool of tasks that
     * name none. It always serves the pools of tasks that use one of its handlers and name no pool.
     */
    public Builder pool(String pool) {
      pools.add(pool);
      return this;
    }

    /**
     * Whether the output of attempts is also kept in the store, where every machine can read it, up
     * to the store's limit {@code maxLogBytes}; true by default.
     */
    public Builder storeLogs(boolean storeLogs) {
      this.storeLogs = storeLogs;
      return this;
    }

    /**
     * How long after the end of an execution its logs stay in the store; forever by default. This
     * worker deletes older logs, including those that other workers wrote.
     */
    public Builder logRetention(Duration logRetention) {
      this.logRetention = logRetention;
      return this;
    }

    /**
     * How long after the end of an execution its files stay in the log directory; forever by
     * default. Zero deletes them within seconds. This worker deletes the files of every execution
     * of its store, including those that other workers wrote. Output in the store stays readable;
     * output beyond the limit {@code maxLogBytes} is only in the files.
     */
    public Builder logFileRetention(Duration logFileRetention) {
      this.logFileRetention = logFileRetention;
      return this;
    }

    /** Maps the inputs and results of handlers to payloads and back; none by default. */
    public Builder codec(PayloadCodec codec) {
      this.codec = codec;
      return this;
    }

    /** Registers a handler for tasks that name it in {@code uses:}. */
    public Builder handler(String name, TaskHandler handler) {
      handlers.put(name, handler);
      return this;
    }

    /**
     * Registers a handler that receives the arguments of {@code with:} as a record: a component
     * {@code maxRows} is the argument {@code max-rows}. The attempt fails if an argument is
     * missing, unknown or not of its type; an Optional may be missing.
     *
     * @throws InvalidInputException when the record has a component of a type that cannot be parsed
     *     from text
     */
    public <A extends Record> Builder handler(
        String name, Class<A> arguments, TaskHandler.Typed<A> handler) {
      return handler(name, Arguments.bound(arguments, handler));
    }

    /**
     * Returns the runner. It does nothing until one of its methods is called.
     *
     * @throws InvalidInputException when a number or a duration is out of range
     */
    public Runner build() {
      RunnerChecks.check(
          concurrency, maxLost, pollInterval, grace, storeRetryTimeout, logFileRetention, lease);
      Handlers registered = new Handlers(handlers, codec);
      return new Runner(
          new RunnerConfig(
              store,
              new Definitions(definitions),
              worker == null ? Workers.newName() : worker,
              concurrency,
              new TaskLogs(logDirectory),
              listener,
              tracer,
              clock,
              ids == null ? Ids.system() : ids,
              grace,
              pollInterval,
              maxLost,
              lease,
              registered.served(pools),
              registered,
              new LogSettings(storeLogs, logFileRetention, logRetention),
              new RetriedCalls(storeRetryTimeout),
              new WorkScope()));
    }
  }
}
