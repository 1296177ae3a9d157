package dev.waymark.runner.definition;

import java.util.Set;

/**
 * Which variables of its worker a task inherits: the value of {@code inherit-env}.
 *
 * @param names the names of variables; {@code *} stands for all that are no credentials. Apart from
 *     these, a task inherits what every program needs: see {@code docs/workflow-file.md}
 */
public record InheritedEnv(Set<String> names) {
  /** Stands for every variable that is no credential. */
  public static final String EVERYTHING = "*";

  /** Everything but credentials: what a task inherits where the file does not say. */
  public static final InheritedEnv ALL = new InheritedEnv(Set.of(EVERYTHING));

  /** Only what every program needs. */
  public static final InheritedEnv NONE = new InheritedEnv(Set.of());

  /** Keeps an unmodifiable copy. */
  public InheritedEnv {
    names = Set.copyOf(names);
  }
}
