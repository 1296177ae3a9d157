package dev.waymark.runner.api;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import org.jspecify.annotations.Nullable;

/**
 * Traces the executions that a runner starts, and the attempts that it runs. The module {@code
 * waymark-opentelemetry} has one for OpenTelemetry. A {@link RunListener} is notified of changes,
 * also of those by other workers. A tracer is called around what this runner does, and can set the
 * trace context of it.
 *
 * <p>Thread-safe: each method names the thread that calls it. An exception from a tracer is logged
 * and has no other effect.
 *
 * <p>For example:
 *
 * <pre>{@code
 * RunTracer tracer =
 *     new RunTracer() {
 *       @Override
 *       public void executionEnded(Execution execution) {
 *         System.out.println(execution.id() + " ended: " + TraceContext.of(execution));
 *       }
 *     };
 * Runner.Builder builder = Runner.builder(store).tracer(tracer);
 * }</pre>
 *
 * @since 0.1.0
 */
public interface RunTracer {

  /**
   * Records nothing. Attempts get the trace context with which their execution was started, so
   * tasks can continue the trace also if their worker does not trace.
   */
  RunTracer NONE = new RunTracer() {};

  /** An execution is about to be started. Called on the thread that starts it. */
  default Start executionStarting(WorkflowId workflow) {
    return Start.NONE;
  }

  /** An attempt is about to be started. The runner waits for the answer. */
  default Attempt attemptStarting(AttemptStart attempt) {
    return Attempt.carrying(attempt.parent());
  }

  /**
   * This runner has recorded the end of an execution. Of all runners, only one is notified. None is
   * if the end was recorded without one, for example by a cancellation from another program.
   */
  default void executionEnded(Execution execution) {}

  /** Ends the time in which a trace is the current one of a thread. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    /** Does nothing. */
    Scope NONE = () -> {};

    /** Restores what was current before. Called on the thread that entered. */
    @Override
    void close();
  }

  /** The trace of a start or of an attempt. */
  interface Trace {
    /** The trace context for what belongs to this trace; null for none. */
    default @Nullable TraceContext context() {
      return null;
    }

    /** Makes it the current one of the thread that calls this. */
    default Scope enter() {
      return Scope.NONE;
    }

    /** The code that ran in it has thrown an exception. It has not ended yet. */
    default void failed(Throwable error) {}
  }

  /** The trace of a start, on one thread. */
  interface Start extends Trace {
    /** Records nothing. */
    Start NONE = new Start() {};

    /** Returns a trace that records nothing and has this trace context. */
    static Start carrying(@Nullable TraceContext context) {
      return context == null
          ? NONE
          : new Start() {
            @Override
            public TraceContext context() {
              return context;
            }
          };
    }

    /**
     * The start has ended.
     *
     * @param execution the execution; null if the start has failed
     */
    default void ended(@Nullable ExecutionId execution) {}
  }

  /**
   * The trace of an attempt. A handler enters it, and may fail in it, on its own thread. A handler
   * that was abandoned may do so after the end.
   */
  interface Attempt extends Trace {
    /** Records nothing. */
    Attempt NONE = new Attempt() {};

    /** Returns a trace that records nothing and has this trace context. */
    static Attempt carrying(@Nullable TraceContext context) {
      return context == null
          ? NONE
          : new Attempt() {
            @Override
            public TraceContext context() {
              return context;
            }
          };
    }

    /**
     * The attempt has ended for this runner.
     *
     * @param state the state that was recorded; LOST also if the attempt no longer belonged to this
     *     runner
     * @param exitCode the exit code of its process, or null
     */
    default void ended(AttemptState state, @Nullable Integer exitCode) {}
  }
}
