package dev.waymark.runner.internal.attempt;

import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.worker.internal.base.AttemptNames;

/**
 * A handler that runs in the trace of its attempt, and with the names of the attempt in the MDC.
 *
 * @param handler the handler
 * @param trace the trace of the attempt
 */
record ObservedHandler(TaskHandler handler, RunTracer.Attempt trace) implements TaskHandler {

  @Override
  public void run(TaskContext context) throws Exception {
    try (AttemptNames names = names(context);
        RunTracer.Scope scope = trace.enter()) {
      handler.run(context);
    } catch (Throwable e) { // Every throwable means that the attempt failed.
      trace.failed(e);
      throw e;
    }
  }

  private static AttemptNames names(TaskContext context) {
    return new AttemptNames(
        context.executionId(),
        context.workflowId(),
        context.taskId().iteration(context.iteration()),
        context.attempt());
  }
}
