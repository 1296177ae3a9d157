package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports environments that are too large to start a process. */
final class EnvironmentCheck {
  private final @Nullable YamlMap workflow;
  private final Problems problems;
  private final int workflowBytes;

  EnvironmentCheck(@Nullable YamlMap workflow, Problems problems) {
    this.workflow = workflow;
    this.problems = problems;
    this.workflowBytes = variables(workflow);
  }

  /** Checks a task. It has all variables of the workflow that it does not set itself. */
  void task(YamlMap task) {
    YamlMap own = task.map("env");
    int bytes = own == null ? workflowBytes : workflowBytes + variables(own) - hidden(own);
    if (task.get("run") != null && bytes > EnvironmentLimits.MAX_TOTAL_BYTES) {
      problems.add(
          own == null ? task.position() : own.position(),
          "the environment of the task has "
              + bytes
              + " bytes; a process can start with "
              + EnvironmentLimits.MAX_TOTAL_BYTES,
          "put large values into files");
    }
  }

  private int variables(@Nullable YamlMap env) {
    int bytes = 0;
    for (YamlMap.Entry each :
        env == null ? Map.<String, YamlMap.Entry>of().values() : env.entries().values()) {
      if (each.value() instanceof YamlScalar value) {
        variable(each.key(), value);
        bytes += EnvironmentLimits.totalBytes(each.key().text(), value.text());
      }
    }
    return bytes;
  }

  private void variable(YamlScalar name, YamlScalar value) {
    int bytes = EnvironmentLimits.variableBytes(name.text(), value.text());
    if (bytes > EnvironmentLimits.MAX_VARIABLE_BYTES) {
      problems.add(
          value.position(),
          "environment variable "
              + Text.quote(name.text())
              + " has "
              + bytes
              + " bytes with its name; a process can start with "
              + EnvironmentLimits.MAX_VARIABLE_BYTES,
          "put the value into a file, or make it the default of an input");
    }
  }

  /** The size of the workflow's variables that a task overrides. */
  private int hidden(YamlMap own) {
    int bytes = 0;
    for (String name : own.entries().keySet()) {
      YamlScalar value = workflow == null ? null : workflow.scalar(name);
      bytes += value == null ? 0 : EnvironmentLimits.totalBytes(name, value.text());
    }
    return bytes;
  }
}
