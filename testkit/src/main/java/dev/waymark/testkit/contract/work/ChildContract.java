package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Executions that are children of task runs: how they begin, who waits for them, and what the end
 * of a child or of its parent leads to.
 *
 * @since 0.1.0
 */
public abstract class ChildContract extends ChildTopic {
  private static final Duration LONG = Duration.ofHours(1);
  private static final int MAX_DEPTH = 3;

  /** For backends that run this topic alone. */
  protected ChildContract() {}

  @Override
  protected Limits limits() {
    return Limits.builder().maxDepth(MAX_DEPTH).build();
  }

  private Outcome await(TaskRunId run, ExecutionId child, @Nullable Duration timeout) {
    return store.commit(changes().awaitChild(run, child, timeout).build()).outcomes().get(0);
  }

  private TaskRunId waiting(ExecutionId execution, ExecutionId child) {
    TaskRunId run = taskRun(execution);
    await(run, child, null);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
    return run;
  }

  private List<TaskRunId> claim() {
    return store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed().stream()
        .map(each -> each.taskRun().id())
        .toList();
  }

  /** The executions that are due to be cancelled with their parents. */
  private Set<ExecutionId> toCancel() {
    return store.claim(ClaimRequest.of("looks only", 0, LONG)).due().stream()
        .filter(due -> due.reason() == DueReason.CANCEL)
        .map(Claims.Due::executionId)
        .collect(Collectors.toSet());
  }

  private List<WaitReason> reasons(TaskRunId run) {
    Waiting waiting = Objects.requireNonNull(store.waiting(stored(run).executionId()));
    return waiting.taskRuns().stream()
        .filter(item -> item.taskRunId().equals(run))
        .flatMap(item -> item.reasons().stream())
        .toList();
  }

  // ---- the beginning

  @ParameterizedTest
  @EnumSource
  @DisplayName("a child knows its parent, wherever it is read")
  void knowsParent(ChildPolicy policy) {
    ExecutionId parent = execution();
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run, policy);
    Parent expected = new Parent(run, parent, policy, 1);
    assertThat(stored(id).parent()).isEqualTo(expected);
    assertThat(stored(parent).parent()).isNull();
    assertThat(store.executions(ExecutionQuery.all()).items())
        .filteredOn(each -> each.id().equals(id))
        .extracting(Execution::parent)
        .containsExactly(expected);
    move(id, ExecutionState.RUNNING, ExecutionState.PAUSED);
    store.commit(changes().setLabels(id, Map.of("team", "data")).build());
    assertThat(stored(id).parent()).isEqualTo(expected);
    move(id, ExecutionState.RUNNING);
    store.commit(changes().readyTaskRun(taskRun(id)).build());
    Claimed claimed = store.claim(ClaimRequest.of("worker-1", 1, LONG)).claimed().get(0);
    assertThat(claimed.execution().parent()).isEqualTo(expected);
    assertThat(openAnother().execution(id)).isEqualTo(stored(id));
  }

  @Test
  @DisplayName("a child can be created with its parent in one change set")
  void inOneChangeSet() {
    flow();
    ExecutionId parent = ids.executionId();
    TaskRunId run = ids.taskRunId();
    ExecutionId id = ids.executionId();
    store.commit(
        changes()
            .createExecution(new NewExecution(parent, FLOW))
            .createTaskRun(new NewTaskRun(run, parent, new TaskId("task")))
            .createExecution(new NewExecution(id, FLOW).childOf(run, ChildPolicy.ABANDON))
            .awaitChild(run, id, null)
            .updateExecution(id, ExecutionState.RUNNING)
            .updateExecution(id, ExecutionState.SUCCEEDED)
            .build());
    assertThat(stored(id).parent()).isEqualTo(new Parent(run, parent, ChildPolicy.ABANDON, 1));
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(claim()).containsExactly(run);
  }

  @Test
  @DisplayName("the same start again changes nothing, also when its parent has ended since")
  void again() {
    ExecutionId parent = execution();
    TaskRunId run = taskRun(parent);
    flow();
    NewExecution start = new NewExecution(ids.executionId(), FLOW);
    NewExecution asChild = start.childOf(run, ChildPolicy.CANCEL);
    assertThat(store.createExecution(asChild).changed()).isTrue();
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.SKIPPED)
            .updateExecution(parent, ExecutionState.RUNNING)
            .updateExecution(parent, ExecutionState.SUCCEEDED)
            .build());
    assertThat(store.createExecution(asChild).changed()).isFalse();
    for (NewExecution other :
        List.of(
            start,
            start.childOf(run, ChildPolicy.ABANDON),
            start.childOf(taskRun(execution()), ChildPolicy.CANCEL))) {
      assertThatThrownBy(() -> store.createExecution(other))
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("an execution from another request");
    }
  }

  @Test
  @DisplayName("a task run that does not exist or has ended starts no child")
  void noParent() {
    TaskRunId missing = ids.taskRunId();
    assertThatThrownBy(() -> child(missing))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("task run " + missing);
    TaskRunId ended = taskRunIn(execution(), TaskRunState.SKIPPED);
    assertThatThrownBy(() -> child(ended))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("expected a task run that has not ended, found state SKIPPED");
  }

  @Test
  @DisplayName("an execution that is being cancelled starts only children that it abandons")
  void whileCancelling() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    move(parent, ExecutionState.CANCELLING);
    assertThatThrownBy(() -> child(run))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("found state CANCELLING");
    assertThat(stored(child(run, ChildPolicy.ABANDON)).parent()).isNotNull();
    assertThat(toCancel()).isEmpty();
  }

  @Test
  @DisplayName("the number of ancestors is limited")
  void depth() {
    ExecutionId id = execution();
    for (int i = 1; i <= MAX_DEPTH; i++) {
      id = child(taskRun(id));
      assertThat(Objects.requireNonNull(stored(id).parent()).depth()).isEqualTo(i);
    }
    TaskRunId deepest = taskRun(id);
    long before = store.executions(ExecutionQuery.all()).total();
    assertThatThrownBy(() -> child(deepest))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "would have 4 ancestors, which is over the limit maxDepth of 3; raise the limit");
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(before);
  }

  // ---- waiting

  @ParameterizedTest
  @EnumSource(names = {"SUCCEEDED", "FAILED", "CANCELLED"})
  @DisplayName("the end of a child, however it ends, wakes the task run that waits for it")
  void wakes(ExecutionState end) {
    ExecutionId parent = execution();
    TaskRunId starter = taskRun(parent);
    ExecutionId id = child(starter);
    store.commit(
        changes().add(new SignalChange.AwaitChild(starter, null, id, "people", 7, null)).build());
    assertThat(reasons(starter)).containsExactly(new WaitReason.WaitsForChild(id, null));
    move(id, ExecutionState.RUNNING);
    if (end == ExecutionState.CANCELLED) {
      move(id, ExecutionState.CANCELLING);
    }
    assertThat(stored(starter).state()).isEqualTo(TaskRunState.WAITING);
    long version = stored(parent).version();
    move(id, end);
    assertThat(stored(starter).state()).isEqualTo(TaskRunState.PENDING);
    assertThat(stored(parent).version()).isEqualTo(version);
    assertThat(store.signals(parent)).isEmpty();
    assertThat(claim()).isEmpty();
    assertThat(store.claim(new ClaimRequest("worker-1", 9, LONG, Set.of("people"))).claimed())
        .extracting(each -> each.taskRun().id())
        .containsExactly(starter);
  }

  @Test
  @DisplayName("a wait for a child that has ended ends at once, each time")
  void endedBefore() {
    ExecutionId parent = execution();
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run);
    end(id);
    for (int i = 0; i < 2; i++) {
      Outcome outcome = await(run, id, LONG);
      assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
      assertThat(outcome.version()).isEqualTo(stored(run).version());
    }
    assertThat(claim()).containsExactly(run);
  }

  @Test
  @DisplayName("several task runs wait for one child, each of several for its own")
  void several() {
    ExecutionId parent = execution();
    TaskRunId starter = taskRun(parent);
    ExecutionId one = child(starter);
    ExecutionId two = child(starter, ChildPolicy.ABANDON);
    TaskRunId first = waiting(parent, one);
    TaskRunId second = waiting(parent, one);
    TaskRunId other = waiting(parent, two);
    end(one);
    assertThat(claim()).containsExactlyInAnyOrder(first, second);
    assertThat(stored(other).state()).isEqualTo(TaskRunState.WAITING);
    end(two);
    assertThat(claim()).containsExactly(other);
  }

  @Test
  @DisplayName("children that end in one change set wake all that wait for them")
  void endTogether() {
    ExecutionId parent = execution();
    TaskRunId starter = taskRun(parent);
    List<TaskRunId> waiting = new ArrayList<>();
    ChangeSet.Builder ends = changes();
    for (int i = 0; i < 5; i++) {
      ExecutionId id = child(starter);
      waiting.add(waiting(parent, id));
      ends.updateExecution(id, ExecutionState.RUNNING)
          .updateExecution(id, ExecutionState.SUCCEEDED);
    }
    store.commit(ends.build());
    assertThat(claim()).containsExactlyInAnyOrderElementsOf(waiting);
  }

  @Test
  @DisplayName("a wait with a time-out ends with it, and the end of the child changes nothing then")
  void timeout() {
    ExecutionId parent = execution();
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run);
    await(run, id, LONG);
    assertThat(reasons(run))
        .singleElement()
        .isInstanceOfSatisfying(
            WaitReason.WaitsForChild.class,
            reason -> assertThat(reason.until()).isAfter(Instant.now()));
    store.commit(changes().readyTaskRun(run).build());
    assertThat(claim()).containsExactly(run);
    long version = stored(run).version();
    end(id);
    assertThat(stored(run).version()).isEqualTo(version);
    assertThat(claim()).isEmpty();
  }

  @Test
  @DisplayName("only a child of the same execution can be waited for")
  void notOurChild() {
    TaskRunId run = taskRun(execution());
    ExecutionId stranger = execution();
    assertThatThrownBy(() -> await(run, stranger, null))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("found an execution that is no child");
    ExecutionId parent = execution();
    ExecutionId theirs = child(taskRun(parent));
    assertThatThrownBy(() -> await(run, theirs, null))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("found a child of execution " + parent);
    ExecutionId missing = ids.executionId();
    assertThatThrownBy(() -> await(run, missing, null)).isInstanceOf(NotFoundException.class);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
  }

  @Test
  @DisplayName("a late worker does not begin a wait for a child")
  void fenced() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run);
    store.commit(changes().readyTaskRun(run).build());
    var first = store.claim(ClaimRequest.of("worker-1", 1, LONG)).claimed().get(0).attempt().id();
    store.commit(
        changes()
            .updateAttempt(first, AttemptState.FAILED, "failed")
            .updateTaskRun(run, TaskRunState.RETRYING)
            .readyTaskRun(run)
            .build());
    var second = store.claim(ClaimRequest.of("worker-2", 1, LONG)).claimed().get(0).attempt().id();
    assertThatThrownBy(() -> store.commit(changes().awaitChild(first, id, null).build()))
        .isInstanceOf(LeaseLostException.class);
    store.commit(
        changes()
            .updateAttempt(second, AttemptState.SUCCEEDED)
            .awaitChild(second, id, null)
            .build());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.WAITING);
  }

  // ---- the end of the parent

  @Test
  @DisplayName("children are due to be cancelled when their parent is being cancelled")
  void cancelled() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    ExecutionId live = child(run);
    ExecutionId paused = child(run);
    move(paused, ExecutionState.RUNNING, ExecutionState.PAUSED);
    ExecutionId ended = child(run);
    end(ended);
    child(run, ChildPolicy.ABANDON);
    TaskRunId waiting = waiting(parent, live);
    assertThat(toCancel()).isEmpty();
    move(parent, ExecutionState.CANCELLING);
    assertThat(toCancel()).containsExactlyInAnyOrder(live, paused);
    end(live);
    assertThat(toCancel()).containsExactly(paused);
    assertThat(stored(waiting).state()).isEqualTo(TaskRunState.WAITING);
    store.commit(changes().clearDue(paused, DueReason.CANCEL).build());
    assertThat(toCancel()).isEmpty();
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.CANCELLED)
            .updateTaskRun(waiting, TaskRunState.CANCELLED)
            .updateExecution(parent, ExecutionState.CANCELLED)
            .build());
    assertThat(toCancel()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"SUCCEEDED", "FAILED"})
  @DisplayName("children are due to be cancelled when their parent fails, not when it succeeds")
  void parentEnds(ExecutionState end) {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    ExecutionId id = child(run);
    store.commit(
        changes().updateTaskRun(run, TaskRunState.SKIPPED).updateExecution(parent, end).build());
    assertThat(toCancel())
        .isEqualTo(end == ExecutionState.FAILED ? Set.of(id) : Set.<ExecutionId>of());
    end(id);
    assertThat(toCancel()).isEmpty();
  }

  @Test
  @DisplayName("a child that is created and ends in the commit that cancels its parent is not due")
  void allAtOnce() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(parent);
    flow();
    ExecutionId before = ids.executionId();
    ExecutionId stays = ids.executionId();
    ExecutionId after = ids.executionId();
    store.commit(
        changes()
            .createExecution(new NewExecution(before, FLOW).childOf(run, ChildPolicy.CANCEL))
            .createExecution(new NewExecution(stays, FLOW).childOf(run, ChildPolicy.CANCEL))
            .createExecution(new NewExecution(after, FLOW).childOf(run, ChildPolicy.CANCEL))
            .updateExecution(before, ExecutionState.CANCELLED)
            .updateExecution(parent, ExecutionState.CANCELLING)
            .updateExecution(after, ExecutionState.CANCELLED)
            .build());
    assertThat(toCancel()).containsExactly(stays);
  }

  // ---- several writers

  @Test
  @DisplayName("a child that ends while its parent begins to wait always wakes it")
  void race() {
    for (int round = 0; round < 20; round++) {
      ExecutionId parent = execution();
      TaskRunId run = taskRun(parent);
      ExecutionId id = child(run);
      StateStore other = openAnother();
      ChangeSet wait = changes().awaitChild(run, id, null).build();
      ChangeSet end =
          changes()
              .updateExecution(id, ExecutionState.RUNNING)
              .updateExecution(id, ExecutionState.SUCCEEDED)
              .build();
      Parallel.run(2, thread -> thread == 0 ? store.commit(wait) : other.commit(end));
      assertThat(stored(run).state()).isEqualTo(TaskRunState.PENDING);
      assertThat(claim()).containsExactly(run);
    }
  }

  @Test
  @DisplayName("children that end at the same moment and their parent's own commits all succeed")
  void concurrentEnds() {
    ExecutionId parent = executionIn(ExecutionState.RUNNING);
    TaskRunId starter = taskRun(parent);
    List<TaskRunId> waiting = new ArrayList<>();
    List<ExecutionId> children = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ExecutionId id = child(starter);
      children.add(id);
      waiting.add(waiting(parent, id));
    }
    List<CompletableFuture<?>> answers = new ArrayList<>();
    StateStore other = openAnother();
    for (int i = 0; i < children.size(); i++) {
      StateStore by = i % 2 == 0 ? store : other;
      answers.add(
          by.commitAsync(
              changes()
                  .updateExecution(children.get(i), ExecutionState.RUNNING)
                  .updateExecution(children.get(i), ExecutionState.FAILED, "no")
                  .build()));
      answers.add(by.commitAsync(changes().signal(parent, "tick", null, null).build()));
    }
    answers.forEach(CompletableFuture::join);
    List<TaskRunId> claimed = new ArrayList<>();
    List<TaskRunId> more = claim();
    while (!more.isEmpty()) {
      claimed.addAll(more);
      more = claim();
    }
    assertThat(claimed).containsExactlyInAnyOrderElementsOf(waiting);
  }
}
