package dev.waymark.core.internal.decide;

import dev.waymark.core.model.WorkflowId;

/**
 * What deciding needs to know of a workflow: its latest revision and that revision's content hash.
 */
public record WorkflowHead(WorkflowId id, int revision, String contentHash) {}
