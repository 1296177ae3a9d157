package dev.waymark.runner;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import dev.waymark.runner.internal.base.RetriedCalls;
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
import dev.waymark.runner.internal.worker.Workers;
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
 * A worker: starts executions and works on them, running each task as a process of the shell in a
 * process group of its own.
 *
 * <p>Everything that it knows is in the store. It may be killed at any moment: the next runner on
 * this machine finds what was begun, ends what is left of it, records its attempts as LOST and goes
 * on, without repeating a task that had finished. What a task does outside the store happens at
 * least once; {@code WAYMARK_IDEMPOTENCY_KEY} in its environment is the same in every attempt.
 *
 * <p>A task is done when its shell ends. What it left running in its process group is then ended.
 * Its output goes to a file (see {@link TaskLogs}), its input is empty, and its environment is that
 * of this process, with that of the workflow and the task, {@code INPUT_NAME} for each input and
 * {@code WAYMARK_EXECUTION_ID}, {@code WAYMARK_WORKFLOW_ID}, {@code WAYMARK_TASK_ID}, {@code
 * WAYMARK_TASK_RUN_ID}, {@code WAYMARK_ATTEMPT} and {@code WAYMARK_IDEMPOTENCY_KEY}.
 *
 * <p>Thread-safe. {@link #run} and {@link #work} may be called together; they share the places for
 * live attempts. Several runners, in this process or others, may share a store and even an
 * execution. A runner does not close its store.
 */
public final class Runner implements AutoCloseable {
  private final RunnerConfig config;
  private final StartExecution starts;
  private final Coordinator coordinator;

  private Runner(RunnerConfig config) {
    this.config = config;
    this.starts = new StartExecution(config.store(), config.definitions(), config.ids());
    this.coordinator = new Coordinator(config);
  }

  /**
   * Begins a runner.
   *
   * @param store where workflows and executions are; it must stay open as long as the runner works
   * @param definitions reads the definition of a workflow as the store holds it; may throw any
   *     {@link dev.waymark.core.error.WaymarkException}
   */
  public static Builder builder(
      StateStore store, Function<Workflow, WorkflowDefinition> definitions) {
    return new Builder(store, definitions);
  }

  /**
   * Begins a runner of workflow files, as {@code waymark apply} saves them: definitions are read by
   * a {@link DefinitionReader} within the limits of the store.
   */
  public static Builder builder(StateStore store) {
    return builder(store, reader(store));
  }

  static Function<Workflow, WorkflowDefinition> reader(StateStore store) {
    DefinitionReader reader = new DefinitionReader(DefinitionLimits.of(store.limits()));
    return workflow ->
        reader.read(
            "workflow/" + workflow.id() + " (revision " + workflow.revision() + ")",
            workflow.definition());
  }

  /**
   * Creates an execution and its task runs, in state PENDING, in one change set. It does not run
   * them.
   *
   * <p>With an id of the caller's the start may be repeated: the same request gives the same
   * execution and changes nothing, also after the workflow got a new revision.
   *
   * @throws InvalidInputException for an unknown input, a required input that is missing, a
   *     reserved label, or a task that this version cannot run
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such workflow or revision
   * @throws dev.waymark.core.conflict.ConflictException when there is an execution of this id that
   *     was started by another request
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer; repeat
   *     it only with an id of your own
   */
  public ExecutionId start(StartRequest request) {
    ExecutionId id = starts.start(request);
    coordinator.nudge();
    return id;
  }

  /**
   * Checks whether a start would be refused for its inputs or its labels, or could not be worked on
   * where only these handlers are registered, before the definition is saved.
   *
   * @throws InvalidInputException as {@link #start}
   */
  public static void check(
      WorkflowDefinition definition, StartRequest request, Set<String> handlers) {
    StartExecution.check(definition, request, handlers);
  }

  /**
   * Works on an execution to its end, alone or together with other workers.
   *
   * <p>Where it has to wait for another execution that no living worker works on, because that one
   * holds the last slot of a pool or the bound of the workflow, it lends a hand to that one, and to
   * no other: it recovers it and works on it, too, and returns when that one has ended as well, or
   * can do nothing for it for half a minute.
   *
   * <p>A paused execution is waited for. When the thread is interrupted the runner stops, as by
   * {@link #stop}, and the thread stays interrupted.
   *
   * @return its final state; when the runner was stopped before, the state that it has then
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   * @throws dev.waymark.core.error.WaymarkException when the execution cannot be run here, or as
   *     {@code definitions} threw
   * @throws dev.waymark.core.error.StoreUnavailableException when the store did not answer for the
   *     whole store patience; the runner has then ended its processes and stopped
   * @throws IllegalStateException when the runner has been stopped before
   */
  public ExecutionState run(ExecutionId id) {
    return coordinator.run(id);
  }

  /**
   * Works on every execution that is ready (PENDING, RUNNING or CANCELLING), the oldest first.
   * Those that cannot be run here are left alone, with a warning in the log.
   *
   * @param untilIdle whether to return when there is nothing to do any more, neither now nor after
   *     the pause of a retry; what only other living workers can bring forward is not waited for.
   *     When false it returns only when the runner is stopped.
   * @throws dev.waymark.core.error.StoreUnavailableException as {@link #run}
   * @throws IllegalStateException when the runner has been stopped before
   */
  public void work(boolean untilIdle) {
    coordinator.work(untilIdle);
  }

  /**
   * Asks an execution to end, whoever works on it. What waits is cancelled at once, what runs is
   * ended by its worker, and then the tasks of {@code finally} run, unless no attempt of the
   * execution has begun. Cancelled once more, it ends without them: those that run are ended, those
   * that wait are cancelled.
   *
   * @return CANCELLED, or CANCELLING while attempts are live or tasks of {@code finally} are left,
   *     for which a worker is needed; or the final state that the execution already had
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public ExecutionState cancel(ExecutionId id) {
    ExecutionState state = CancelExecution.cancel(config.store(), config.definitions(), id);
    coordinator.nudge();
    return state;
  }

  /**
   * The same without a runner: any process may cancel any execution. Where the definition of the
   * workflow is no workflow file that can be read here, everything that waits is left to a worker
   * that can read it.
   */
  public static ExecutionState cancel(StateStore store, ExecutionId id) {
    return CancelExecution.cancel(store, new Definitions(reader(store)), id);
  }

  /**
   * Holds an execution: no task of it starts until it is resumed. What runs comes to its end.
   *
   * @return PAUSED; or the state that it has when it cannot be held: it has ended, or is being
   *     cancelled
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public static ExecutionState pause(StateStore store, ExecutionId id) {
    return PauseResume.pause(store, id);
  }

  /**
   * Lets an execution go on that was held.
   *
   * @return RUNNING; or the state that it has when it is not held
   * @throws dev.waymark.core.conflict.NotFoundException when there is no such execution
   */
  public static ExecutionState resume(StateStore store, ExecutionId id) {
    return PauseResume.resume(store, id);
  }

  /**
   * Ends in peace: takes nothing new, and returns when all that runs here has come to its end and
   * is recorded. {@link #run} and {@link #work} then return. {@link #stop} may be called meanwhile.
   */
  public void drain() {
    coordinator.drain();
  }

  /**
   * Stops: nothing new starts, live process groups are ended within the grace time, their attempts
   * are recorded as CANCELLED with the error {@code worker stopped} and their task runs as
   * RETRYING, so that the next worker takes them up; such an attempt does not count as failed.
   * {@link #run} and {@link #work} then return.
   *
   * <p>Returns when all of that is recorded. Made for a shutdown hook; calling it again, from any
   * thread, is harmless. From a {@link RunListener} it returns at once.
   */
  public void stop() {
    coordinator.stop();
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  /** The name under which this runner records its attempts. */
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
    private static final Duration LEAST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST_LEASE = Duration.ofDays(365);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(36_500);

    private final StateStore store;
    private final Function<Workflow, WorkflowDefinition> definitions;
    private @Nullable String worker;
    private int concurrency =
        Math.max(LEAST_CONCURRENCY, Runtime.getRuntime().availableProcessors());
    private Path logDirectory = Path.of(System.getProperty("user.home", "."), ".waymark", "logs");
    private RunListener listener = RunListener.NONE;
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

    private Builder(StateStore store, Function<Workflow, WorkflowDefinition> definitions) {
      this.store = store;
      this.definitions = definitions;
    }

    /**
     * The name of this worker, which no other living worker may have: attempts recorded under it
     * that this runner does not run are taken for those of an earlier life. The name is free when
     * that life has stopped, when nothing was heard of it for the time of a lease, or at once where
     * its process is seen to have ended on this machine. By default a name that says host and
     * process, from which others see for sure when the worker is gone.
     */
    public Builder worker(String worker) {
      this.worker = worker;
      return this;
    }

    /** How many attempts may be live at once; by default the number of processors, at least 4. */
    public Builder concurrency(int concurrency) {
      this.concurrency = concurrency;
      return this;
    }

    /**
     * Where output is kept; by default {@code .waymark/logs} in the user's home. A worker that
     * takes over must have the same to find the processes that were left behind.
     */
    public Builder logDirectory(Path logDirectory) {
      this.logDirectory = logDirectory;
      return this;
    }

    /** Hears of progress; nobody by default. */
    public Builder listener(RunListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * The time against which pauses between attempts are measured; the system's clock by default.
     * It should agree with the clock of the store.
     */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /** Makes the ids of executions, task runs and commits; {@link Ids#system} by default. */
    public Builder ids(Ids ids) {
      this.ids = ids;
      return this;
    }

    /**
     * How long a process group that is asked to end may take before it is killed; 10 s by default.
     */
    public Builder grace(Duration grace) {
      this.grace = grace;
      return this;
    }

    /** How often to look for what other processes changed; 500 ms by default. */
    public Builder pollInterval(Duration pollInterval) {
      this.pollInterval = pollInterval;
      return this;
    }

    /**
     * How many attempts of one task run may be lost with their worker before the task run has
     * failed; 5 by default.
     */
    public Builder maxLost(int maxLost) {
      this.maxLost = maxLost;
      return this;
    }

    /**
     * How long to retry calls of a store that does not answer before giving up, with the results of
     * finished tasks at stake; 5 minutes by default. An overloaded store is retried for as long as
     * it is overloaded. A runner that is being stopped gives up after 10 s in both cases.
     */
    public Builder storeRetryTimeout(Duration storeRetryTimeout) {
      this.storeRetryTimeout = storeRetryTimeout;
      return this;
    }

    /**
     * For how long an attempt is kept for this worker that gives no sign of life; 30 s by default,
     * at least 100 ms, and at most 365 days. A worker renews its leases three times as often. One
     * that cannot do so within that time ends what it runs, and after that time others take it up:
     * a short lease finds a dead worker soon, and a long one survives longer times without the
     * store.
     */
    public Builder lease(Duration lease) {
      this.lease = lease;
      return this;
    }

    /**
     * Serves a pool; may be called several times. By default a runner serves the pool of tasks that
     * name none. The pools of tasks that use one of its handlers, and name none, it serves in any
     * case.
     */
    public Builder pool(String pool) {
      pools.add(pool);
      return this;
    }

    /**
     * Whether the output of attempts is also kept in the store, up to its limit {@code
     * maxLogBytes}, where it can be read from every machine; it is by default.
     */
    public Builder storeLogs(boolean storeLogs) {
      this.storeLogs = storeLogs;
      return this;
    }

    /**
     * For how long after the end of an execution its logs stay in the store; for ever by default.
     * This worker deletes what is older, whoever wrote it.
     */
    public Builder logRetention(Duration logRetention) {
      this.logRetention = logRetention;
      return this;
    }

    /**
     * For how long after the end of an execution its files stay in the log directory; for ever by
     * default. Zero deletes them within seconds. This worker deletes the files of every execution
     * of its store, whoever wrote them. What is kept in the store stays readable; output beyond the
     * limit {@code maxLogBytes} is in the files alone.
     */
    public Builder logFileRetention(Duration logFileRetention) {
      this.logFileRetention = logFileRetention;
      return this;
    }

    /** Registers a handler, for tasks that name it in {@code uses:}. */
    public Builder handler(String name, TaskHandler handler) {
      handlers.put(name, handler);
      return this;
    }

    /**
     * Registers a handler that takes the arguments of {@code with:} as a record: a component {@code
     * maxRows} is the argument {@code max-rows}. Arguments that are missing, unknown or not of
     * their type are the error of the attempt; an Optional may be missing.
     *
     * @throws InvalidInputException when the record has a component of a type that no text can be
     *     made into
     */
    public <A extends Record> Builder handler(
        String name, Class<A> arguments, TaskHandler.Typed<A> handler) {
      Arguments.check(arguments);
      return handler(
          name, context -> handler.run(Arguments.bind(arguments, context.with()), context));
    }

    /**
     * The runner. It does nothing until it is told to.
     *
     * @throws InvalidInputException when a number or a duration is out of range
     */
    public Runner build() {
      positive("concurrency", concurrency);
      positive("maxLost", maxLost);
      Durations.within("pollInterval", pollInterval, Duration.ofMillis(1), LONGEST_LEASE);
      Durations.within("grace", grace, Duration.ZERO, LONGEST_LEASE);
      Durations.within("storePatience", storeRetryTimeout, Duration.ZERO, LONGEST_LEASE);
      if (logFileRetention != null) {
        Durations.within("logFileRetention", logFileRetention, Duration.ZERO, LONGEST_RETENTION);
      }
      leaseInRange(lease);
      Handlers registered = new Handlers(handlers);
      Set<String> served = new TreeSet<>(registered.pools());
      served.addAll(pools.isEmpty() ? Set.of(ClaimRequest.DEFAULT_POOL) : pools);
      return new Runner(
          new RunnerConfig(
              store,
              new Definitions(definitions),
              worker == null ? Workers.newName() : worker,
              concurrency,
              new TaskLogs(logDirectory),
              listener,
              clock,
              ids == null ? Ids.system() : ids,
              grace,
              pollInterval,
              maxLost,
              lease,
              served,
              registered,
              new LogSettings(storeLogs, logFileRetention, logRetention),
              new RetriedCalls(storeRetryTimeout),
              new WorkScope()));
    }

    private static void leaseInRange(Duration lease) {
      if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
        throw new InvalidInputException(
            "lease is "
                + Durations.format(lease)
                + "; it must be at least "
                + Durations.format(LEAST_LEASE)
                + ", so that it can be renewed in time, and at most "
                + Durations.format(LONGEST_LEASE));
      }
    }

    private static void positive(String name, long value) {
      if (value < 1) {
        throw new InvalidInputException(name + " is " + value + "; it must be at least 1");
      }
    }
  }
}
