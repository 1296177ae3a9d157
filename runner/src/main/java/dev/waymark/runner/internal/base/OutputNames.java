package dev.waymark.runner.internal.base;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import java.util.regex.Pattern;

/** The valid names of outputs of a task. */
public final class OutputNames {
  private static final Pattern PATTERN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

  private OutputNames() {}

  /** Whether this is a valid name; the members of a JSON object may have others. */
  public static boolean isValid(String name) {
    return PATTERN.matcher(name).matches();
  }

  /**
   * Checks a name.
   *
   * @param what the description of the name in a message
   * @throws InvalidInputException when the name is not a valid output name
   */
  public static String check(String what, String name) {
    return Text.matching(
        what,
        name,
        PATTERN,
        "use 1 to 63 letters, digits, '_' or '-', beginning with a letter or '_'");
  }
}
