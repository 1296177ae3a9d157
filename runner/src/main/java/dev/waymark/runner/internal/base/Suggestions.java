package dev.waymark.runner.internal.base;

import dev.waymark.core.internal.Words;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the most similar word, for a "did you mean" hint. */
public final class Suggestions {
  /** Words that other tools use for the same thing, in folded form. */
  private static final Map<String, String> SYNONYMS =
      Map.ofEntries(
          Map.entry("dependson", "needs"),
          Map.entry("dependencies", "needs"),
          Map.entry("requires", "needs"),
          Map.entry("command", "run"),
          Map.entry("commands", "run"),
          Map.entry("cmd", "run"),
          Map.entry("script", "run"),
          Map.entry("handler", "uses"),
          Map.entry("args", "with"),
          Map.entry("name", "id"),
          Map.entry("jobs", "tasks"),
          Map.entry("steps", "tasks"),
          Map.entry("params", "inputs"),
          Map.entry("parameters", "inputs"),
          Map.entry("environment", "env"),
          Map.entry("variables", "env"),
          Map.entry("cwd", "working-directory"),
          Map.entry("workdir", "working-directory"),
          Map.entry("timeoutminutes", "timeout"),
          Map.entry("when", "if"),
          Map.entry("condition", "if"),
          Map.entry("queue", "pool"),
          Map.entry("concurrency", "max-parallel"),
          Map.entry("onerror", "on-failure"),
          Map.entry("catch", "on-failure"),
          Map.entry("cleanup", "finally"),
          Map.entry("teardown", "finally"),
          Map.entry("succeeded", "success"),
          Map.entry("failed", "failure"),
          Map.entry("attempts", "max-attempts"),
          Map.entry("factor", "backoff"));

  private Suggestions() {}

  /**
   * The candidate that is most similar to a word, or null when none is similar. Case, {@code -} and
   * {@code _} are ignored.
   */
  public static @Nullable String nearest(String word, Collection<String> candidates) {
    String synonym = SYNONYMS.get(Words.fold(word));
    return synonym != null && candidates.contains(synonym)
        ? synonym
        : Words.nearest(word, candidates);
  }
}
