package dev.waymark.runner.file.internal;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/** Converts errors of the YAML parser to messages that a user understands. */
final class SyntaxMessages {
  private SyntaxMessages() {}

  /**
   * Reports the error that stopped the parser; {@code last} is the end of the part that was parsed.
   */
  static void report(RuntimeException error, Position last, Problems problems) {
    if (error instanceof MarkedYamlEngineException marked) {
      report(marked, last, problems);
    } else if (error instanceof YamlVersionException) {
      problems.addFatal(
          Position.START,
          "the file is of another version of YAML",
          "remove the %YAML line; the version is 1.2");
    } else {
      problems.addFatal(
          last,
          "after this place the file is not valid YAML",
          "look for an escape, such as \"\\U...\", that is not a character");
    }
  }

  private static void report(MarkedYamlEngineException error, Position last, Problems problems) {
    String problem = error.getProblem() == null ? "" : error.getProblem();
    String context = error.getContext() == null ? "" : error.getContext();
    Position at = position(error.getProblemMark(), last);
    if (context.contains("quoted scalar") && problem.contains("end of stream")) {
      problems.addFatal(position(error.getContextMark(), at), "this quote is not closed", null);
    } else if (context.contains("flow") && problem.startsWith("expected ','")) {
      Position begin = position(error.getContextMark(), at);
      String opened = context.contains("sequence") ? "[" : "{";
      String closed = opened.equals("[") ? "]" : "}";
      String hint = "the \"" + opened + "\" opens at " + begin.line() + ":" + begin.column();
      problems.addFatal(at, "expected \",\" or \"" + closed + "\"", hint);
    } else {
      Words words = words(problem);
      problems.addFatal(at, words.message, words.hint);
    }
  }

  private record Words(String message, String hint) {}

  private static Words words(String problem) {
    if (problem.contains("\\t(TAB)")) {
      return new Words("a tab cannot indent", "use spaces");
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return new Words(
          "\":\" is not allowed here",
          "check the indentation, or put the value in quotes if the colon belongs to it");
    }
    if (problem.startsWith("sequence entries are not allowed")) {
      return new Words(
          "\"-\" is not allowed here",
          "begin the list on a line of its own, or put the value in quotes");
    }
    if (problem.contains("that cannot start any token")) {
      return new Words("a value cannot begin with this character", "put the value in quotes");
    }
    if (problem.startsWith("expected <block end>")
        || problem.startsWith("expected '<document start>'")) {
      return new Words(
          "this does not belong to the text before it",
          "check the indentation, quotes and brackets");
    }
    if (problem.startsWith("could not find expected ':'")) {
      return new Words("a \":\" is missing after this key", "write \"key: value\"");
    }
    return new Words(
        "not valid YAML: " + problem.replaceAll("\\s+", " "),
        "check the indentation, quotes and brackets");
  }

  /** Converts a mark, which counts from 0, to a position; {@code otherwise} when there is none. */
  static Position position(Optional<Mark> mark, Position otherwise) {
    return mark.map(found -> new Position(found.getLine() + 1, found.getColumn() + 1))
        .orElse(otherwise);
  }
}
