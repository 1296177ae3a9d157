package dev.waymark.core.model;

import dev.waymark.core.internal.Labels;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a workflow.
 *
 * @param id the id that all revisions share
 * @param revision 1, 2, 3 … in the order in which revisions were saved
 * @param description a description for people, or null
 * @param labels names and values for queries, ordered by name
 * @param createdAt when this revision was saved, with microsecond precision
 * @param contentHash SHA-256 of definition, description and labels, as 64 hexadecimal digits; equal
 *     content has equal hashes
 * @param definition the definition as the caller supplied it, byte for byte
 * @since 0.1.0
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
