package dev.waymark.core.store;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.WorkflowId;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A workflow to save. When its content equals the latest revision, nothing changes. Otherwise it
 * becomes the next revision.
 *
 * <p>For example:
 *
 * <pre>{@code
 * int revision = (int) store.saveWorkflow(new NewWorkflow(workflow, "any text")).version();
 * }</pre>
 *
 * @param id the id to save it under
 * @param definition the definition: any text, stored byte for byte
 * @param description a description for people, or null
 * @param labels names and values for queries
 * @since 0.1.0
 */
public record NewWorkflow(
    WorkflowId id, String definition, @Nullable String description, Map<String, String> labels) {

  /**
   * Checks that every text is well-formed.
   *
   * @throws dev.waymark.core.error.InvalidInputException when a text is not well-formed
   */
  public NewWorkflow {
    Objects.requireNonNull(id, "workflow id");
    Text.wellFormed("definition of workflow " + id, definition);
    if (description != null) {
      Text.wellFormed("description of workflow " + id, description);
    }
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
  }

  /** A workflow without description and labels. */
  public NewWorkflow(WorkflowId id, String definition) {
    this(id, definition, null, Map.of());
  }
}
