package dev.waymark.opentelemetry;

import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * The span of an attempt.
 *
 * @param open the span
 */
record AttemptSpan(OpenSpan open) implements RunTracer.Attempt {
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

  /** An attempt that was cancelled has not failed. */
  @Override
  public void ended(AttemptState state, @Nullable Integer exitCode) {
    open.span().setAttribute(Names.ATTEMPT_STATE, state.name());
    if (exitCode != null) {
      open.span().setAttribute(Names.EXIT_CODE, exitCode.longValue());
    }
    if (state == AttemptState.FAILED || state == AttemptState.LOST) {
      open.setError(state.name());
    }
    open.span().end();
  }
}
