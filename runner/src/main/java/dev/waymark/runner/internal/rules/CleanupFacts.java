package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.definition.Stage;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The information that a task of {@code on-failure} or {@code finally} receives about the earlier
 * stages: a few environment variables, and all of it in a JSON file.
 *
 * @param picture the execution
 * @param stage the stage of the task
 * @param log returns where the log of the newest attempt of a task run is on this machine
 */
public record CleanupFacts(
    ExecutionPicture picture, Stage stage, Function<TaskRunPicture, Path> log) {
  /** The environment of a process has a limit. The file contains all names. */
  private static final int MOST_NAMED_BYTES = 4 << 10;

  /** Returns the information for a task run, with the paths of the logs of the earlier stages. */
  public static CleanupFacts of(ExecutionPicture picture, TaskRunPicture taskRun, TaskLogs logs) {
    return new CleanupFacts(
        picture,
        taskRun.task.stage(),
        other -> logs.path(picture.id(), other.taskId, other.attempt));
  }

  /** The result of the execution so far: SUCCEEDED, FAILED, TIMED_OUT or CANCELLED. */
  public String result() {
    if (picture.state() == ExecutionState.CANCELLING) {
      return "CANCELLED";
    }
    if (picture.isTimedOut()) {
      return "TIMED_OUT";
    }
    return picture.isBroken() ? "FAILED" : "SUCCEEDED";
  }

  /** The environment variables. The JSON file must be written to this path. */
  public Map<String, String> environment(Path file) {
    Map<String, String> environment = new TreeMap<>();
    environment.put("WAYMARK_RESULT", result());
    environment.put("WAYMARK_RESULT_FILE", file.toString());
    environment.put("WAYMARK_FAILED_TASKS", failedTasks());
    return environment;
  }

  private String failedTasks() {
    StringBuilder names = new StringBuilder();
    for (TaskId task : failed()) {
      if (names.length() + task.value().length() < MOST_NAMED_BYTES) {
        names.append(names.isEmpty() ? "" : " ").append(task.value());
      }
    }
    return names.toString();
  }

  /** The failed tasks of the earlier stages. */
  public List<TaskId> failed() {
    return ended().stream()
        .filter(taskRun -> taskRun.state == TaskRunState.FAILED)
        .map(taskRun -> taskRun.task.id())
        .toList();
  }

  /** The tasks of the earlier stages. */
  private List<TaskRunPicture> ended() {
    List<TaskRunPicture> ended = new ArrayList<>();
    for (TaskRunPicture taskRun : picture.taskRuns()) {
      if (taskRun.task.stage().compareTo(stage) < 0) {
        ended.add(taskRun);
      }
    }
    return ended;
  }

  /** The JSON object for the file. */
  public String json() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("execution", picture.id().toString());
      json.writeStringProperty("workflow", picture.found().workflowId().value());
      json.writeStringProperty("result", result());
      json.writeName("tasks");
      json.writeStartArray();
      ended().forEach(taskRun -> write(json, taskRun));
      json.writeEndArray();
      json.writeEndObject();
    }
    return out + "\n";
  }

  private void write(JsonGenerator json, TaskRunPicture taskRun) {
    json.writeStartObject();
    json.writeStringProperty("task", taskRun.task.id().value());
    json.writeStringProperty("stage", taskRun.task.stage().key());
    json.writeStringProperty("state", taskRun.state.name());
    if (taskRun.taskId.iteration() > 1) {
      json.writeNumberProperty("iteration", taskRun.taskId.iteration());
    }
    json.writeNumberProperty("attempts", taskRun.attempt);
    if (taskRun.error != null && taskRun.state != TaskRunState.SUCCEEDED) {
      json.writeStringProperty("error", taskRun.error);
    }
    if (taskRun.attempt > 0) {
      json.writeStringProperty("log", log.apply(taskRun).toString());
    }
    json.writeEndObject();
  }
}
