package dev.waymark.runner.internal.attempt;

import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A handler that runs in the trace of its attempt, and with the names of the attempt in the MDC.
 * Afterwards the thread has the MDC that it had before, whatever the handler has added.
 *
 * @param handler the handler
 * @param trace the trace of the attempt
 */
record ObservedHandler(TaskHandler handler, RunTracer.Attempt trace) implements TaskHandler {

  @Override
  public void run(TaskContext context) throws Exception {
    @Nullable Map<String, String> before = MDC.getCopyOfContextMap();
    try (RunTracer.Scope scope = trace.enter()) {
      MDC.put("waymark.execution", context.executionId().toString());
      MDC.put("waymark.workflow", context.workflowId().value());
      MDC.put("waymark.task", context.taskId().iteration(context.iteration()).value());
      MDC.put("waymark.attempt", Integer.toString(context.attempt()));
      handler.run(context);
    } catch (Throwable e) { // Every throwable means that the attempt failed.
      trace.failed(e);
      throw e;
    } finally {
      restore(before);
    }
  }

  private static void restore(@Nullable Map<String, String> before) {
    if (before == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(before);
    }
  }
}
