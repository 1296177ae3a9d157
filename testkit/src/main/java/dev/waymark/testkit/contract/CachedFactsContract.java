package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Cached facts stay correct after every kind of change. Each test uses the facts that a store may
 * have cached, commits a change, and uses the facts again. They must then match the content of the
 * store: the task run counts of an execution, its version and state, the version of a task run, its
 * newest attempt, and the newest revision of a workflow.
 *
 * @since 0.1.0
 */
public abstract class CachedFactsContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);

  private ExecutionId execution = new ExecutionId(new UUID(0, 0));
  private TaskRunId running = new TaskRunId(new UUID(0, 0));
  private TaskRunId pending = new TaskRunId(new UUID(0, 0));
  private ExecutionId child = new ExecutionId(new UUID(0, 0));

  /** For the backends. */
  protected CachedFactsContract() {}

  /** Every kind of change, including the kinds behind interfaces. */
  private static Stream<Class<?>> kinds(Class<?> of) {
    Class<?>[] permitted = of.getPermittedSubclasses();
    return permitted == null
        ? Stream.of(of)
        : Arrays.stream(permitted).flatMap(CachedFactsContract::kinds);
  }

  /** An example of each kind of change, for an execution that {@link #begin} has created. */
  private Map<Class<?>, Supplier<Change>> examples() {
    Map<Class<?>, Supplier<Change>> all = new LinkedHashMap<>();
    AttemptState done = AttemptState.SUCCEEDED;
    all.put(
        Change.SaveWorkflow.class,
        () -> new Change.SaveWorkflow(new NewWorkflow(FLOW, "x-" + ids.commitId())));
    all.put(
        Change.CreateExecution.class,
        () -> new Change.CreateExecution(new NewExecution(ids.executionId(), FLOW)));
    all.put(
        Change.UpdateExecution.class,
        () -> new Change.UpdateExecution(execution, ExecutionState.PAUSED, null, null));
    all.put(
        Change.ContinueExecution.class,
        () -> new Change.ContinueExecution(child, new NewExecution(ids.executionId(), FLOW)));
    all.put(
        Change.AdmitExecution.class,
        () -> new Change.AdmitExecution(execution, FLOW, 100, ExecutionState.PENDING));
    all.put(
        Change.SettleExecution.class,
        () -> new Change.SettleExecution(execution, new Standing(9, ExecutionState.PAUSED, 9, 9)));
    all.put(
        Change.MarkDue.class, () -> new Change.MarkDue(execution, DueReason.SETTLE, Duration.ZERO));
    all.put(Change.ClearDue.class, () -> new Change.ClearDue(execution, DueReason.SETTLE));
    all.put(DeleteChange.DeleteExecution.class, () -> new DeleteChange.DeleteExecution(ended()));
    all.put(
        DeleteChange.DeleteWorkflow.class,
        () -> new DeleteChange.DeleteWorkflow(new WorkflowId("other")));
    all.put(LogChange.Delete.class, () -> new LogChange.Delete(ended()));
    all.put(
        Change.CreateTaskRun.class,
        () ->
            new Change.CreateTaskRun(
                new NewTaskRun(ids.taskRunId(), execution, new TaskId("more"))));
    all.put(
        Change.UpdateTaskRun.class,
        () -> new Change.UpdateTaskRun(pending, TaskRunState.SKIPPED, null, null));
    all.put(
        Change.ReadyTaskRun.class,
        () -> new Change.ReadyTaskRun(pending, null, ClaimRequest.DEFAULT_POOL, 0, Duration.ZERO));
    all.put(
        Change.SetPayload.class,
        () ->
            new Change.SetPayload(
                PayloadRef.resultOf(running), null, Payload.ofTexts(Map.of("a", "b"))));
    all.put(Change.RecordAttempt.class, () -> new Change.RecordAttempt(pending, "w", LONG));
    all.put(
        Change.UpdateAttempt.class,
        () -> new Change.UpdateAttempt(new AttemptId(running, 1), done, 0, null));
    all.put(Change.LoseAttempt.class, () -> new Change.LoseAttempt(expired(), null));
    all.put(Change.RenewLease.class, () -> new Change.RenewLease(new AttemptId(running, 1), LONG));
    all.put(
        LogChange.Append.class,
        () -> new LogChange.Append(new AttemptId(running, 1), 0, new byte[] {1}));
    all.put(
        Change.KeepWorker.class, () -> new Change.KeepWorker("w", new UUID(1, 1), LONG, Map.of()));
    all.put(Change.RetireWorker.class, () -> new Change.RetireWorker("w", new UUID(1, 1)));
    all.put(Change.SetPool.class, () -> new Change.SetPool("some", 1));
    all.put(
        Change.SetLabels.class,
        () -> new Change.SetLabels(execution, Map.of("team", "data"), Set.of("old")));
    all.put(SignalChange.Send.class, () -> new SignalChange.Send(execution, "go", null, "key"));
    all.put(
        SignalChange.Await.class,
        () -> new SignalChange.Await(pending, null, "go", ClaimRequest.DEFAULT_POOL, 0, LONG));
    all.put(
        SignalChange.AwaitChild.class,
        () ->
            new SignalChange.AwaitChild(pending, null, child, ClaimRequest.DEFAULT_POOL, 0, LONG));
    return all;
  }

  private ExecutionId ended() {
    return executionIn(ExecutionState.SUCCEEDED);
  }

  /** The first attempt of the pending task run, whose lease has expired. */
  private AttemptId expired() {
    Change short1 = new Change.RecordAttempt(pending, "w", Duration.ofMillis(1));
    store.commit(changes().add(short1).build());
    AttemptId attempt = new AttemptId(pending, 1);
    ClaimRequest look = ClaimRequest.of("looks only", 0, LONG);
    while (store.claim(look).expired().stream().noneMatch(each -> each.attempt().equals(attempt))) {
      Thread.onSpinWait();
    }
    return attempt;
  }

  /**
   * Creates a RUNNING execution with one running and one waiting task run, and uses all cached
   * facts once.
   */
  private void begin() {
    execution = executionIn(ExecutionState.RUNNING);
    running = taskRun(execution);
    pending = taskRun(execution);
    store.commit(
        changes()
            .updateTaskRun(running, TaskRunState.RUNNING)
            .add(new Change.RecordAttempt(running, "w", LONG))
            .build());
    child = ids.executionId();
    store.createExecution(new NewExecution(child, FLOW).childOf(running, ChildPolicy.CANCEL));
    store.updateExecution(child, ExecutionState.RUNNING, 1);
    checkFacts(store);
  }

  /** A way to commit a change. */
  private interface Way {
    void commit(Change change);
  }

  private Map<String, Way> ways() {
    StateStore other = openAnother();
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("alone", change -> store.commit(changes().add(change).build()));
    ways.put(
        "with a change that is never decided from memory",
        change -> store.commit(changes().add(change).setPool("p-" + ids.commitId(), 1).build()));
    ways.put("beside refused change sets", this::amongRefused);
    ways.put("by another store", change -> other.commit(changes().add(change).build()));
    return ways;
  }

  private void amongRefused(Change change) {
    ChangeSet bad = changes().updateTaskRun(ids.taskRunId(), TaskRunState.RUNNING).build();
    var first = store.commitAsync(bad);
    var answer = store.commitAsync(changes().add(change).build());
    var last = store.commitAsync(bad);
    answer.join();
    assertThat(first.handle((result, error) -> error).join()).isNotNull();
    assertThat(last.handle((result, error) -> error).join()).isNotNull();
  }

  @Test
  @DisplayName(
      "every kind of change leaves every cached fact correct, in whatever way it is committed")
  void everyFactAfterEveryChange() {
    flow();
    Map<Class<?>, Supplier<Change>> examples = examples();
    assertThat(examples.keySet()).containsExactlyInAnyOrderElementsOf(kinds(Change.class).toList());
    ways()
        .forEach(
            (name, way) ->
                examples.forEach(
                    (kind, example) -> {
                      begin();
                      way.commit(example.get());
                      checkFacts(store);
                    }));
  }

  @Test
  @DisplayName("a claim and the end of its task run, with a change by another store between them")
  void endAfterClaim() {
    flow();
    StateStore worker = openAnother(); // knows only what its claim reads
    for (boolean isDisturbed : new boolean[] {false, true, false}) {
      ExecutionId one = execution();
      TaskRunId run = taskRun(one);
      store.commit(changes().readyTaskRun(run).build());
      assertThat(worker.claim(ClaimRequest.of("w", 1, LONG)).claimed()).hasSize(1);
      if (isDisturbed) {
        var unused = taskRun(one);
      }
      AttemptId attempt = new AttemptId(run, 1);
      ChangeSet end =
          changes()
              .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
              .updateTaskRun(attempt, TaskRunState.SUCCEEDED)
              .updateExecution(one, ExecutionState.SUCCEEDED)
              .build();
      if (isDisturbed) {
        refusedFor(RecordRef.of(one), Reason.OUT_OF_STEP, () -> worker.commit(end));
        assertThat(stored(attempt).state()).isEqualTo(AttemptState.RUNNING);
      } else {
        worker.commit(end);
        assertThat(stored(one).state()).isEqualTo(ExecutionState.SUCCEEDED);
      }
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  // ---- using the cached facts

  private void checkFacts(StateStore from) {
    Standing now = exists(from.executionProgress(execution)).standing();
    List<Boolean> stale = new ArrayList<>();
    for (int wrong : new int[] {0, 1, -1}) {
      stale.add(isStale(with(now, now.version(), now.state(), wrong, 0)));
      stale.add(isStale(with(now, now.version(), now.state(), 0, wrong)));
    }
    stale.add(isStale(with(now, now.version() - 1, now.state(), 0, 0)));
    stale.add(isStale(with(now, now.version(), ExecutionState.FAILED, 0, 0)));
    stale.add(isStale(now));
    assertThat(stale).containsExactly(false, false, true, true, true, true, true, true, false);
    from.taskRuns(execution).forEach(this::checkTaskRun);
    checkRevision();
  }

  private static Standing with(
      Standing now, long version, ExecutionState state, int moreUnfinished, int moreEnded) {
    return new Standing(version, state, now.unfinished() + moreUnfinished, now.ended() + moreEnded);
  }

  private boolean isStale(Standing standing) {
    return store
        .commit(changes().settleExecution(execution, standing).build())
        .outcomes()
        .get(0)
        .changed();
  }

  private void checkTaskRun(TaskRun run) {
    if (run.state().isTerminal()) {
      return;
    }
    Integer fence = run.lastAttempt() == 0 ? null : run.lastAttempt();
    boolean isLost =
        fence != null && stored(new AttemptId(run.id(), fence)).state() == AttemptState.LOST;
    store.commit(
        changes()
            .add(
                new Change.SetPayload(
                    PayloadRef.resultOf(run.id()),
                    isLost ? null : fence,
                    Payload.ofTexts(Map.of("k", "v"))))
            .build());
    refusedFor(
        RecordRef.of(run.id()),
        Reason.LEASE_LOST,
        () ->
            store.commit(
                changes()
                    .setOutputs(new AttemptId(run.id(), run.lastAttempt() + 1), Map.of("k", "v"))
                    .build()));
    refusedFor(
        RecordRef.of(run.id()),
        Reason.STALE_VERSION,
        () -> store.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version() - 1));
  }

  private void checkRevision() {
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW));
    assertThat(stored(id).workflowRevision()).isEqualTo(stored(FLOW).revision());
  }
}
