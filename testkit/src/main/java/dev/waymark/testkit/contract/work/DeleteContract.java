package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Executions that are deleted: what goes with them, what stays, and what refuses a deletion.
 *
 * @since 0.1.0
 */
public abstract class DeleteContract extends DeleteTopic {
  /** Tables in which nothing belongs to one execution. */
  private static final Set<String> SHARED =
      Set.of("workflows", "workflow_revisions", "workers", "pools");

  /** Tables that keep rows of what was deleted: what a repeated commit returns, and numbers. */
  private static final Set<String> KEPT = Set.of("commits", "execution_counts", "ready_lanes");

  /** For backends that run this topic alone. */
  protected DeleteContract() {}

  // ---- what goes

  @Test
  @DisplayName("everything that belongs to it is gone, for every reader")
  void everythingIsGone() {
    Full it = full();
    Full other = full();
    ExecutionDetails before = details(other.id);
    long version = stored(it.id).version();
    assertThat(delete(it.id)).isEqualTo(new Outcome(RecordRef.of(it.id), version, true));
    for (StateStore each : List.of(store, openAnother())) {
      assertGone(each, it);
      assertThat(each.executionDetails(other.id)).isEqualTo(before);
      assertThat(each.payloads(other.id, 10)).hasSize(6);
      assertThat(each.log(other.attempt, 0, 10).length()).isEqualTo(5);
      assertThat(each.executions(ExecutionQuery.builder().build()).items())
          .extracting(Execution::id)
          .containsExactly(other.id);
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  private void assertGone(StateStore from, Full it) {
    assertThat(from.execution(it.id)).isNull();
    assertThat(from.latest(it.id)).isNull();
    assertThat(from.executionDetails(it.id)).isNull();
    assertThat(from.executionProgress(it.id)).isNull();
    assertThat(from.waiting(it.id)).isNull();
    assertThat(from.taskRuns(it.id)).isEmpty();
    assertThat(from.taskRun(it.done)).isNull();
    assertThat(from.taskRunProgress(List.of(it.done, it.waiting))).isEmpty();
    assertThat(from.attempts(it.done)).isEmpty();
    assertThat(from.attempt(it.attempt)).isNull();
    assertThat(from.history(it.id, PageRequest.first(10)).total()).isZero();
    assertThat(from.signals(it.id)).isEmpty();
    assertThat(from.payloads(it.id, 10)).isEmpty();
    for (PayloadRef ref :
        List.of(
            PayloadRef.inputOf(it.id),
            PayloadRef.resultOf(it.id),
            PayloadRef.inputOf(it.done),
            PayloadRef.resultOf(it.done),
            PayloadRef.detailsOf(it.attempt),
            PayloadRef.ofSignal(it.id, 1))) {
      assertThat(from.payload(ref)).as("%s", ref).isNull();
    }
    assertThat(from.log(it.attempt, 0, 10).length()).isZero();
    assertThat(from.executionsWithLogs(Instant.MAX, 10)).doesNotContain(it.id);
    assertThat(from.idsStartingWith(RecordKind.EXECUTION, it.id.toString(), 10)).isEmpty();
    assertThat(from.idsStartingWith(RecordKind.TASK_RUN, it.done.toString(), 10)).isEmpty();
    assertThat(from.claim(ClaimRequest.of("worker-2", 10, LONG)).claimed()).isEmpty();
  }

  @Test
  @DisplayName("no table has a row of it, and every table was looked at")
  void everyTable() {
    flow();
    Map<String, Long> before = rows();
    Full it = new Full().begin();
    Map<String, Long> running = rows();
    it.end();
    Map<String, Long> ended = rows();
    Set<String> filled = new TreeSet<>();
    for (Map<String, Long> rows : List.of(running, ended)) {
      rows.forEach(
          (table, number) -> {
            if (number > before.getOrDefault(table, 0L)) {
              filled.add(table);
            }
          });
    }
    Set<String> expected = new TreeSet<>(before.keySet());
    expected.removeAll(SHARED);
    expected.removeIf(table -> table.startsWith("waymark_") || KEPT.contains(table));
    assertThat(filled).as("tables with rows of an execution").containsAll(expected);
    delete(it.id);
    Map<String, Long> left = new HashMap<>(rows());
    left.keySet().removeAll(KEPT);
    left.forEach((table, number) -> assertThat(number).as(table).isEqualTo(before.get(table)));
  }

  @Test
  @DisplayName("totals of all lists are exact afterwards")
  void totals() {
    Full first = full();
    Full second = full();
    ExecutionId open = executionIn(ExecutionState.RUNNING);
    delete(first.id);
    assertThat(total(ExecutionQuery.builder())).isEqualTo(2);
    assertThat(total(ExecutionQuery.builder().workflow(FLOW))).isEqualTo(2);
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.SUCCEEDED))).isEqualTo(1);
    assertThat(total(ExecutionQuery.builder().label("team", "data"))).isEqualTo(1);
    assertThat(total(ExecutionQuery.builder().since(START))).isEqualTo(2);
    delete(second.id);
    assertThat(total(ExecutionQuery.builder().label("team", "data"))).isZero();
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.SUCCEEDED))).isZero();
    assertThat(store.executions(ExecutionQuery.builder().build()).items())
        .extracting(Execution::id)
        .containsExactly(open);
  }

  private long total(ExecutionQuery.Builder query) {
    return store.executions(query.build()).total();
  }

  @Test
  @DisplayName("an execution that does not exist, or no longer, is no error: nothing changes")
  void repeated() {
    Full it = full();
    delete(it.id);
    Outcome nothing = new Outcome(RecordRef.of(it.id), 0, false);
    assertThat(delete(it.id)).isEqualTo(nothing);
    assertThat(delete(openAnother(), it.id)).isEqualTo(nothing);
    ExecutionId unknown = ids.executionId();
    assertThat(delete(unknown)).isEqualTo(new Outcome(RecordRef.of(unknown), 0, false));
  }

  @Test
  @DisplayName("many are deleted in one change set, together with other changes")
  void many() {
    Full first = full();
    Full second = full();
    ExecutionId other = executionIn(ExecutionState.RUNNING);
    CommitResult result =
        store.commit(
            changes()
                .deleteExecution(first.id)
                .setLabels(other, Map.of("a", "b"))
                .deleteExecution(second.id)
                .deleteExecution(first.id)
                .updateExecution(other, ExecutionState.SUCCEEDED)
                .deleteExecution(other)
                .build());
    assertThat(result.outcomes())
        .extracting(Outcome::changed)
        .containsExactly(true, true, true, false, true, true);
    assertGone(store, first);
    assertGone(store, second);
    assertThat(store.execution(other)).isNull();
    assertThat(store.history(other, PageRequest.first(10)).total()).isZero();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  @Test
  @DisplayName("a task run that is still ready at the end of its execution is never claimed")
  void readyLeftover() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(id);
    store.commit(
        changes()
            .readyTaskRun(run)
            .updateTaskRun(run, TaskRunState.SKIPPED)
            .updateExecution(id, ExecutionState.SUCCEEDED)
            .build());
    delete(id);
    assertThat(store.pools()).isEmpty();
    assertThat(store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed()).isEmpty();
  }

  // ---- what refuses it

  @ParameterizedTest(name = "{0}")
  @EnumSource(ExecutionState.class)
  @DisplayName("only an execution that has ended can be deleted; the refusal says what to do")
  void onlyEnded(ExecutionState state) {
    ExecutionId id = executionIn(state);
    if (state.isTerminal()) {
      assertThat(delete(id).changed()).isTrue();
      return;
    }
    ExecutionDetails before = details(id);
    refusedFor(RecordRef.of(id), Reason.OUT_OF_STEP, () -> delete(id));
    assertThatThrownBy(() -> delete(id))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining("cancel it first")
        .hasMessageContaining("state " + state);
    assertThat(details(id)).isEqualTo(before);
  }

  @Test
  @DisplayName("a refused deletion changes nothing, also nothing else of its change set")
  void refusedAsAWhole() {
    Full it = full();
    ExecutionId open = execution();
    ExecutionDetails before = details(it.id);
    ChangeSet changes = changes().deleteExecution(it.id).deleteExecution(open).build();
    refusedFor(RecordRef.of(open), Reason.OUT_OF_STEP, () -> store.commit(changes));
    assertThat(details(it.id)).isEqualTo(before);
    assertThat(store.payloads(it.id, 10)).hasSize(6);
    assertThat(store.signals(it.id)).hasSize(1);
    assertThat(store.log(it.attempt, 0, 10).length()).isEqualTo(5);
    assertThat(total(ExecutionQuery.builder().label("team", "data"))).isEqualTo(1);
  }

  @Test
  @DisplayName("a child that has not ended prevents it, and the refusal names it")
  void openChild() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(id);
    ExecutionId ended = child(run);
    ExecutionId open = child(run);
    end(ended);
    store.commit(changes().updateTaskRun(run, TaskRunState.SKIPPED).build());
    move(id, ExecutionState.SUCCEEDED);
    refusedFor(RecordRef.of(id), Reason.OUT_OF_STEP, () -> delete(id));
    assertThatThrownBy(() -> delete(id)).hasMessageContaining("child " + open);
    CommitResult result =
        store.commit(
            changes()
                .updateExecution(open, ExecutionState.RUNNING)
                .updateExecution(open, ExecutionState.FAILED)
                .deleteExecution(id)
                .build());
    assertThat(result.outcomes().get(2).changed()).isTrue();
    assertThat(exists(stored(ended).parent()).executionId()).isEqualTo(id);
    assertThat(stored(open).state()).isEqualTo(ExecutionState.FAILED);
    assertThat(delete(ended).changed()).isTrue();
    assertThat(Invariants.violations(store)).isEmpty();
  }

  @Test
  @DisplayName("a child that is created, continued or ended in the same change set counts")
  void childrenOfTheSameChangeSet() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(id);
    NewExecution child =
        new NewExecution(ids.executionId(), FLOW).childOf(run, ChildPolicy.ABANDON);
    NewExecution next = new NewExecution(ids.executionId(), FLOW);
    ChangeSet.Builder changes =
        changes()
            .createExecution(child)
            .updateTaskRun(run, TaskRunState.SKIPPED)
            .updateExecution(id, ExecutionState.SUCCEEDED)
            .updateExecution(child.id(), ExecutionState.RUNNING)
            .continueExecution(child.id(), next);
    ChangeSet refused = changes.deleteExecution(id).build();
    assertThatThrownBy(() -> store.commit(refused)).hasMessageContaining("child " + next.id());
    ChangeSet.Builder accepted = changes();
    refused.changes().stream().limit(5).forEach(accepted::add);
    store.commit(
        accepted.updateExecution(next.id(), ExecutionState.CANCELLED).deleteExecution(id).build());
    assertThat(store.execution(id)).isNull();
    assertThat(stored(next.id()).state()).isEqualTo(ExecutionState.CANCELLED);
  }

  // ---- later changes

  @Test
  @DisplayName("later changes of the same change set find neither it nor its task runs")
  void laterChanges() {
    for (var change :
        List.<BiConsumer<ChangeSet.Builder, Full>>of(
            (c, it) -> c.updateExecution(it.id, ExecutionState.RUNNING),
            (c, it) -> c.setLabels(it.id, Map.of("a", "b")),
            (c, it) -> c.signal(it.id, "go", null, "key"),
            (c, it) -> c.deleteLogs(it.id),
            (c, it) -> c.createTaskRun(new NewTaskRun(ids.taskRunId(), it.id, new TaskId("new"))),
            (c, it) -> c.updateTaskRun(it.done, TaskRunState.RUNNING),
            (c, it) -> c.appendLog(it.attempt, 5, new byte[1]),
            (c, it) -> c.setResult(it.done, YES),
            (c, it) -> c.readyTaskRun(it.waiting))) {
      Full it = full();
      ChangeSet.Builder changes = changes().deleteExecution(it.id);
      change.accept(changes, it);
      refused(NotFoundException.class, () -> store.commit(changes.build()));
      assertThat(stored(it.id).state()).isEqualTo(ExecutionState.SUCCEEDED);
      delete(it.id);
      ChangeSet.Builder later = changes();
      change.accept(later, it);
      refused(NotFoundException.class, () -> store.commit(later.build()));
    }
  }

  @Test
  @DisplayName("it can be created again, in the same change set too, and takes over nothing")
  void createdAgain() {
    for (boolean isTogether : new boolean[] {true, false}) {
      Full it = full();
      ChangeSet.Builder changes = changes().deleteExecution(it.id);
      if (!isTogether) {
        store.commit(changes.build());
        changes = changes();
      }
      store.commit(
          changes
              .createExecution(new NewExecution(it.id, FLOW))
              .createTaskRun(new NewTaskRun(it.waiting, it.id, new TaskId("done")))
              .readyTaskRun(it.waiting)
              .signal(it.id, "new", null, "key")
              .build());
      assertThat(stored(it.id).version()).isEqualTo(1);
      assertThat(stored(it.id).labels()).isEmpty();
      assertThat(stored(it.id).input()).isNull();
      assertThat(store.taskRuns(it.id)).extracting(each -> each.id()).containsExactly(it.waiting);
      assertThat(details(it.id).history())
          .extracting(each -> each.sequence() + " " + each.to())
          .containsExactly("1 PENDING", "2 PENDING");
      assertThat(store.signals(it.id)).extracting(each -> each.name()).containsExactly("new");
      assertThat(store.payloads(it.id, 10)).isEmpty();
      assertThat(store.claim(ClaimRequest.of("worker-1", 10, LONG)).claimed())
          .extracting(each -> each.attempt().id())
          .containsExactly(new AttemptId(it.waiting, 1));
      assertThat(Invariants.violations(store)).isEmpty();
    }
  }

  @Test
  @DisplayName("a repeated commit answers as before, and brings nothing back")
  void repeatedCommit() {
    ExecutionId id = ids.executionId();
    flow();
    ChangeSet creation = changes().createExecution(new NewExecution(id, FLOW)).build();
    CommitResult created = store.commit(creation);
    move(id, ExecutionState.CANCELLED);
    ChangeSet deletion = changes().deleteExecution(id).build();
    CommitResult deleted = store.commit(deletion);
    assertThat(deleted.outcomes()).containsExactly(new Outcome(RecordRef.of(id), 2, true));
    assertThat(store.commit(creation)).isEqualTo(created);
    assertThat(store.commit(deletion)).isEqualTo(deleted);
    assertThat(openAnother().commit(creation)).isEqualTo(created);
    assertThat(store.execution(id)).isNull();
  }

  @Test
  @DisplayName("a store that knew it before another store deleted it does not find it any more")
  void knownByAnother() {
    StateStore other = openAnother();
    for (boolean isCreatedAgain : new boolean[] {false, true}) {
      ExecutionId id = ids.executionId();
      NewTaskRun task = new NewTaskRun(ids.taskRunId(), id, new TaskId("a"));
      other.createExecution(new NewExecution(id, flow()));
      other.createTaskRun(task);
      other.updateTaskRun(task.id(), TaskRunState.SKIPPED, 1);
      other.updateExecution(id, ExecutionState.CANCELLED, 1);
      delete(id);
      if (isCreatedAgain) {
        store.createExecution(new NewExecution(id, FLOW, null, Map.of("a", "b"), Map.of()));
        refused(ConflictException.class, () -> other.createExecution(new NewExecution(id, FLOW)));
        other.updateExecution(id, ExecutionState.RUNNING, 1);
        assertThat(other.createTaskRun(task).changed()).isTrue();
        assertThat(stored(task.id()).state()).isEqualTo(TaskRunState.PENDING);
      } else {
        refused(NotFoundException.class, () -> other.createTaskRun(task));
        refused(
            NotFoundException.class,
            () -> other.updateTaskRun(task.id(), TaskRunState.CANCELLED, 2));
        refused(
            NotFoundException.class, () -> other.updateExecution(id, ExecutionState.RUNNING, 2));
        assertThat(delete(other, id).changed()).isFalse();
      }
    }
    assertThat(Invariants.violations(store)).isEmpty();
  }

  // ---- links

  @Test
  @DisplayName("links to it stay, and the latest of a chain is the last that exists")
  void links() {
    ExecutionId first = executionIn(ExecutionState.RUNNING);
    NewExecution second = new NewExecution(ids.executionId(), FLOW);
    NewExecution third = new NewExecution(ids.executionId(), FLOW);
    store.commit(
        changes()
            .continueExecution(first, second)
            .updateExecution(second.id(), ExecutionState.RUNNING)
            .continueExecution(second.id(), third)
            .updateExecution(third.id(), ExecutionState.CANCELLED)
            .build());
    delete(third.id());
    assertThat(store.latest(first)).isEqualTo(stored(second.id()));
    assertThat(stored(second.id()).continuedAs()).isEqualTo(third.id());
    delete(second.id());
    assertThat(store.latest(first)).isEqualTo(stored(first));
    assertThat(stored(first).continuedAs()).isEqualTo(second.id());
    assertThat(store.latest(second.id())).isNull();
  }

  @Test
  @DisplayName("a child can be deleted while its parent runs; then nothing can wait for it")
  void childOfRunning() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRun(id);
    ExecutionId child = child(run);
    end(child);
    delete(child);
    refusedFor(
        RecordRef.of(child),
        Reason.NOT_FOUND,
        () -> store.commit(changes().awaitChild(run, child, null).build()));
    store.commit(changes().updateTaskRun(run, TaskRunState.SKIPPED).build());
    move(id, ExecutionState.CANCELLING, ExecutionState.CANCELLED);
    assertThat(delete(id).changed()).isTrue();
  }
}
