package dev.waymark.runner.definition;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.TaskId;
import dev.waymark.runner.definition.Condition.Kind;
import dev.waymark.runner.definition.Condition.OutputTest;
import dev.waymark.runner.internal.base.OutputNames;
import dev.waymark.runner.internal.base.Suggestions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the text of a condition in one pass. An error names the text that was not understood and
 * what is allowed in its place.
 *
 * <p>No pattern here has a repeated group. Java's matcher recurses for each repetition of a group,
 * and a condition may be as long as a file.
 *
 * @since 0.1.0
 */
public final class ConditionParser {
  private static final String ALLOWED =
      "write success(), failure(), always(), needs.TASK.outputs.NAME == 'text' or the same with !=, joined by &&";
  private static final String OPENING = "${{";
  private static final String CLOSING = "}}";
  private static final String OUTPUTS = ".outputs.";

  private static final Pattern SPACES = Pattern.compile("[ \\t\\r\\n]*+");
  private static final Pattern AND = Pattern.compile("&&");
  private static final Pattern CALL = Pattern.compile("([A-Za-z_][A-Za-z0-9_-]*+)\\(\\)");
  private static final Pattern OUTPUT = Pattern.compile("needs\\.([A-Za-z0-9._-]++)");
  private static final Pattern COMPARISON = Pattern.compile("==|!=");
  private static final Pattern WORD = Pattern.compile("\"[^\"]*+\"|[^ \\t\\r\\n]++");

  private final String text;
  private final Matcher token;
  private final List<OutputTest> tests = new ArrayList<>();
  private @Nullable Kind kind;
  private int at;

  private ConditionParser(String text) {
    this.text = text;
    this.token = SPACES.matcher(text);
  }

  /**
   * Parses a condition.
   *
   * @throws InvalidInputException when the text is not a condition
   */
  public static Condition parse(String text) {
    return new ConditionParser(unwrapped(text.strip())).condition();
  }

  /**
   * Removes the enclosing braces. They are allowed because other tools require them around a
   * condition.
   */
  private static String unwrapped(String text) {
    if (!text.startsWith(OPENING)) {
      return text;
    }
    if (!text.endsWith(CLOSING)) {
      throw refused("begins with " + OPENING + " and does not end with " + CLOSING, "close it");
    }
    return text.substring(OPENING.length(), text.length() - CLOSING.length());
  }

  private Condition condition() {
    do {
      term();
    } while (take(AND));
    if (at < text.length()) {
      throw refused("has " + word() + " where only && could follow", ALLOWED);
    }
    return new Condition(kind == null ? Kind.SUCCESS : kind, tests);
  }

  private void term() {
    if (take(CALL)) {
      function(token.group(1));
    } else if (take(OUTPUT)) {
      test(token.group(), token.group(1));
    } else {
      throw refused("has " + word() + " where a term is expected", ALLOWED);
    }
  }

  private void function(String name) {
    Kind found = kindOf(name);
    if (found == null) {
      String nearest = Suggestions.nearest(name, List.of("success", "failure", "always"));
      throw refused(
          "calls the unknown function " + Text.quote(name + "()"),
          nearest == null
              ? "there are success(), failure() and always()"
              : "did you mean " + nearest + "()?");
    }
    if (kind != null) {
      throw refused("has more than one of success(), failure() and always()", "keep one of them");
    }
    kind = found;
  }

  private static @Nullable Kind kindOf(String name) {
    String call = name + "()";
    return Arrays.stream(Kind.values())
        .filter(kind -> kind.toString().equals(call))
        .findFirst()
        .orElse(null);
  }

  private void test(String whole, String path) {
    // A task may be named "a.outputs.b", an output may not.
    int name = path.lastIndexOf(OUTPUTS);
    if (name < 0) {
      throw refused(
          "has " + Text.quote(whole) + ", which is no output", "write needs.TASK.outputs.NAME");
    }
    TaskId task = new TaskId(path.substring(0, name));
    String output = OutputNames.check("the output name", path.substring(name + OUTPUTS.length()));
    if (!take(COMPARISON)) {
      throw refused(
          "has " + word() + " after " + Text.quote(whole),
          "compare an output by == 'text' or != 'text'");
    }
    boolean equal = token.group().equals("==");
    tests.add(new OutputTest(task, output, equal, quoted(whole)));
  }

  private String quoted(String whole) {
    take(SPACES);
    if (!text.startsWith("'", at)) {
      throw refused(
          "compares " + Text.quote(whole) + " with " + word(),
          "put the text in single quotes, with '' for a quote in it");
    }
    StringBuilder quoted = new StringBuilder();
    int from = at + 1;
    int end = quote(from);
    while (text.startsWith("'", end + 1)) {
      quoted.append(text, from, end + 1);
      from = end + 2;
      end = quote(from);
    }
    at = end + 1;
    return quoted.append(text, from, end).toString();
  }

  private int quote(int from) {
    int quote = text.indexOf('\'', from);
    if (quote < 0) {
      throw refused(
          "has a text that is not closed",
          "end it with a single quote; where it has \" #\", put the condition in double quotes, or YAML takes the rest for a comment");
    }
    return quote;
  }

  /** Skips spaces and then a match of the pattern; skips only the spaces when nothing matches. */
  private boolean take(Pattern pattern) {
    at = end(SPACES, at);
    int end = end(pattern, at);
    at = Math.max(at, end);
    return end >= 0;
  }

  private int end(Pattern pattern, int from) {
    return token.usePattern(pattern).region(from, text.length()).lookingAt() ? token.end() : -1;
  }

  /** The next word, for a message. */
  private String word() {
    return take(WORD) ? Text.quote(token.group()) : "nothing";
  }

  private static InvalidInputException refused(String what, String allowed) {
    return new InvalidInputException("the condition " + what + "; " + allowed);
  }
}
