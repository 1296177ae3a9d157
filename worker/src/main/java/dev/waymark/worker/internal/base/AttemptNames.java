package dev.waymark.worker.internal.base;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The names of an attempt in the MDC of SLF4J, until this is closed. Then the thread has the MDC
 * that it had before, whatever was added meanwhile. Belongs to the thread that created it.
 */
public final class AttemptNames implements AutoCloseable {
  private final @Nullable Map<String, String> before = MDC.getCopyOfContextMap();

  /** Adds the names. The task has the number of its iteration. */
  public AttemptNames(ExecutionId execution, WorkflowId workflow, TaskId task, int attempt) {
    MDC.put("waymark.execution", execution.toString());
    MDC.put("waymark.workflow", workflow.value());
    MDC.put("waymark.task", task.value());
    MDC.put("waymark.attempt", Integer.toString(attempt));
  }

  @Override
  public void close() {
    if (before == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(before);
    }
  }
}
