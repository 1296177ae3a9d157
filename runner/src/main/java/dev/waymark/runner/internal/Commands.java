package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.runner.StartRequest;
import dev.waymark.runner.TaskLogs;
import dev.waymark.runner.definition.InputDefinition;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the command of an attempt from definition, execution and attempt. */
final class Commands {
  private final TaskLogs logs;

  Commands(TaskLogs logs) {
    this.logs = logs;
  }

  ShellCommand of(Job job, Node node) {
    return new ShellCommand(
        Objects.requireNonNull(node.task.run()),
        directory(job, node),
        environment(job, node),
        logs.path(job.id(), node.task.id(), node.attempt),
        pidFile(job, node, node.attemptId()),
        node.task.timeout());
  }

  /** Where the process group of an attempt is on record: beside its log. */
  Path pidFile(Job job, Node node, AttemptId attempt) {
    Path log = logs.path(job.id(), node.task.id(), attempt.number());
    return log.resolveSibling(node.task.id() + "." + attempt.number() + ".pid");
  }

  private static Path directory(Job job, Node node) {
    Path base =
        Path.of(job.found().labels().getOrDefault(StartRequest.DIRECTORY_LABEL, ""))
            .toAbsolutePath();
    @Nullable String own = node.task.workingDirectory();
    @Nullable String relative = own == null ? job.definition().workingDirectory() : own;
    return relative == null ? base : base.resolve(relative).normalize();
  }

  private static Map<String, String> environment(Job job, Node node) {
    Map<String, String> environment = new LinkedHashMap<>(job.definition().env());
    environment.putAll(node.task.env());
    job.found()
        .inputs()
        .forEach((name, value) -> environment.put(InputDefinition.environmentName(name), value));
    environment.put("WAYMARK_EXECUTION_ID", job.id().toString());
    environment.put("WAYMARK_WORKFLOW_ID", job.found().workflowId().value());
    environment.put("WAYMARK_TASK_ID", node.task.id().value());
    environment.putAll(identity(node));
    environment.put("WAYMARK_IDEMPOTENCY_KEY", node.id.toString());
    return environment;
  }

  /** What tells the processes of a node's newest attempt from all others. */
  static Map<String, String> identity(Node node) {
    return Map.of(
        "WAYMARK_TASK_RUN_ID",
        node.id.toString(),
        "WAYMARK_ATTEMPT",
        Integer.toString(node.attempt));
  }
}
