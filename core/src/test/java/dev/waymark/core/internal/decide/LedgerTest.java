package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A ledger")
class LedgerTest {
  private static final Ids IDS = Ids.system();
  private static final TaskId TASK = new TaskId("task");

  private final ExecutionId execution = IDS.executionId();
  private final TaskRunId taskRun = IDS.taskRunId();
  private final CommitId commit = IDS.commitId();
  private final WorkflowHead workflowHead = new WorkflowHead(FLOW, 1, 3, "content");
  private final PastCommit pastCommit = new PastCommit(commit, NOW, 7, "1");
  private final WorkerHead worker = new WorkerHead("w", new UUID(1, 1), true);
  private final PoolHead pool = new PoolHead("gpu", 2);
  private final ReadyHead ready = new ReadyHead(taskRun, "gpu", 0, true);

  private static ExecutionHead head(ExecutionId id) {
    return new ExecutionHead(
        id, FLOW, ExecutionState.RUNNING, 1, Instant.EPOCH, null, null, "request", null, null);
  }

  private static TaskRunHead head(TaskRunId id, ExecutionId execution) {
    return head(id, execution, 0, null);
  }

  private static TaskRunHead head(
      TaskRunId id, ExecutionId execution, int attempt, @Nullable AttemptState state) {
    return new TaskRunHead(
        id, execution, TASK, TaskRunState.PENDING, 1, attempt, state, LeaseState.NONE, null, null);
  }

  /** Adds one record of each kind. */
  private void loadAll(Ledger ledger) {
    ledger.load(pastCommit);
    ledger.load(workflowHead);
    ledger.load(head(execution));
    ledger.load(execution, new TaskRunCounts(1, 1, 0));
    ledger.load(head(taskRun, execution));
    ledger.loadUnderWay(FLOW, 5);
    ledger.load(worker);
    ledger.load(pool);
    ledger.load(ready);
  }

  /** The records that outlive a group. */
  private void assertHasRecords(Ledger ledger) {
    assertThat(ledger.commit(commit)).isEqualTo(pastCommit);
    assertThat(ledger.workflow(FLOW)).isEqualTo(workflowHead);
    assertThat(ledger.execution(execution)).isEqualTo(head(execution));
    assertThat(ledger.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 0));
    assertThat(ledger.taskRun(taskRun)).isEqualTo(head(taskRun, execution));
    assertThat(ledger.taskRunOf(new TaskKey(execution, TASK))).isEqualTo(taskRun);
  }

  private void assertHasAll(Ledger ledger) {
    assertHasRecords(ledger);
    assertThat(ledger.underWay(FLOW)).isEqualTo(5);
    assertThat(ledger.worker("w")).isEqualTo(worker);
    assertThat(ledger.pool("gpu")).isEqualTo(pool);
    assertThat(ledger.ready(taskRun)).isEqualTo(ready);
  }

  /** None of these records is in the ledger. */
  private void assertHasNone(Ledger ledger) {
    assertThat(ledger.commit(commit)).isNull();
    assertThat(ledger.workflow(FLOW)).isNull();
    assertThat(ledger.execution(execution)).isNull();
    assertThat(ledger.counts(execution)).isNull();
    assertThat(ledger.taskRun(taskRun)).isNull();
    assertThat(ledger.taskRunOf(new TaskKey(execution, TASK))).isNull();
    assertHasNothingOfTheMoment(ledger);
  }

  private void assertHasNothingOfTheMoment(Ledger ledger) {
    assertThatNullPointerException()
        .isThrownBy(() -> ledger.underWay(FLOW))
        .withMessage("the number of executions in progress was not loaded");
    assertThat(ledger.worker("w")).isNull();
    assertThat(ledger.pool("gpu")).isNull();
    assertThat(ledger.ready(taskRun)).isNull();
  }

  @Test
  @DisplayName("has every kind of record that is loaded")
  void loaded() {
    Ledger ledger = new Ledger();
    assertHasNone(ledger);
    loadAll(ledger);
    assertHasAll(ledger);
  }

  @Test
  @DisplayName("shows through its draft, and gets from it what is posted")
  void drafts() {
    Ledger ledger = new Ledger();
    Ledger draft = ledger.draft();
    loadAll(draft);
    assertHasAll(draft);
    assertHasNone(ledger);
    draft.post();
    assertHasAll(ledger);
    assertHasAll(ledger.draft().draft());
  }

  @Test
  @DisplayName("is not changed by a draft that was not posted, which shows its own records")
  void draftInFront() {
    Ledger ledger = new Ledger();
    loadAll(ledger);
    Ledger draft = ledger.draft();
    draft.put(new WorkflowHead(FLOW, 1, 4, "other"));
    draft.put(new PoolHead("gpu", null));
    assertThat(draft.workflow(FLOW)).isEqualTo(new WorkflowHead(FLOW, 1, 4, "other"));
    assertThat(draft.pool("gpu")).isEqualTo(new PoolHead("gpu", null));
    assertHasAll(ledger);
  }

  @Test
  @DisplayName("is added to one that is kept, without what is read for every group")
  void addedToKept() {
    Ledger group = new Ledger();
    loadAll(group);
    Ledger kept = Ledger.keeping(10);
    group.addTo(kept);
    assertHasRecords(kept);
    assertHasNothingOfTheMoment(kept);
  }

  @Test
  @DisplayName("that is kept drops the records that were not used for the longest time")
  void capacity() {
    Ledger kept = Ledger.keeping(2);
    List<ExecutionId> ids = List.of(IDS.executionId(), IDS.executionId(), IDS.executionId());
    kept.load(head(ids.get(0)));
    kept.load(head(ids.get(1)));
    assertThat(kept.execution(ids.get(0))).isNotNull();
    kept.load(head(ids.get(2)));
    assertThat(kept.execution(ids.get(0))).isNotNull();
    assertThat(kept.execution(ids.get(1))).isNull();
    assertThat(kept.execution(ids.get(2))).isNotNull();
  }

  @Test
  @DisplayName(
      "shows nothing of an execution that its draft has deleted, until it is created again")
  void deletedInDraft() {
    Ledger ledger = new Ledger();
    loadAll(ledger);
    ledger.loadExecutionsOf(FLOW, 3);
    Ledger draft = ledger.draft();
    draft.delete(head(execution));
    assertThat(draft.execution(execution)).isNull();
    assertThat(draft.counts(execution)).isNull();
    assertThat(draft.taskRun(taskRun)).isNull();
    assertThat(draft.taskRunOf(new TaskKey(execution, TASK))).isNull();
    assertThat(draft.ready(taskRun)).isNull();
    assertThat(draft.executionsOf(FLOW)).isEqualTo(2);
    assertHasAll(ledger);
    Ledger again = draft.draft();
    again.put(head(execution));
    again.post();
    assertThat(draft.execution(execution)).isEqualTo(head(execution));
    assertThat(draft.counts(execution)).isEqualTo(TaskRunCounts.NONE);
    assertThat(draft.taskRun(taskRun)).isNull();
    assertThat(draft.executionsOf(FLOW)).isEqualTo(3);
  }

  @Test
  @DisplayName("that is kept drops a deleted execution with all task runs that it knows")
  void deletedInKept() {
    Ledger kept = Ledger.keeping(100);
    loadAll(kept);
    ExecutionId other = IDS.executionId();
    TaskRunId ofOther = IDS.taskRunId();
    kept.load(head(other));
    kept.load(head(ofOther, other));
    Ledger group = new Ledger();
    group.load(head(execution));
    Ledger draft = group.draft();
    draft.delete(head(execution));
    draft.post();
    group.addTo(kept);
    assertThat(kept.execution(execution)).isNull();
    assertThat(kept.counts(execution)).isNull();
    assertThat(kept.taskRun(taskRun)).isNull();
    assertThat(kept.taskRunOf(new TaskKey(execution, TASK))).isNull();
    assertThat(kept.execution(other)).isNotNull();
    assertThat(kept.taskRun(ofOther)).isNotNull();
  }

  @Test
  @DisplayName("follows the children of an execution that have not ended")
  void openChildren() {
    Ledger ledger = new Ledger();
    ExecutionId first = IDS.executionId();
    ExecutionId second = IDS.executionId();
    ledger.loadOpenChildren(execution, List.of());
    ledger.loadOpenChild(execution, first);
    Ledger draft = ledger.draft();
    draft.put(child(second, ExecutionState.RUNNING));
    draft.put(child(first, ExecutionState.CANCELLED));
    assertThat(draft.openChild(execution)).isEqualTo(second);
    draft.put(child(second, ExecutionState.FAILED));
    assertThat(draft.openChild(execution)).isNull();
    assertThat(ledger.openChild(execution)).isEqualTo(first);
  }

  private ExecutionHead child(ExecutionId id, ExecutionState state) {
    Parent parent = new Parent(taskRun, execution, ChildPolicy.CANCEL, 1);
    return new ExecutionHead(
        id, FLOW, state, 1, Instant.EPOCH, null, null, "request", parent, null);
  }

  @Test
  @DisplayName("gives an excerpt: what change sets touch, with the owners of their task runs")
  void excerpt() {
    Ledger kept = Ledger.keeping(100);
    loadAll(kept);
    Footprint taskRunOnly = new Footprint();
    taskRunOnly.add(
        new ChangeSet(
            commit, List.of(new Change.UpdateTaskRun(taskRun, TaskRunState.RUNNING, null, null))));
    Ledger excerpt = kept.excerpt(taskRunOnly);
    assertThat(excerpt.commit(commit)).isEqualTo(pastCommit);
    assertThat(excerpt.taskRun(taskRun)).isEqualTo(head(taskRun, execution));
    assertThat(excerpt.execution(execution)).isEqualTo(head(execution));
    assertThat(excerpt.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 0));
    assertThat(excerpt.workflow(FLOW)).isNull();
    assertThat(excerpt.taskRunOf(new TaskKey(execution, TASK))).isNull();
    kept.load(head(execution).moved(ExecutionState.PAUSED, NOW));
    assertThat(excerpt.execution(execution)).isEqualTo(head(execution));
  }

  @Test
  @DisplayName("gives an excerpt with workflows and with the task run of a task")
  void excerptOfTasks() {
    Ledger kept = Ledger.keeping(100);
    loadAll(kept);
    Footprint footprint = new Footprint();
    footprint.workflows().add(FLOW);
    footprint.tasks().add(new TaskKey(execution, TASK));
    Ledger excerpt = kept.excerpt(footprint);
    assertThat(excerpt.workflow(FLOW)).isEqualTo(workflowHead);
    assertThat(excerpt.taskRunOf(new TaskKey(execution, TASK))).isEqualTo(taskRun);
    assertThat(excerpt.taskRun(taskRun)).isNull();
    assertThat(excerpt.execution(execution)).isNull();
  }

  @Test
  @DisplayName("knows the owners of the task runs that it has")
  void owners() {
    Ledger ledger = new Ledger();
    loadAll(ledger);
    assertThat(ledger.owners(List.of(taskRun, IDS.taskRunId()))).containsExactly(execution);
  }

  @Test
  @DisplayName("makes the task runs of one execution not ready, and no others")
  void clearReady() {
    Ledger ledger = new Ledger();
    loadAll(ledger);
    ExecutionId other = IDS.executionId();
    ReadyHead ofOther = new ReadyHead(IDS.taskRunId(), "gpu", 0, true);
    ReadyHead ofUnknown = new ReadyHead(IDS.taskRunId(), "gpu", 0, true);
    ledger.load(head(ofOther.taskRun(), other));
    ledger.load(ofOther);
    ledger.load(ofUnknown);
    Ledger draft = ledger.draft();
    draft.clearReady(execution);
    assertThat(draft.ready(taskRun)).isNull();
    assertThat(draft.ready(ofOther.taskRun())).isEqualTo(ofOther);
    assertThat(draft.ready(ofUnknown.taskRun())).isEqualTo(ofUnknown);
    assertThat(ledger.ready(taskRun)).isEqualTo(ready);
    draft.post();
    assertThat(ledger.ready(taskRun)).isNull();
  }

  @Test
  @DisplayName("knows whether the counts of its executions are complete")
  void hasCounts() {
    Ledger ledger = new Ledger();
    loadAll(ledger);
    ExecutionId uncounted = IDS.executionId();
    ExecutionId unknown = IDS.executionId();
    assertThat(ledger.hasTaskRunCounts(List.of(execution, unknown))).isTrue();
    ledger.load(head(uncounted));
    assertThat(ledger.hasTaskRunCounts(List.of(execution, uncounted))).isFalse();
  }

  @Test
  @DisplayName("knows whether the newest attempt of a task run is live")
  void liveAttempt() {
    Ledger ledger = new Ledger();
    assertThat(ledger.hasLiveAttempt(taskRun)).isFalse();
    ledger.load(head(taskRun, execution));
    assertThat(ledger.hasLiveAttempt(taskRun)).isFalse();
    ledger.load(head(taskRun, execution, 1, AttemptState.RUNNING));
    assertThat(ledger.hasLiveAttempt(taskRun)).isTrue();
    ledger.load(head(taskRun, execution, 1, AttemptState.FAILED));
    assertThat(ledger.hasLiveAttempt(taskRun)).isFalse();
  }

  @Test
  @DisplayName("counts a task run that is written, with those of its attempts that have ended")
  void countsWrites() {
    Ledger ledger = new Ledger();
    ledger.put(head(execution));
    assertThat(ledger.counts(execution)).isEqualTo(TaskRunCounts.NONE);
    ledger.put(head(taskRun, execution, 2, AttemptState.RUNNING));
    assertThat(ledger.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 1));
    ledger.put(head(taskRun, execution, 2, AttemptState.LOST));
    assertThat(ledger.counts(execution)).isEqualTo(new TaskRunCounts(1, 1, 2));
    ledger.put(head(IDS.taskRunId(), execution, 1, AttemptState.FAILED));
    assertThat(ledger.counts(execution)).isEqualTo(new TaskRunCounts(2, 2, 3));
    ledger.put(head(taskRun, execution).moved(TaskRunState.SKIPPED, NOW));
    assertThat(ledger.counts(execution)).isEqualTo(new TaskRunCounts(2, 1, 1));
  }
}
