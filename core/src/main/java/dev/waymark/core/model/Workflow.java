package dev.waymark.core.model;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a workflow.
 *
 * @param id the id that all revisions share
 * @param revision 1, 2, 3 … in the order of saving
 * @param description what it is for, or null
 * @param labels names and values to find it by, in the order of the names
 * @param createdAt when this revision was saved, to the microsecond
 * @param contentHash SHA-256 of definition, description and labels, as 64 hexadecimal digits; equal
 *     content has equal hashes
 * @param definition the definition, as it was given, byte for byte
 */
public record Workflow(
    WorkflowId id,
    int revision,
    @Nullable String description,
    Map<String, String> labels,
    Instant createdAt,
    String contentHash,
    String definition) {

  /** Keeps an unmodifiable copy of the labels. */
  public Workflow {
    labels = Labels.labels(labels);
  }
}
