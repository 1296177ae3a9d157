package dev.waymark.runner.file.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.Condition.Kind;
import dev.waymark.runner.definition.Condition.OutputTest;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.base.Suggestions;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Checks the conditions of the tasks of a stage: each one must be valid and refer only to needs of
 * its task.
 */
final class ConditionCheck {
  /**
   * A file may have thousands of unknown names. Each search for the nearest name compares all needs
   * of the task.
   */
  private static final int MAX_SUGGESTIONS = 20;

  private static final int MAX_NEEDS_LISTED = 8;

  private final Stage stage;
  private final YamlMap tasks;
  private final Problems problems;
  private int suggestions;

  ConditionCheck(Stage stage, YamlMap tasks, Problems problems) {
    this.stage = stage;
    this.tasks = tasks;
    this.problems = problems;
  }

  void run() {
    for (YamlMap.Entry task : tasks.entries().values()) {
      YamlScalar condition = task.value() instanceof YamlMap body ? body.scalar("if") : null;
      if (condition != null && condition.isString()) {
        check(task, condition);
      }
    }
  }

  private void check(YamlMap.Entry task, YamlScalar found) {
    Condition condition;
    try {
      condition = Condition.parse(found.text());
    } catch (InvalidInputException e) {
      problems.add(found.position(), Objects.requireNonNull(e.getMessage()), null);
      return;
    }
    YamlNode written = ((YamlMap) task.value()).get("needs");
    if (written instanceof YamlMap || (written instanceof YamlScalar one && !one.isString())) {
      return; // The schema check has rejected the needs, so the condition cannot be checked.
    }
    Set<String> needs = new LinkedHashSet<>();
    NeedsCheck.named(task).forEach(need -> needs.add(need.text()));
    about(task.key(), found, condition, needs);
  }

  private void about(YamlScalar task, YamlScalar found, Condition condition, Set<String> needs) {
    if (needs.isEmpty() && condition.kind() != Kind.SUCCESS) {
      refuseWithoutNeeds(task, found, condition.kind());
    }
    for (OutputTest test : condition.tests()) {
      if (!needs.contains(test.task().value())) {
        refuseOther(task, found, test.task().value(), needs);
      }
    }
  }

  private void refuseWithoutNeeds(YamlScalar task, YamlScalar found, Kind kind) {
    String message =
        "task "
            + Text.quote(task.text())
            + " asks for "
            + kind
            + ", but needs no task that could have failed";
    problems.add(
        found.position(),
        message,
        stage == Stage.MAIN
            ? "add \"needs\", or put the task under \"on-failure\" or \"finally\" if it is about the whole workflow"
            : "add \"needs\", or remove the condition, as \""
                + stage.key()
                + "\" says already when the task runs");
  }

  private void refuseOther(YamlScalar task, YamlScalar found, String other, Set<String> needs) {
    String message =
        "the condition of task "
            + Text.quote(task.text())
            + " is about an output of "
            + Text.quote(other)
            + ", which the task does not need";
    problems.add(found.position(), message, advice(task.text(), other, needs));
  }

  private String advice(String task, String other, Set<String> needs) {
    if (tasks.entries().containsKey(other) && !other.equals(task)) {
      return "add it to \"needs\"";
    }
    String nearest = suggestions++ < MAX_SUGGESTIONS ? Suggestions.nearest(other, needs) : null;
    if (nearest != null) {
      return "did you mean " + Text.quote(nearest) + "?";
    }
    return needs.isEmpty() || needs.size() > MAX_NEEDS_LISTED
        ? "name a task that is in its \"needs\""
        : "it needs: " + String.join(", ", needs);
  }
}
