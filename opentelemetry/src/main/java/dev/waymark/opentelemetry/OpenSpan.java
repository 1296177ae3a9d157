package dev.waymark.opentelemetry;

import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * A span that has begun. Of an exception only the class becomes an attribute: its message may quote
 * inputs.
 */
abstract class OpenSpan implements RunTracer.Trace {
  final Span span;
  private final Context parent;

  /**
   * Keeps a span.
   *
   * @param parent the context in which it began
   */
  OpenSpan(Span span, Context parent) {
    this.span = span;
    this.parent = parent;
  }

  @Override
  public @Nullable TraceContext context() {
    return W3c.contextOf(span);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // The runner closes what this returns.
  public RunTracer.Scope enter() {
    return parent.with(span).makeCurrent()::close;
  }

  @Override
  public void failed(Throwable error) {
    span.setAttribute(Names.ERROR_TYPE, error.getClass().getName());
  }

  final void setError(String description) {
    span.setStatus(StatusCode.ERROR, description);
  }
}
