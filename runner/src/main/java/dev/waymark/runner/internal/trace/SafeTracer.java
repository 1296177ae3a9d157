package dev.waymark.runner.internal.trace;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.api.AttemptStart;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A tracer whose exceptions are logged and have no other effect. Thread-safe. */
public final class SafeTracer implements RunTracer {
  private static final Logger LOG = LoggerFactory.getLogger(SafeTracer.class);

  private final RunTracer tracer;

  private SafeTracer(RunTracer tracer) {
    this.tracer = tracer;
  }

  /** Guards a tracer. */
  public static RunTracer of(RunTracer tracer) {
    return tracer == NONE || tracer instanceof SafeTracer ? tracer : new SafeTracer(tracer);
  }

  @Override
  public Start executionStarting(WorkflowId workflow) {
    return new SafeStart(call(() -> tracer.executionStarting(workflow), Start.NONE));
  }

  @Override
  public Attempt attemptStarting(AttemptStart attempt) {
    Attempt otherwise = Attempt.carrying(attempt.parent());
    return new SafeAttempt(call(() -> tracer.attemptStarting(attempt), otherwise));
  }

  @Override
  public void executionEnded(Execution execution) {
    run(() -> tracer.executionEnded(execution));
  }

  private static <T> T call(Supplier<T> call, T otherwise) {
    try {
      return call.get();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("a run tracer threw an exception; the run continues", e);
      return otherwise;
    }
  }

  private static void run(Runnable call) {
    boolean unused =
        call(
            () -> {
              call.run();
              return true;
            },
            false);
  }

  /** What a start and an attempt have in common. */
  private abstract static class SafeTrace<T extends Trace> implements Trace {
    final T trace;

    SafeTrace(T trace) {
      this.trace = trace;
    }

    @Override
    public @Nullable TraceContext context() {
      return call(() -> Optional.ofNullable(trace.context()), Optional.<TraceContext>empty())
          .orElse(null);
    }

    @Override
    public Scope enter() {
      Scope scope = call(trace::enter, Scope.NONE);
      return () -> run(scope::close);
    }

    @Override
    public void failed(Throwable error) {
      run(() -> trace.failed(error));
    }
  }

  private static final class SafeStart extends SafeTrace<Start> implements Start {
    SafeStart(Start trace) {
      super(trace);
    }

    @Override
    public void ended(@Nullable ExecutionId execution) {
      run(() -> trace.ended(execution));
    }
  }

  private static final class SafeAttempt extends SafeTrace<Attempt> implements Attempt {
    SafeAttempt(Attempt trace) {
      super(trace);
    }

    @Override
    public void ended(AttemptState state, @Nullable Integer exitCode) {
      run(() -> trace.ended(state, exitCode));
    }
  }
}
