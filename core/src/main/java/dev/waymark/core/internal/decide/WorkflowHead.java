package dev.waymark.core.internal.decide;

import dev.waymark.core.model.WorkflowId;

/**
 * The data of a workflow that decisions need.
 *
 * @param firstRevision its first revision that was not deleted; not used when all were deleted
 * @param revision its latest revision, also when all were deleted: their numbers are not used again
 * @param contentHash the content hash of its latest revision; empty when all were deleted
 */
public record WorkflowHead(WorkflowId id, int firstRevision, int revision, String contentHash) {
  /** Whether all revisions were deleted, and none was saved since. */
  boolean isDeleted() {
    return contentHash.isEmpty();
  }

  /** Whether a revision exists; 0 stands for the latest. */
  boolean has(int wanted) {
    return !isDeleted() && (wanted == 0 || (wanted >= firstRevision && wanted <= revision));
  }

  /** The same workflow after all its revisions were deleted. */
  WorkflowHead deleted() {
    return new WorkflowHead(id, firstRevision, revision, "");
  }
}
