package dev.waymark.opentelemetry;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.runner.api.AttemptStart;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Spans of a store and of the runners of this process, through the API of OpenTelemetry. Pass it to
 * the builder of the store as an observer and to the builder of the runner as its tracer.
 *
 * <table>
 *   <caption>The spans</caption>
 *   <tr><th>name</th><th>kind</th><th>what</th><th>parent</th></tr>
 *   <tr><td>{@code start} and the workflow</td><td>producer</td><td>the start of an execution by a runner</td><td>the current span of the caller</td></tr>
 *   <tr><td>{@code execution} and the workflow</td><td>internal</td><td>an execution, from its creation to its end</td><td>its start</td></tr>
 *   <tr><td>{@code attempt} and the task</td><td>consumer</td><td>an attempt, until its end is recorded</td><td>the start of its execution</td></tr>
 *   <tr><td>{@code waymark commit}</td><td>client</td><td>a group of change sets</td><td>the current span of the thread that wrote it</td></tr>
 *   <tr><td>{@code waymark claim}</td><td>client</td><td>a claim that took task runs</td><td>likewise</td></tr>
 * </table>
 *
 * <p>docs/observability.md lists the attributes. None of them contains inputs, payloads, labels or
 * the text of an error.
 *
 * <p>The start stores its trace context with the execution. So the attempts on all workers belong
 * to the trace of the starter. A handler runs with the span of its attempt as the current one; a
 * process receives it as {@code TRACEPARENT}. Without an SDK no span is recorded, and the context
 * of a caller is carried nevertheless.
 *
 * <p>Thread-safe. For example:
 *
 * <pre>{@code
 * WaymarkTracing tracing = WaymarkTracing.of(openTelemetry);
 * StateStore store = SqliteStateStore.builder(file).observer(tracing).build();
 * Runner.Builder runners = Runner.builder(store).tracer(tracing);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class WaymarkTracing implements StoreObserver, RunTracer {
  private static final String SCOPE = "dev.waymark";

  private final Tracer tracer;
  private final InstantSource clock = InstantSource.system();

  private WaymarkTracing(Tracer tracer) {
    this.tracer = tracer;
  }

  /**
   * Returns the tracing by an OpenTelemetry, whose propagators are not used: the format of W3C is
   * what is stored and what processes receive.
   */
  public static WaymarkTracing of(OpenTelemetry openTelemetry) {
    return new WaymarkTracing(openTelemetry.getTracer(SCOPE));
  }

  @Override
  public Start executionStarting(WorkflowId workflow) {
    Context parent = Context.current();
    Span span =
        tracer
            .spanBuilder("start " + workflow.value())
            .setParent(parent)
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(Names.WORKFLOW, workflow.value())
            .startSpan();
    return new StartSpan(span, parent);
  }

  @Override
  public Attempt attemptStarting(AttemptStart attempt) {
    Context parent = W3c.extract(attempt.parent());
    Span span =
        tracer
            .spanBuilder("attempt " + attempt.taskId().task().value())
            .setParent(parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(Names.WORKFLOW, attempt.workflowId().value())
            .setAttribute(Names.EXECUTION, attempt.executionId().toString())
            .setAttribute(Names.TASK, attempt.taskId().value())
            .setAttribute(Names.TASK_RUN, attempt.attemptId().taskRunId().toString())
            .setAttribute(Names.ATTEMPT, (long) attempt.attemptId().number())
            .setAttribute(Names.WORKER, attempt.worker())
            .startSpan();
    return new AttemptSpan(span, parent);
  }

  @Override
  public void executionEnded(Execution execution) {
    if (!tracer.isEnabled()) {
      return;
    }
    Span span =
        tracer
            .spanBuilder("execution " + execution.workflowId().value())
            .setParent(W3c.extract(TraceContext.of(execution)))
            .setStartTimestamp(execution.createdAt())
            .setAttribute(Names.WORKFLOW, execution.workflowId().value())
            .setAttribute(Names.REVISION, (long) execution.workflowRevision())
            .setAttribute(Names.EXECUTION, execution.id().toString())
            .setAttribute(Names.EXECUTION_STATE, execution.state().name())
            .startSpan();
    if (execution.state() == ExecutionState.FAILED) {
      span.setStatus(StatusCode.ERROR, execution.state().name());
    }
    Instant end = execution.endedAt();
    span.end(end == null ? clock.instant() : end);
  }

  @Override
  public void committed(int changeSets, int accepted, Duration took) {
    if (!tracer.isEnabled()) {
      return;
    }
    Instant end = clock.instant();
    Span span =
        tracer
            .spanBuilder("waymark commit")
            .setSpanKind(SpanKind.CLIENT)
            .setStartTimestamp(end.minus(took))
            .setAttribute(Names.CHANGE_SETS, (long) changeSets)
            .setAttribute(Names.REFUSED, (long) changeSets - accepted)
            .startSpan();
    if (accepted == 0) {
      span.setStatus(StatusCode.ERROR, "no change set was accepted");
    }
    span.end(end);
  }

  /** Workers look for work all the time. A claim that found none has no span. */
  @Override
  public void claimed(int taskRuns, Duration took) {
    if (taskRuns == 0 || !tracer.isEnabled()) {
      return;
    }
    Instant end = clock.instant();
    tracer
        .spanBuilder("waymark claim")
        .setSpanKind(SpanKind.CLIENT)
        .setStartTimestamp(end.minus(took))
        .setAttribute(Names.TASK_RUNS, (long) taskRuns)
        .startSpan()
        .end(end);
  }
}
