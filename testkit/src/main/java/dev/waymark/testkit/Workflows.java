package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.WorkflowHead;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The revisions of the workflows of the reference store. Not thread-safe. */
final class Workflows {
  private final Map<WorkflowId, List<Workflow>> revisions = new TreeMap<>();

  /** The last revisions of workflows that were deleted. */
  private final Map<WorkflowId, Integer> deleted = new TreeMap<>();

  void write(Effect.WorkflowSaved saved) {
    Workflow revision = saved.revision();
    revisions.computeIfAbsent(revision.id(), id -> new ArrayList<>()).add(revision);
  }

  void write(Effect.WorkflowDeleted it) {
    revisions.remove(it.workflow());
    deleted.put(it.workflow(), it.revision());
  }

  /** The head of a workflow, or null when it was never saved. */
  @Nullable WorkflowHead head(WorkflowId id) {
    List<Workflow> all = revisions.get(id);
    if (all == null) {
      Integer last = deleted.get(id);
      return last == null ? null : new WorkflowHead(id, 0, last, "");
    }
    Workflow latest = latest(all);
    return new WorkflowHead(id, all.get(0).revision(), latest.revision(), latest.contentHash());
  }

  /** The revisions of a workflow, oldest first. */
  Stream<Workflow> of(WorkflowId id) {
    return revisions.getOrDefault(id, List.of()).stream();
  }

  /** The latest revision of every workflow, by id. */
  List<Workflow> latest() {
    return revisions.values().stream().map(Workflows::latest).toList();
  }

  private static Workflow latest(List<Workflow> all) {
    return all.get(all.size() - 1);
  }
}
