package dev.waymark.core.internal.decide;

import dev.waymark.core.model.WorkflowId;

/** The data of a workflow that decisions need: its latest revision and the content hash of it. */
public record WorkflowHead(WorkflowId id, int revision, String contentHash) {}
