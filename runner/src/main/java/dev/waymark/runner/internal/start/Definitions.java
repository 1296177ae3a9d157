package dev.waymark.runner.internal.start;

import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Reads definitions and caches the last ones, because many executions share one. Thread-safe. */
public final class Definitions {
  private static final int REMEMBERED = 64;

  /** A definition takes several times the memory of its text. */
  private static final long MOST_CHARS = 2 << 20;

  private final Function<Workflow, WorkflowDefinition> reader;
  private final Map<Key, WorkflowDefinition> read = new LinkedHashMap<>(16, 0.75f, true);
  private long chars;

  /** Creates a cache that reads with this function. */
  public Definitions(Function<Workflow, WorkflowDefinition> reader) {
    this.reader = reader;
  }

  /** Returns the definition of a revision. */
  public synchronized WorkflowDefinition of(Workflow workflow) {
    Key key = new Key(workflow.id(), workflow.revision(), workflow.definition().length());
    WorkflowDefinition known = read.get(key);
    if (known != null) {
      return known;
    }
    WorkflowDefinition definition = reader.apply(workflow);
    read.put(key, definition);
    chars += key.chars();
    for (var eldest = read.keySet().iterator(); read.size() > 1 && isTooMuch(); ) {
      chars -= eldest.next().chars();
      eldest.remove();
    }
    return definition;
  }

  private boolean isTooMuch() {
    return read.size() > REMEMBERED || chars > MOST_CHARS;
  }

  private record Key(WorkflowId id, int revision, int chars) {}
}
