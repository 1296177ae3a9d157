package dev.waymark.runner.internal.attempt;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.TaskId;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.api.TraceContext;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.base.OutputNames;
import dev.waymark.runner.internal.process.AttemptFiles;
import dev.waymark.runner.internal.process.OutputText;
import dev.waymark.runner.internal.process.ShellCommand;
import dev.waymark.runner.internal.process.TaskVariables;
import dev.waymark.runner.internal.rules.CleanupFacts;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.Inputs;
import dev.waymark.runner.internal.rules.TaskRunPicture;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Creates the command of an attempt from definition, execution and attempt. */
final class AttemptCommands {
  private final TaskLogs logs;

  AttemptCommands(TaskLogs logs) {
    this.logs = logs;
  }

  /** Returns the command, and writes the files that the attempt reads. */
  ShellCommand of(ExecutionPicture picture, TaskRunPicture taskRun, @Nullable TraceContext trace)
      throws IOException {
    AttemptFiles files = files(picture, taskRun, taskRun.attempt());
    files.prepare();
    AttemptFiles.write(files.output(), "");
    AttemptFiles.write(files.needs(), OutputText.write(taskRun.outputsOfNeeds()));
    if (taskRun.task().stage() != Stage.MAIN) {
      AttemptFiles.write(files.result(), factsOf(picture, taskRun).json());
    }
    TaskVariables variables =
        TaskVariables.divide(fixed(picture, taskRun, files, trace), values(picture, taskRun));
    variables.writeFiles(files.values(), files.log());
    return new ShellCommand(
        Objects.requireNonNull(taskRun.task().run()),
        directory(picture, taskRun),
        variables.environment(),
        taskRun.task().inheritedEnv(),
        files,
        taskRun.task().timeout());
  }

  private AttemptFiles files(ExecutionPicture picture, TaskRunPicture taskRun, int attempt) {
    return AttemptFiles.of(logs.path(picture.id(), taskRun.taskId(), attempt));
  }

  /** The file that contains the process group of an attempt, next to its log. */
  Path pidFile(ExecutionPicture picture, TaskRunPicture taskRun, AttemptId attempt) {
    return files(picture, taskRun, attempt.number()).pidFile();
  }

  /** Deletes the files of an attempt whose result is discarded, if they are on this machine. */
  void discard(ExecutionPicture picture, TaskRunPicture taskRun, int attempt) {
    files(picture, taskRun, attempt).deleteFolder();
  }

  private CleanupFacts factsOf(ExecutionPicture picture, TaskRunPicture taskRun) {
    return CleanupFacts.of(picture, taskRun, logs);
  }

  /**
   * Reads the outputs of an attempt, and deletes the files that were created for it.
   *
   * @throws IOException when the outputs cannot be read
   * @throws dev.waymark.core.error.InvalidInputException when they are too large or their format is
   *     invalid
   */
  Map<String, String> takeOutputs(
      ExecutionPicture picture, TaskRunPicture taskRun, int attempt, int maxBytes)
      throws IOException {
    try {
      return OutputText.parse(read(files(picture, taskRun, attempt).output(), maxBytes), maxBytes);
    } finally {
      discard(picture, taskRun, attempt);
    }
  }

  /**
   * Reads a regular file. The task may have replaced it with anything else, such as a FIFO that
   * blocks a reader, or a file that still grows. A task that removed the file has no outputs.
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

  private static Path directory(ExecutionPicture picture, TaskRunPicture taskRun) {
    Path base =
        Path.of(picture.found().labels().getOrDefault(StartRequest.DIRECTORY_LABEL, ""))
            .toAbsolutePath();
    @Nullable String own = taskRun.task().workingDirectory();
    @Nullable String relative = own == null ? picture.definition().workingDirectory() : own;
    return relative == null ? base : base.resolve(relative).normalize();
  }

  /**
   * The inputs and the outputs of needs, without those whose names no shell task could set. If an
   * output and an input have the same variable, the output is used.
   */
  private static Map<String, String> values(ExecutionPicture picture, TaskRunPicture taskRun) {
    Map<String, String> values = new LinkedHashMap<>();
    named(Inputs.of(picture), InputDefinition::environmentName, values);
    for (TaskRunPicture need : taskRun.needs()) {
      TaskId task = need.task().id();
      named(need.outputs(), name -> OutputText.environmentName(task, name), values);
    }
    return values;
  }

  private static void named(
      Map<String, String> found, UnaryOperator<String> variable, Map<String, String> values) {
    found.forEach(
        (name, value) -> {
          if (OutputNames.isValid(name)) {
            values.put(variable.apply(name), value);
          }
        });
  }

  private Map<String, String> fixed(
      ExecutionPicture picture,
      TaskRunPicture taskRun,
      AttemptFiles files,
      @Nullable TraceContext trace) {
    Map<String, String> environment = new LinkedHashMap<>();
    if (trace != null) {
      environment.putAll(trace.environment()); // The definition may set others.
    }
    environment.putAll(picture.definition().env());
    environment.putAll(taskRun.task().env());
    if (taskRun.task().stage() != Stage.MAIN) {
      environment.putAll(factsOf(picture, taskRun).environment(files.result()));
    }
    environment.put("WAYMARK_OUTPUT", files.output().toString());
    environment.put("WAYMARK_NEEDS", files.needs().toString());
    environment.put("WAYMARK_VALUES", files.values().toString());
    environment.put("WAYMARK_EXECUTION_ID", picture.id().toString());
    environment.put("WAYMARK_WORKFLOW_ID", picture.found().workflowId().value());
    environment.put("WAYMARK_TASK_ID", taskRun.task().id().value());
    environment.putAll(identity(taskRun));
    environment.put("WAYMARK_IDEMPOTENCY_KEY", taskRun.id().toString());
    return environment;
  }

  /** The variables that identify the processes of a task run's newest attempt. */
  static Map<String, String> identity(TaskRunPicture taskRun) {
    return Map.of(
        "WAYMARK_TASK_RUN_ID",
        taskRun.id().toString(),
        "WAYMARK_ATTEMPT",
        Integer.toString(taskRun.attempt()));
  }
}
