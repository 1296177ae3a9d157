package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Retention;
import dev.waymark.runner.definition.Stage;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The checks that a JSON Schema cannot express. They check the values that have the right type and
 * skip the others, which the schema check has reported. So one kind of problem does not hide
 * another.
 */
public final class SemanticCheck {
  private final DefinitionLimits limits;
  private final Problems problems;

  private SemanticCheck(DefinitionLimits limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  /** Reports every semantic problem of a file. */
  public static void check(YamlNode root, DefinitionLimits limits, Problems problems) {
    if (root instanceof YamlMap map) {
      new SemanticCheck(limits, problems).workflow(map);
    }
  }

  private void workflow(YamlMap map) {
    description(map);
    labels(map);
    inputs(map.map("inputs"));
    timeout(map, "timeout", "for no bound");
    timeout(map, "cleanup-timeout", "for the default of 1h");
    YamlMap retention = map.map("retention");
    if (retention != null) {
      retention(retention);
    }
    tasks(stages(map), new EnvironmentCheck(map.map("env"), problems));
  }

  private static Map<Stage, YamlMap> stages(YamlMap workflow) {
    Map<Stage, YamlMap> stages = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      YamlMap tasks = workflow.map(stage.key());
      if (tasks != null) {
        stages.put(stage, tasks);
      }
    }
    return stages;
  }

  private void tasks(Map<Stage, YamlMap> stages, EnvironmentCheck environment) {
    count(stages.values());
    Map<String, Stage> stageOf = stageOf(stages);
    stages.forEach(
        (stage, tasks) -> {
          for (YamlMap.Entry task : tasks.entries().values()) {
            if (task.value() instanceof YamlMap body) {
              task(body);
              environment.task(body);
            }
          }
          new NeedsCheck(stage, tasks, stageOf, problems).run();
          new ConditionCheck(stage, tasks, problems).run();
        });
  }

  private void count(Collection<YamlMap> stages) {
    int found = stages.stream().mapToInt(tasks -> tasks.entries().size()).sum();
    if (found > limits.maxTasks()) {
      String message =
          "the workflow has " + found + " tasks; the limit maxTasks is " + limits.maxTasks();
      problems.add(stages.iterator().next().position(), message, "split the workflow");
    }
  }

  /** Returns the stage of each task, and reports the tasks that appear in two stages. */
  private Map<String, Stage> stageOf(Map<Stage, YamlMap> stages) {
    Map<String, Stage> stageOf = new HashMap<>();
    Map<String, YamlScalar> keys = new HashMap<>();
    stages.forEach(
        (stage, tasks) -> {
          for (YamlMap.Entry task : tasks.entries().values()) {
            String id = task.key().text();
            YamlScalar first = keys.putIfAbsent(id, task.key());
            Stage other = stageOf.putIfAbsent(id, stage);
            if (first != null && other != null) {
              refuseTwice(task.key(), first, other);
            }
          }
        });
    return stageOf;
  }

  private void refuseTwice(YamlScalar task, YamlScalar first, Stage other) {
    String message =
        "duplicate task "
            + Text.quote(task.text())
            + "; it is defined under \""
            + other.key()
            + "\" in line "
            + first.position().line();
    problems.add(task.position(), message, "rename one of them");
  }

  private void description(YamlMap map) {
    YamlScalar description = map.scalar("description");
    if (description != null) {
      bytes("\"description\"", description, "maxDescriptionBytes", limits.maxDescriptionBytes());
    }
  }

  private void labels(YamlMap map) {
    YamlMap labels = map.map("labels");
    if (labels == null) {
      return;
    }
    int found = labels.entries().size();
    if (found > limits.maxLabels()) {
      problems.add(
          labels.position(),
          "the workflow has " + found + " labels; the limit maxLabels is " + limits.maxLabels(),
          "remove some");
    }
    for (YamlMap.Entry label : labels.entries().values()) {
      if (label.value() instanceof YamlScalar value) {
        bytes(
            "label " + Text.quote(label.key().text()),
            value,
            "maxLabelValueBytes",
            limits.maxLabelValueBytes());
      }
    }
  }

  private void bytes(String what, YamlScalar value, String limit, int most) {
    int found = Text.utf8Bytes(value.text());
    if (found > most) {
      problems.add(
          value.position(),
          what + " has " + found + " bytes; the limit " + limit + " is " + most,
          "make it shorter");
    }
  }

  private void inputs(@Nullable YamlMap inputs) {
    Map<String, String> variables = new HashMap<>();
    for (YamlMap.Entry input :
        inputs == null ? Map.<String, YamlMap.Entry>of().values() : inputs.entries().values()) {
      String name = input.key().text();
      String variable = InputDefinition.environmentName(name);
      String other = variables.putIfAbsent(variable, name);
      if (other != null) {
        String message =
            "the inputs "
                + Text.quote(other)
                + " and "
                + Text.quote(name)
                + " would both be the variable "
                + variable;
        problems.add(input.key().position(), message, "rename one of them");
      }
    }
  }

  private void task(YamlMap task) {
    description(task);
    timeout(task, "timeout", "for no bound");
    YamlMap retry = task.map("retry");
    if (retry != null) {
      retry(retry);
    }
  }

  private void timeout(YamlMap map, String key, String otherwise) {
    YamlScalar timeout = map.scalar(key);
    Duration longest = duration(key, timeout);
    if (timeout != null && longest != null && longest.isZero()) {
      problems.add(
          timeout.position(),
          "\"" + key + "\" cannot be " + timeout.text(),
          "give it a length, or leave the key out " + otherwise);
    }
  }

  private void retry(YamlMap retry) {
    Duration delay = duration("delay", retry.scalar("delay"));
    YamlScalar written = retry.scalar("max-delay");
    Duration maxDelay = duration("max-delay", written);
    if (written != null && maxDelay != null) {
      Duration least = delay == null ? DefinitionMapper.DEFAULT_DELAY : delay;
      if (maxDelay.compareTo(least) < 0) {
        String message =
            "\"max-delay\" is "
                + written.text()
                + ", but \"delay\" is "
                + Durations.format(least)
                + (delay == null ? " by default" : "");
        problems.add(
            written.position(), message, "the longest pause cannot be shorter than the first");
      }
    }
  }

  private void retention(YamlMap retention) {
    boolean deletes = false;
    for (String key : new String[] {"succeeded", "failed"}) {
      YamlScalar value = retention.scalar(key);
      Duration unused = duration(key, value, "longest retention", Retention.LONGEST);
      deletes |= value != null;
    }
    YamlScalar kept = retention.scalar("keep-last");
    if (kept != null && !deletes) {
      problems.add(
          kept.position(),
          "\"keep-last\" has no effect here",
          "it keeps executions that \"succeeded\" or \"failed\" would delete; add one of them");
    }
  }

  /** The duration, or null when there is none or its form is invalid. */
  private @Nullable Duration duration(String key, @Nullable YamlScalar value) {
    return duration(key, value, "limit maxDuration", limits.maxDuration());
  }

  private @Nullable Duration duration(
      String key, @Nullable YamlScalar value, String limit, Duration most) {
    Duration duration = value == null || !value.isString() ? null : Durations.parse(value.text());
    if (value == null || duration == null || duration.compareTo(most) <= 0) {
      return duration;
    }
    problems.add(
        value.position(),
        "\"" + key + "\" is " + value.text() + "; the " + limit + " is " + Durations.format(most),
        "make it shorter");
    return null;
  }
}
