package dev.waymark.runner.definition;

import dev.waymark.core.error.WaymarkException;
import java.util.List;
import java.util.StringJoiner;

/**
 * A workflow file was rejected. The message has one line for each problem, such as {@code
 * file.yaml:7:5: unknown key "tsks"; did you mean "tasks"?}, in the order of the file. After {@link
 * DefinitionLimits#maxProblemsShown()} problems, it only counts the rest. {@link #problems()}
 * returns all of them.
 *
 * @since 0.1.0
 */
public final class InvalidDefinitionException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  private final String sourceName;
  private final transient List<Problem> problems;

  /**
   * Creates the exception.
   *
   * @param sourceName the name of the file, as the user gave it
   * @param problems the problems, at least one, in the order of the file
   * @param maxShown how many of them the message shows
   */
  public InvalidDefinitionException(String sourceName, List<Problem> problems, int maxShown) {
    super(message(sourceName, problems, maxShown), null);
    this.sourceName = sourceName;
    this.problems = List.copyOf(problems);
  }

  /** The name of the file, as the user gave it. */
  public String sourceName() {
    return sourceName;
  }

  /** All problems, in the order of the file. */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(String sourceName, List<Problem> problems, int maxShown) {
    StringJoiner lines = new StringJoiner("\n");
    for (Problem problem : problems.subList(0, Math.min(maxShown, problems.size()))) {
      lines.add(sourceName + ":" + problem);
    }
    if (problems.size() > maxShown) {
      lines.add("and " + (problems.size() - maxShown) + " more");
    }
    return lines.toString();
  }
}
