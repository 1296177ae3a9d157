package dev.waymark.runner.internal.process;

import dev.waymark.core.store.Change;
import dev.waymark.core.store.NewExecution;
import java.util.List;

/**
 * What a handler has asked for: that its execution ends and continues as a new one.
 *
 * @param next the next execution
 * @param begin the changes with which the next one begins, after its creation
 */
public record Continuation(NewExecution next, List<Change> begin) implements FollowUp {
  /** Keeps an unmodifiable copy. */
  public Continuation {
    begin = List.copyOf(begin);
  }
}
