package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.runner.StartRequest;
import dev.waymark.runner.TaskLogs;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the command of an attempt from definition, execution and attempt. */
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final String OUTPUT = ".output";
  private static final String NEEDS = ".needs";
  private static final String RESULT = ".result";

  private final TaskLogs logs;

  Commands(TaskLogs logs) {
    this.logs = logs;
  }

  /** The command; what the attempt reads from files is written. */
  ShellCommand of(Job job, Node node) throws IOException {
    writeNeeds(job, node);
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
    return beside(job, node, attempt.number(), ".pid");
  }

  private Path beside(Job job, Node node, int attempt, String ending) {
    Path log = logs.path(job.id(), node.task.id(), attempt);
    return log.resolveSibling(node.task.id() + "." + attempt + ending);
  }

  /** Deletes the files of an attempt of which nothing counts, as far as they are here. */
  void discard(Job job, Node node, int attempt) {
    try {
      Files.deleteIfExists(beside(job, node, attempt, NEEDS));
      Files.deleteIfExists(beside(job, node, attempt, OUTPUT));
      Files.deleteIfExists(beside(job, node, attempt, RESULT));
    } catch (IOException e) {
      LOG.debug("cannot delete the files of attempt {} of {}", attempt, node.id, e);
    }
  }

  /** The outputs of all needs, as one JSON object: task to name to value. */
  private void writeNeeds(Job job, Node node) throws IOException {
    Path file = beside(job, node, node.attempt, NEEDS);
    ShellCommand.createDirectory(file.toAbsolutePath().getParent());
    Files.writeString(file, OutputText.write(node.outputsOfNeeds()));
    if (node.task.stage() != Stage.MAIN) {
      Files.writeString(beside(job, node, node.attempt, RESULT), factsOf(job, node).json());
    }
  }

  private CleanupFacts factsOf(Job job, Node node) {
    return new CleanupFacts(
        job, node.task.stage(), other -> logs.path(job.id(), other.task.id(), other.attempt));
  }

  /**
   * What an attempt wrote to be given to others. The files that were made for it are deleted.
   *
   * @throws IOException when it cannot be read
   * @throws dev.waymark.core.error.InvalidInputException when it is too much or not of the right
   *     form
   */
  Map<String, String> takeOutputs(Job job, Node node, int attempt, int maxBytes)
      throws IOException {
    try {
      return OutputText.parse(read(beside(job, node, attempt, OUTPUT), maxBytes), maxBytes);
    } catch (NoSuchFileException e) {
      return Map.of();
    } finally {
      discard(job, node, attempt);
    }
  }

  /** Reads a regular file; the task may have put anything else there, such as a FIFO to wait at. */
  private static byte[] read(Path file, int maxBytes) throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new IOException(
          "the outputs cannot be read: "
              + file
              + " is "
              + (found.isDirectory() ? "a directory" : "a pipe, a socket or a device")
              + "; write them to a regular file under this name");
    }
    OutputText.checkSize(found.size(), maxBytes);
    return Files.readAllBytes(file);
  }

  private static Path directory(Job job, Node node) {
    Path base =
        Path.of(job.found().labels().getOrDefault(StartRequest.DIRECTORY_LABEL, ""))
            .toAbsolutePath();
    @Nullable String own = node.task.workingDirectory();
    @Nullable String relative = own == null ? job.definition().workingDirectory() : own;
    return relative == null ? base : base.resolve(relative).normalize();
  }

  private Map<String, String> environment(Job job, Node node) {
    Map<String, String> environment = new LinkedHashMap<>(job.definition().env());
    environment.putAll(node.task.env());
    job.found()
        .inputs()
        .forEach((name, value) -> environment.put(InputDefinition.environmentName(name), value));
    for (Node need : node.needs) {
      need.outputs.forEach(
          (name, value) ->
              environment.put(OutputText.environmentName(need.task.id(), name), value));
    }
    if (node.task.stage() != Stage.MAIN) {
      environment.putAll(factsOf(job, node).environment(beside(job, node, node.attempt, RESULT)));
    }
    environment.put("WAYMARK_OUTPUT", beside(job, node, node.attempt, OUTPUT).toString());
    environment.put("WAYMARK_NEEDS", beside(job, node, node.attempt, NEEDS).toString());
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
