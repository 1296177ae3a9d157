package dev.waymark.opentelemetry;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.api.RunTracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The span of a start. */
final class StartSpan extends OpenSpan implements RunTracer.Start {
  StartSpan(Span span, Context parent) {
    super(span, parent);
  }

  @Override
  public void ended(@Nullable ExecutionId execution) {
    if (execution == null) {
      setError("the execution was not started");
    } else {
      span.setAttribute(Names.EXECUTION, execution.toString());
    }
    span.end();
  }
}
