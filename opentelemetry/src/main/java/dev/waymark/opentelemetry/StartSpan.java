package dev.waymark.opentelemetry;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * The span of a start.
 *
 * @param open the span
 */
record StartSpan(OpenSpan open) implements RunTracer.Start {
  @Override
  public @Nullable TraceContext context() {
    return open.context();
  }

  @Override
  public RunTracer.Scope enter() {
    return open.enter();
  }

  @Override
  public void failed(Throwable error) {
    open.failed(error);
  }

  @Override
  public void ended(@Nullable ExecutionId execution) {
    if (execution == null) {
      open.setError("the execution was not started");
    } else {
      open.span().setAttribute(Names.EXECUTION, execution.toString());
    }
    open.span().end();
  }
}
