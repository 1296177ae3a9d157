package dev.waymark.testkit.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The steps of a run, and the report of a difference. */
final class Transcript {
  private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final int SHOWN_STEPS = 12;
  private static final int SHOWN_CHARS = 1_500;
  private static final int AROUND = 60;

  private final List<Step> steps = new ArrayList<>();

  /** One step, as text. */
  private record Step(String text, Set<String> ids) {}

  void add(int step, Instant at, Operation operation, Answer answer) {
    String text = line(step, at, operation);
    steps.add(new Step(text + " -> " + brief(answer), ids(text)));
  }

  private static String line(int step, Instant at, Operation operation) {
    return String.format(Locale.ROOT, "step %d at %s: %s", step, at, operation);
  }

  private static String brief(Answer answer) {
    return answer.error() == null ? answer.kind() : answer.toString();
  }

  private static Set<String> ids(String text) {
    return UUIDS.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  List<String> steps() {
    return steps.stream().map(Step::text).toList();
  }

  /** The full report of a difference: the operation, all answers, and the steps before it. */
  String report(
      String what, int step, Instant at, Operation operation, Map<String, Answer> answers) {
    StringBuilder report = new StringBuilder(what).append('\n');
    report.append(printable(line(step, at, operation))).append('\n');
    String expected = answers.values().iterator().next().toString();
    answers.forEach(
        (name, answer) -> {
          report.append("  ").append(name).append(": ").append(shown(answer.toString()));
          report.append('\n').append(parting(expected, answer.toString()));
        });
    report.append("steps before it upon the same records, or the last ones when it names none:\n");
    before(ids(operation.toString()))
        .forEach(line -> report.append("  ").append(line).append('\n'));
    return report.toString();
  }

  private List<String> before(Set<String> ids) {
    List<String> lines =
        steps.stream()
            .filter(step -> ids.isEmpty() || !disjoint(step.ids(), ids))
            .map(step -> shown(step.text()))
            .toList();
    return lines.subList(Math.max(0, lines.size() - SHOWN_STEPS), lines.size());
  }

  private static boolean disjoint(Set<String> some, Set<String> others) {
    Set<String> common = new HashSet<>(some);
    common.retainAll(others);
    return common.isEmpty();
  }

  /** Describes the first position at which two long answers differ; empty when they are equal. */
  private static String parting(String expected, String found) {
    if (expected.equals(found)) {
      return "";
    }
    int at = 0;
    while (at < Math.min(expected.length(), found.length())
        && expected.charAt(at) == found.charAt(at)) {
      at++;
    }
    return "    parts at character %s: %s\n                    against: %s\n"
        .formatted(at, around(expected, at), around(found, at));
  }

  private static String around(String text, int at) {
    return printable(
        text.substring(Math.max(0, at - AROUND), Math.min(text.length(), at + AROUND)));
  }

  private static String shown(String text) {
    return printable(
        text.length() <= SHOWN_CHARS
            ? text
            : text.substring(0, SHOWN_CHARS) + "… (" + text.length() + " characters)");
  }

  /** Text without characters that a terminal reorders or executes. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c >= ' ' && c < 0x7f) {
                out.append((char) c);
              } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              }
            });
    return out.toString();
  }
}
