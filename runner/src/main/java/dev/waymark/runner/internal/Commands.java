package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.runner.StartRequest;
import dev.waymark.runner.TaskLogs;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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

  /** The command; what the attempt reads from files is written. */
  ShellCommand of(Job job, Node node) throws IOException {
    AttemptFiles files = files(job, node, node.attempt);
    files.prepare();
    AttemptFiles.write(files.output(), "");
    AttemptFiles.write(files.needs(), OutputText.write(node.outputsOfNeeds()));
    if (node.task.stage() != Stage.MAIN) {
      AttemptFiles.write(files.result(), factsOf(job, node).json());
    }
    TaskVariables variables = TaskVariables.divide(fixed(job, node, files), values(job, node));
    variables.writeFiles(files.values(), files.log());
    return new ShellCommand(
        Objects.requireNonNull(node.task.run()),
        directory(job, node),
        variables.environment(),
        node.task.inheritedEnv(),
        files,
        node.task.timeout());
  }

  private AttemptFiles files(Job job, Node node, int attempt) {
    return AttemptFiles.of(logs.path(job.id(), node.task.id(), attempt));
  }

  /** Where the process group of an attempt is on record: beside its log. */
  Path pidFile(Job job, Node node, AttemptId attempt) {
    return files(job, node, attempt.number()).pidFile();
  }

  /** Deletes the files of an attempt of which nothing counts, if they are on this machine. */
  void discard(Job job, Node node, int attempt) {
    files(job, node, attempt).deleteFolder();
  }

  private CleanupFacts factsOf(Job job, Node node) {
    return CleanupFacts.of(job, node, logs);
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
      return OutputText.parse(read(files(job, node, attempt).output(), maxBytes), maxBytes);
    } finally {
      discard(job, node, attempt);
    }
  }

  /**
   * Reads a regular file; the task may have put anything else there, such as a FIFO to wait at, or
   * a file that still grows. A task that removed the file has no outputs.
   */
  private static byte[] read(Path file, int maxBytes) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      if (!found.isRegularFile()) {
        throw unreadable(
            file, "is " + (found.isDirectory() ? "a directory" : "a pipe, a socket or a device"));
      }
      OutputText.checkSize(found.size(), maxBytes);
      try (InputStream in = Files.newInputStream(file)) {
        return in.readNBytes((int) Math.min(Integer.MAX_VALUE, maxBytes + 1L));
      }
    } catch (NoSuchFileException e) {
      if (Files.isSymbolicLink(file)) {
        throw unreadable(file, "is a link to a file that does not exist");
      }
      return new byte[0];
    } catch (AccessDeniedException e) {
      throw unreadable(file, "may not be read by this user");
    } catch (FileSystemException e) {
      throw unreadable(file, "cannot be opened (" + e.getReason() + ")");
    }
  }

  private static IOException unreadable(Path file, String what) {
    return new IOException(
        "the outputs cannot be read: "
            + file
            + " "
            + what
            + "; write them to a regular file under this name");
  }

  private static Path directory(Job job, Node node) {
    Path base =
        Path.of(job.found().labels().getOrDefault(StartRequest.DIRECTORY_LABEL, ""))
            .toAbsolutePath();
    @Nullable String own = node.task.workingDirectory();
    @Nullable String relative = own == null ? job.definition().workingDirectory() : own;
    return relative == null ? base : base.resolve(relative).normalize();
  }

  /** Inputs and outputs of needs; of an output and an input of one variable, the output. */
  private static Map<String, String> values(Job job, Node node) {
    Map<String, String> values = new LinkedHashMap<>();
    job.found()
        .inputs()
        .forEach((name, value) -> values.put(InputDefinition.environmentName(name), value));
    for (Node need : node.needs) {
      need.outputs.forEach(
          (name, value) -> values.put(OutputText.environmentName(need.task.id(), name), value));
    }
    return values;
  }

  private Map<String, String> fixed(Job job, Node node, AttemptFiles files) {
    Map<String, String> environment = new LinkedHashMap<>(job.definition().env());
    environment.putAll(node.task.env());
    if (node.task.stage() != Stage.MAIN) {
      environment.putAll(factsOf(job, node).environment(files.result()));
    }
    environment.put("WAYMARK_OUTPUT", files.output().toString());
    environment.put("WAYMARK_NEEDS", files.needs().toString());
    environment.put("WAYMARK_VALUES", files.values().toString());
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
