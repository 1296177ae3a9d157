package dev.waymark.runner.internal;

import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads definitions and remembers the last of them, since many executions share one. Thread-safe.
 */
public final class Definitions {
  private static final int REMEMBERED = 64;

  private final Function<Workflow, WorkflowDefinition> reader;
  private final Map<Key, WorkflowDefinition> read =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, WorkflowDefinition> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Reads with this function. */
  public Definitions(Function<Workflow, WorkflowDefinition> reader) {
    this.reader = reader;
  }

  /** The definition of a revision. */
  synchronized WorkflowDefinition of(Workflow workflow) {
    return read.computeIfAbsent(
        new Key(workflow.id(), workflow.revision()), key -> reader.apply(workflow));
  }

  private record Key(WorkflowId id, int revision) {}
}
