package dev.waymark.cli.internal.command.base;

import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TraceContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the executions that a command starts continue the trace of the program that has called the
 * command, if its environment carries one. Records nothing itself.
 */
final class CallerTrace implements RunTracer {
  private final @Nullable TraceContext context;

  CallerTrace(Map<String, String> environment) {
    context = TraceContext.of(environment);
  }

  @Override
  public Start executionStarting(WorkflowId workflow) {
    return Start.carrying(context);
  }
}
