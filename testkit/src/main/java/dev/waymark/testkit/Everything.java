package dev.waymark.testkit;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A store with at least one row in every table, and calls that read and write all of it. It is for
 * tests of the behaviour of a store whose database is damaged or changed.
 *
 * @since 0.1.0
 */
public final class Everything {
  private static final int LIMIT = 100;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String WORKER = "worker-1";

  private final Ids ids = Ids.system();
  private final WorkflowId workflow = new WorkflowId("nightly");
  private final ExecutionId execution = ids.executionId();
  private final ExecutionId ended = ids.executionId();
  private final ExecutionId child = ids.executionId();
  private final ExecutionId next = ids.executionId();
  private final TaskRunId done = ids.taskRunId();
  private final TaskRunId claimed = ids.taskRunId();
  private final TaskRunId waiting = ids.taskRunId();
  private final TaskRunId idle = ids.taskRunId();
  private final UUID life = UUID.randomUUID();
  private final ChangeSet last = changesOfEnd();

  private Everything() {}

  /** Fills an empty store. */
  public static Everything fill(StateStore store) {
    Everything all = new Everything();
    all.create(store);
    store.commit(all.last);
    return all;
  }

  private void create(StateStore store) {
    Map<String, String> map = Map.of("team", "data");
    store.saveWorkflow(new NewWorkflow(workflow, "tasks: {}", "does it", map));
    ChangeSet.Builder changes =
        ChangeSet.builder()
            .createExecution(new NewExecution(execution, workflow, null, map, map))
            .createExecution(new NewExecution(ended, workflow))
            .updateExecution(execution, ExecutionState.RUNNING)
            .keepWorker(WORKER, life, HOUR, map)
            .setPool("default", 5)
            .setPool("gpu", 1)
            .markDue(execution, DueReason.DEADLINE, HOUR);
    int number = 0;
    for (TaskRunId id : List.of(done, claimed, waiting, idle)) {
      TaskId task = new TaskId("task-" + number++);
      changes.createTaskRun(new NewTaskRun(id, execution, task, Payload.json("{\"row\": 1}")));
    }
    changes
        .awaitSignal(idle, "go", HOUR)
        .signal(execution, "approved", Payload.json("{\"by\": \"Ada\"}"), "key");
    store.commit(changes.readyTaskRun(done).build());
    store.claim(ClaimRequest.of(WORKER, 1, HOUR));
    store.commit(ChangeSet.builder().readyTaskRun(claimed).build());
    store.claim(ClaimRequest.of(WORKER, 1, HOUR));
    store.commit(ChangeSet.builder().readyTaskRun(waiting).build());
  }

  private ChangeSet changesOfEnd() {
    AttemptId attempt = new AttemptId(done, 1);
    return ChangeSet.builder()
        .appendLog(attempt, 0, "line\n".getBytes(StandardCharsets.UTF_8))
        .setOutputs(new AttemptId(done, 1), Map.of("rows", "42"))
        .setDetails(attempt, Payload.json("{\"progress\": 1}"))
        .setResult(execution, Payload.of("text/plain", new byte[] {'o', 'k'}))
        .updateAttempt(attempt, AttemptState.FAILED, 3, "exit code 3")
        .updateTaskRun(done, TaskRunState.FAILED)
        .updateExecution(ended, ExecutionState.RUNNING)
        .updateExecution(ended, ExecutionState.FAILED, "it failed")
        .build();
  }

  /** Every read, by name. */
  public Map<String, Consumer<StateStore>> reads() {
    PageRequest page = PageRequest.first(LIMIT);
    Map<String, Consumer<StateStore>> calls = new LinkedHashMap<>();
    calls.put("workflow", store -> store.workflow(workflow));
    calls.put("workflow revision", store -> store.workflow(workflow, 1));
    calls.put("workflows", store -> store.workflows(page));
    calls.put("workflow history", store -> store.workflowHistory(workflow, page));
    calls.put("executions", store -> store.executions(ExecutionQuery.all()));
    calls.put(
        "executions of a workflow",
        store -> store.executions(ExecutionQuery.builder().workflow(workflow).build()));
    calls.put(
        "executions with a label",
        store -> store.executions(ExecutionQuery.builder().label("team", "data").build()));
    for (ExecutionId id : List.of(execution, ended)) {
      calls.put("execution " + id, store -> store.execution(id));
      calls.put("details of " + id, store -> store.executionDetails(id));
      calls.put("why waits " + id, store -> store.waiting(id));
      calls.put("progress of " + id, store -> store.executionProgress(id));
      calls.put("task runs of " + id, store -> store.taskRuns(id));
      calls.put("history of " + id, store -> store.history(id, page));
      calls.put("payloads of " + id, store -> store.payloads(id, LIMIT));
      calls.put("input of " + id, store -> store.payload(PayloadRef.inputOf(id)));
      calls.put("result of " + id, store -> store.payload(PayloadRef.resultOf(id)));
      calls.put("signals of " + id, store -> store.signals(id));
      calls.put("signal of " + id, store -> store.payload(PayloadRef.ofSignal(id, 1)));
    }
    List<TaskRunId> taskRuns = List.of(done, claimed, waiting, idle);
    calls.put("progress of task runs", store -> store.taskRunProgress(taskRuns));
    for (TaskRunId id : taskRuns) {
      calls.put("task run " + id, store -> store.taskRun(id));
      calls.put("input of " + id, store -> store.payload(PayloadRef.inputOf(id)));
      calls.put("result of " + id, store -> store.payload(PayloadRef.resultOf(id)));
      calls.put(
          "details of " + id, store -> store.payload(PayloadRef.detailsOf(new AttemptId(id, 1))));
      calls.put("attempts of " + id, store -> store.attempts(id));
      calls.put("attempt of " + id, store -> store.attempt(new AttemptId(id, 1)));
      calls.put("log of " + id, store -> store.log(new AttemptId(id, 1), 0, LIMIT));
    }
    calls.put("leases", store -> store.leases(LIMIT));
    calls.put("stalled", store -> store.stalled(null, LIMIT));
    calls.put("pools", StateStore::pools);
    calls.put("pool use", StateStore::poolUse);
    calls.put("workers", StateStore::workers);
    calls.put("logs", store -> store.executionsWithLogs(Instant.now().plusSeconds(60), LIMIT));
    for (RecordKind kind :
        List.of(RecordKind.WORKFLOW, RecordKind.EXECUTION, RecordKind.TASK_RUN)) {
      calls.put("ids of " + kind, store -> store.idsStartingWith(kind, "", LIMIT));
    }
    return calls;
  }

  /** Writes that touch every record, by name. */
  public Map<String, Consumer<StateStore>> writes() {
    Map<String, Consumer<StateStore>> calls = new LinkedHashMap<>();
    calls.put("repeated commit", store -> store.commit(last));
    calls.put("claim", store -> store.claim(claim(10)));
    calls.put("look", store -> store.claim(claim(0)));
    calls.put("look at an execution", store -> store.claim(claim(0).within(execution)));
    put(calls, "save", changes -> changes.saveWorkflow(new NewWorkflow(workflow, "tasks: []")));
    put(
        calls,
        "create",
        changes -> changes.createExecution(new NewExecution(ids.executionId(), workflow)));
    put(calls, "create again", c -> c.createExecution(new NewExecution(ended, workflow)));
    put(
        calls,
        "child",
        c ->
            c.createExecution(
                new NewExecution(child, workflow).childOf(claimed, ChildPolicy.CANCEL)));
    put(calls, "await child", c -> c.awaitChild(waiting, child, null));
    put(
        calls,
        "continue",
        c ->
            c.updateExecution(child, ExecutionState.RUNNING)
                .signal(child, "kept", Payload.json("1"), "key")
                .continueExecution(child, new NewExecution(next, workflow)));
    put(calls, "fail child", c -> c.updateExecution(next, ExecutionState.CANCELLED));
    put(calls, "pause", changes -> changes.updateExecution(execution, ExecutionState.PAUSED));
    put(
        calls,
        "settle",
        c -> c.settleExecution(execution, new Standing(2, ExecutionState.RUNNING, 3, 4)));
    put(calls, "admit", changes -> changes.admitExecution(execution, workflow, 1));
    put(calls, "resume", changes -> changes.resumeExecution(execution, workflow, 1));
    put(calls, "due", changes -> changes.markDue(execution, DueReason.SETTLE, HOUR));
    for (TaskRunId id : List.of(done, claimed, waiting, idle)) {
      put(calls, "ready " + id, changes -> changes.readyTaskRun(id));
      put(calls, "cancel " + id, c -> c.updateTaskRun(id, TaskRunState.CANCELLED));
      put(calls, "renew " + id, c -> c.renewLease(new AttemptId(id, 1), HOUR));
      put(calls, "renew if live " + id, c -> c.renewLeaseIfLive(new AttemptId(id, 1), HOUR));
      put(calls, "result of " + id, c -> c.setResult(id, Payload.json("7")));
      put(calls, "lose " + id, c -> c.loseAttempt(new AttemptId(id, 1), "lost"));
    }
    put(calls, "label", changes -> changes.setLabels(ended, Map.of("team", "other")));
    put(calls, "signal", changes -> changes.signal(execution, "go", null, "another"));
    put(calls, "signal again", c -> c.signal(execution, "approved", null, "key"));
    put(calls, "await", changes -> changes.awaitSignal(claimed, "approved", HOUR));
    put(calls, "worker", changes -> changes.keepWorker(WORKER, life, HOUR, Map.of()));
    put(calls, "pool", changes -> changes.setPool("gpu", null));
    put(calls, "delete logs", changes -> changes.deleteLogs(ended));
    put(calls, "delete execution", changes -> changes.deleteExecution(ended));
    put(calls, "delete workflow", changes -> changes.deleteWorkflow(new WorkflowId("unused")));
    put(calls, "cancel", c -> c.updateExecution(execution, ExecutionState.CANCELLING));
    return calls;
  }

  private static ClaimRequest claim(int limit) {
    return new ClaimRequest("worker-2", limit, HOUR, Set.of("default", "gpu", "other"));
  }

  private static void put(
      Map<String, Consumer<StateStore>> calls, String name, Consumer<ChangeSet.Builder> change) {
    calls.put(
        name,
        store -> {
          ChangeSet.Builder changes = ChangeSet.builder();
          change.accept(changes);
          store.commit(changes.build());
        });
  }
}
