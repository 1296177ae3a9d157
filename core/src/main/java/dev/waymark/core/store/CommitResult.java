package dev.waymark.core.store;

import dev.waymark.core.model.CommitId;
import java.time.Instant;
import java.util.List;

/**
 * The answer to a commit that was accepted. The change set is durable.
 *
 * @param id the commit id
 * @param at the time that its records and transitions carry, to the microsecond
 * @param outcomes one for each change, in order
 */
public record CommitResult(CommitId id, Instant at, List<Outcome> outcomes) {

  /** Keeps an unmodifiable copy of the outcomes. */
  public CommitResult {
    outcomes = List.copyOf(outcomes);
  }
}
