package dev.waymark.runner.file.internal;

import dev.waymark.runner.definition.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with one file. A problem that is found twice at the same place, as behind
 * an alias, counts once. Not thread-safe.
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

  /** Adds a problem after which nothing else can be said of the file. */
  public void addFatal(Position at, String message, @Nullable String hint) {
    add(at, message, hint);
    fatal = true;
  }

  /** Whether nothing is wrong so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Whether the file cannot be looked at any further. */
  public boolean isFatal() {
    return fatal;
  }

  /** How many problems there are so far. */
  public int size() {
    return found.size();
  }

  /**
   * The problems in the order of the file; those of one place in the order in which they were
   * found.
   */
  public List<Problem> sorted() {
    List<Problem> sorted = new ArrayList<>(found);
    sorted.sort(BY_POSITION);
    return sorted;
  }
}
