package dev.waymark.core.store;

import dev.waymark.core.model.CommitId;
import java.time.Instant;
import java.util.List;

/**
 * The result of an accepted commit. The change set is durable.
 *
 * @param id the commit id
 * @param at the time of its records and transitions, with microsecond precision
 * @param outcomes one for each change, in order
 * @since 0.1.0
 */
public record CommitResult(CommitId id, Instant at, List<Outcome> outcomes) {

  /** Keeps an unmodifiable copy of the outcomes. */
  public CommitResult {
    outcomes = List.copyOf(outcomes);
  }
}
