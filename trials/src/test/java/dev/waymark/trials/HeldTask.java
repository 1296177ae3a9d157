package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * An execution of one task whose first attempt is held until the test releases it, and whose later
 * attempts end at once; and of a task after it that fails unless it receives the result of the
 * second attempt.
 */
final class HeldTask implements AutoCloseable {
  private static final WorkflowId SCRIPT = new WorkflowId("held-script");
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** A child of the shell that runs for long, whether the script has ended or not. */
  private static final String SCRIPT_FILE =
      """
      id: held-script
      tasks:
        held:
          run: |
            echo "value=$WAYMARK_ATTEMPT" >> "$WAYMARK_OUTPUT"
            test "$WAYMARK_ATTEMPT" = 1 || exit 0
            sleep 600 &
            echo "$$ $!" > begun.new && mv begun.new begun
            while [ ! -e go ] && [ -e begun ]; do sleep 0.02; done
        after: {needs: [held], uses: check, with: {sum: "2"}}
      """;

  private static final String HANDLER_FILE =
      """
      id: held-handler
      tasks:
        held: {uses: hold, with: {folder: "FOLDER"}}
        after: {needs: [held], uses: check, with: {sum: "2"}}
      """;

  private final StateStore store;
  private final Path folder;
  private final ExecutionId id;
  private final boolean script;

  private HeldTask(StateStore store, Path folder, ExecutionId id, boolean script) {
    this.store = store;
    this.folder = folder;
    this.id = id;
    this.script = script;
  }

  /** Starts one that is a script with a child. */
  static HeldTask script(StateStore store, Path parent) throws IOException {
    return start(store, parent, SCRIPT_FILE);
  }

  /** Starts one that is a handler, which does not stop when it is interrupted. */
  static HeldTask handler(StateStore store, Path parent) throws IOException {
    return start(store, parent, HANDLER_FILE);
  }

  private static HeldTask start(StateStore store, Path parent, String file) throws IOException {
    Path folder = Files.createTempDirectory(parent, "held");
    WorkflowId workflow = Workload.save(store, file.replace("FOLDER", folder.toString()));
    try (Runner runner = Runner.builder(store, Workload::read).build()) {
      ExecutionId id = runner.start(StartRequest.builder(workflow).directory(folder).build());
      return new HeldTask(store, folder, id, workflow.equals(SCRIPT));
    }
  }

  /** Waits until the first attempt runs, and returns the worker that runs it. */
  String awaitWorker() {
    Await.until("the first attempt", () -> Files.exists(begun()));
    return held().attempts().get(0).worker();
  }

  /** Releases the first attempt. */
  void release() throws IOException {
    Files.createFile(folder.resolve("go"));
  }

  /** Waits until the second attempt has succeeded, and the execution with it. */
  void awaitDone() {
    boolean done =
        Await.within(LIMIT, () -> details().execution().state() == ExecutionState.SUCCEEDED);
    assertThat(done).as("done after %s: %s", LIMIT, details()).isTrue();
  }

  /**
   * Checks that the attempt of this worker was lost, and that the next one, of another worker, is
   * the result.
   */
  void checkTakenFrom(String worker) {
    List<Attempt> attempts = held().attempts();
    assertThat(attempts)
        .extracting(Attempt::state)
        .as("%s", attempts)
        .containsExactly(AttemptState.LOST, AttemptState.SUCCEEDED);
    assertThat(attempts.get(0).worker()).isEqualTo(worker);
    assertThat(attempts.get(1).worker()).isNotEqualTo(worker);
    assertThat(details().execution().state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  ExecutionDetails details() {
    return Objects.requireNonNull(store.executionDetails(id));
  }

  /** The task run that is held. */
  TaskRunId taskRun() {
    return held().taskRun().id();
  }

  private TaskRunDetails held() {
    return details().taskRuns().stream()
        .filter(run -> run.taskRun().taskId().value().equals("held"))
        .findFirst()
        .orElseThrow();
  }

  /** The processes of the first attempt; none when it is a handler. */
  List<Long> pids() {
    return script ? Pids.in(begun()) : List.of();
  }

  private Path begun() {
    return folder.resolve("begun");
  }

  /** Everything that has begun ends. */
  @Override
  public void close() throws IOException {
    if (Files.exists(begun())) {
      for (long pid : pids()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      Files.delete(begun());
    }
    if (!Files.exists(folder.resolve("go"))) {
      release();
    }
  }
}
