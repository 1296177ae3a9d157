package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.runner.api.TaskHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** What the tests of handlers share. */
abstract class HandlerFixture extends RunnerFixture {
  /** A workflow with one task, which calls the handler {@code it}. */
  static Flows.Flow one() {
    return flow("flow").task("a", "").uses("it");
  }

  /** A runner with this handler. */
  final Runner with(TaskHandler handler) {
    return runner(builder().handler("it", handler));
  }

  /** The log of an attempt. */
  final String log(ExecutionId id, int attempt) {
    try {
      return Files.readString(runner().logs().path(id, new TaskId("a"), attempt));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The error of the first attempt. */
  final String errorOfAttempt(ExecutionId id) {
    return String.valueOf(attempts(id, "a").get(0).error());
  }
}
