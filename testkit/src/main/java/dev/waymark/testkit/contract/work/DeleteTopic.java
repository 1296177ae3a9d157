package dev.waymark.testkit.contract.work;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** What the topics of deletions share. */
abstract class DeleteTopic extends ChildTopic {
  static final Duration LONG = Duration.ofHours(1);
  static final Payload YES = Payload.json("{\"by\": \"Ada\"}");
  static final Map<String, String> LABELS = Map.of("team", "data", "tier", "2");

  final Outcome delete(ExecutionId id) {
    return delete(store, id);
  }

  final Outcome delete(StateStore from, ExecutionId id) {
    return from.commit(changes().deleteExecution(id).build()).outcomes().get(0);
  }

  /**
   * An execution with something of every kind. While it runs, it has a ready task run, a lease, a
   * wait and a due mark; what remains of these at its end remains.
   */
  final class Full {
    final ExecutionId id = ids.executionId();
    final TaskRunId done = ids.taskRunId();
    final TaskRunId waiting = ids.taskRunId();
    final AttemptId attempt = new AttemptId(done, 1);
    final NewExecution request;

    Full() {
      request = new NewExecution(id, flow(), null, LABELS, Payload.json("[1]"));
    }

    /** Begins it, up to its first attempt. */
    Full begin() {
      store.commit(
          changes()
              .createExecution(request)
              .updateExecution(id, ExecutionState.RUNNING)
              .createTaskRun(new NewTaskRun(done, id, new TaskId("done"), YES))
              .createTaskRun(new NewTaskRun(waiting, id, new TaskId("waiting")))
              .signal(id, "kept", YES, "key")
              .awaitSignal(waiting, "go", LONG)
              .readyTaskRun(done)
              .markDue(id, DueReason.DEADLINE, LONG)
              .build());
      var unused = store.claim(ClaimRequest.of("worker-1", 1, LONG));
      store.commit(
          changes()
              .setDetails(attempt, YES)
              .appendLog(attempt, 0, "hello".getBytes(StandardCharsets.UTF_8))
              .build());
      return this;
    }

    /** Ends everything of it. */
    Full end() {
      store.commit(
          changes()
              .setResult(attempt, YES)
              .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
              .updateTaskRun(attempt, TaskRunState.SUCCEEDED)
              .updateTaskRun(waiting, TaskRunState.CANCELLED)
              .setResult(id, YES)
              .updateExecution(id, ExecutionState.SUCCEEDED)
              .build());
      return this;
    }
  }

  /** An execution that has ended, with something of every kind. */
  final Full full() {
    return new Full().begin().end();
  }
}
