package dev.waymark.runner.definition;

import java.util.Set;

/**
 * The variables that a task inherits from its worker: the value of {@code inherit-env}.
 *
 * @param names the names of variables; {@code *} means all variables except credentials. A task
 *     also inherits what every program needs: see {@code docs/workflow-file.md}
 * @since 0.1.0
 */
public record InheritedEnv(Set<String> names) {
  /** Means every variable that is not a credential. */
  public static final String EVERYTHING = "*";

  /** All variables except credentials: the default of a workflow file. */
  public static final InheritedEnv ALL = new InheritedEnv(Set.of(EVERYTHING));

  /** Only what every program needs. */
  public static final InheritedEnv NONE = new InheritedEnv(Set.of());

  /** Keeps an unmodifiable copy. */
  public InheritedEnv {
    names = Set.copyOf(names);
  }
}
