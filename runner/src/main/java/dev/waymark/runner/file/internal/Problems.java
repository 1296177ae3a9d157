package dev.waymark.runner.file.internal;

import dev.waymark.runner.definition.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects the problems of one file. A problem that is found twice at the same position, for
 * example through an alias, counts once. Not thread-safe.
 */
public final class Problems {
  private static final Comparator<Problem> BY_POSITION =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  private final Set<Problem> found = new LinkedHashSet<>();
  private boolean fatal;

  /** Adds a problem. */
  public void add(Position at, String message, @Nullable String hint) {
    found.add(new Problem(at.line(), at.column(), message, hint));
  }

  /** Adds a problem after which no further check of the file is possible. */
  public void addFatal(Position at, String message, @Nullable String hint) {
    add(at, message, hint);
    fatal = true;
  }

  /** Whether there are no problems so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Whether the file cannot be checked any further. */
  public boolean isFatal() {
    return fatal;
  }

  /** The number of problems so far. */
  public int size() {
    return found.size();
  }

  /**
   * The problems in the order of the file. Those of one position are in the order in which they
   * were found.
   */
  public List<Problem> sorted() {
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort(BY_POSITION);
    return sorted;
  }
}
