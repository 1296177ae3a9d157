package dev.waymark.runner.internal.start;

import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the definitions of one store and caches the last ones, because many executions share one. A
 * revision never changes, so what is cached stays right. Thread-safe.
 */
public final class Definitions {
  private static final int REMEMBERED = 64;

  /** A definition takes several times the memory of its text. */
  private static final long MOST_CHARS = 2 << 20;

  private final Function<Workflow, WorkflowDefinition> reader;
  private final Map<Key, Entry> read = new LinkedHashMap<>(16, 0.75f, true);
  private long chars;

  /** Creates a cache that reads with this function. */
  public Definitions(Function<Workflow, WorkflowDefinition> reader) {
    this.reader = reader;
  }

  /** Reads workflow files, as {@code waymark apply} saves them, within the limits of a store. */
  public static Function<Workflow, WorkflowDefinition> reader(StateStore store) {
    DefinitionReader reader = new DefinitionReader(DefinitionLimits.of(store.limits()));
    return workflow ->
        reader.read(
            "workflow/" + workflow.id() + " (revision " + workflow.revision() + ")",
            workflow.definition());
  }

  /** Returns the definition of a revision if it is cached, so that its text need not be read. */
  public synchronized @Nullable WorkflowDefinition cached(WorkflowId id, int revision) {
    Entry known = read.get(new Key(id, revision));
    return known == null ? null : known.definition();
  }

  /** Returns the definition of a revision. */
  public synchronized WorkflowDefinition of(Workflow workflow) {
    WorkflowDefinition known = cached(workflow.id(), workflow.revision());
    if (known != null) {
      return known;
    }
    WorkflowDefinition definition = reader.apply(workflow);
    int length = workflow.definition().length();
    read.put(new Key(workflow.id(), workflow.revision()), new Entry(definition, length));
    chars += length;
    for (var eldest = read.values().iterator(); read.size() > 1 && isTooMuch(); ) {
      chars -= eldest.next().chars();
      eldest.remove();
    }
    return definition;
  }

  private boolean isTooMuch() {
    return read.size() > REMEMBERED || chars > MOST_CHARS;
  }

  private record Key(WorkflowId id, int revision) {}

  private record Entry(WorkflowDefinition definition, int chars) {}
}
