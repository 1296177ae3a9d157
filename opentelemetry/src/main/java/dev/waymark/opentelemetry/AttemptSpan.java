package dev.waymark.opentelemetry;

import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.api.RunTracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The span of an attempt. */
final class AttemptSpan extends OpenSpan implements RunTracer.Attempt {
  AttemptSpan(Span span, Context parent) {
    super(span, parent);
  }

  /** An attempt that was cancelled has not failed. */
  @Override
  public void ended(AttemptState state, @Nullable Integer exitCode) {
    span.setAttribute(Names.ATTEMPT_STATE, state.name());
    if (exitCode != null) {
      span.setAttribute(Names.EXIT_CODE, exitCode.longValue());
    }
    if (state == AttemptState.FAILED || state == AttemptState.LOST) {
      setError(state.name());
    }
    span.end();
  }
}
