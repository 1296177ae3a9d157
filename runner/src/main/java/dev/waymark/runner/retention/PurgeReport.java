package dev.waymark.runner.retention;

import dev.waymark.core.model.WorkflowId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Purge} has done, or would do.
 *
 * @param parts one part for each workflow, in the order of their ids
 * @param complete whether it looked at all of them; false when it was stopped before
 * @since 0.1.0
 */
public record PurgeReport(List<Part> parts, boolean complete) {
  /** Keeps an unmodifiable copy. */
  public PurgeReport {
    parts = List.copyOf(parts);
  }

  /** The number of executions that were deleted, or would be. */
  public long deleted() {
    return parts.stream().mapToLong(Part::deleted).sum();
  }

  /**
   * What concerns one workflow.
   *
   * @param workflow the workflow
   * @param deleted how many executions were deleted, or would be
   * @param kept how many were kept only because their parent or a child of theirs has not ended; 0
   *     if that was not examined
   * @param unreadable why the definition could not be read, so that nothing was deleted; or null
   */
  public record Part(WorkflowId workflow, long deleted, long kept, @Nullable String unreadable) {}
}
