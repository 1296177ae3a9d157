package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.GroupLedger.FLOW;
import static dev.waymark.core.internal.decide.GroupLedger.NOW;
import static dev.waymark.core.internal.decide.GroupLedger.move;
import static dev.waymark.core.internal.decide.GroupLedger.save;
import static dev.waymark.core.internal.decide.GroupLedger.under;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The decider")
class DeciderTest {
  private final GroupLedger ledger = new GroupLedger();

  @Nested
  @DisplayName("returns the effects to be written")
  class Effects {
    @Test
    @DisplayName("for a workflow the new revision")
    void workflow() {
      ledger.accepted(save("one"));
      Verdict.Accepted second = ledger.accepted(save("two"));
      assertThat(second.effects()).hasSize(1);
      Effect.WorkflowSaved saved = (Effect.WorkflowSaved) second.effects().get(0);
      assertThat(saved.revision().revision()).isEqualTo(2);
      assertThat(saved.revision().definition()).isEqualTo("two");
      assertThat(saved.revision().createdAt()).isEqualTo(NOW);
    }

    @Test
    @DisplayName("and none for an unchanged workflow")
    void unchangedWorkflow() {
      ledger.accepted(save("one"));
      Verdict.Accepted again = ledger.accepted(save("one"));
      assertThat(again.effects()).isEmpty();
      assertThat(again.result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(FLOW), 1, false));
    }

    @Test
    @DisplayName("for executions, task runs and attempts their moves, each with its execution")
    void moves() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.ids.taskRunId();
      AttemptId attempt = new AttemptId(run, 1);
      Verdict.Accepted verdict =
          ledger.accepted(
              move(execution, ExecutionState.RUNNING),
              GroupLedger.create(run, execution),
              move(run, TaskRunState.RUNNING),
              new Change.RecordAttempt(run, "w"),
              new Change.UpdateAttempt(attempt, AttemptState.FAILED, 3, "no"));
      List<Effect.Moved> moved = verdict.effects().stream().map(Effect.Moved.class::cast).toList();
      assertThat(moved).extracting(Effect.Moved::executionId).containsOnly(execution);
      assertThat(moved)
          .extracting(Effect.Moved::record)
          .containsExactly(
              RecordRef.of(execution),
              RecordRef.of(run),
              RecordRef.of(run),
              RecordRef.of(attempt),
              RecordRef.of(attempt));
      assertThat(moved)
          .extracting(Effect.Moved::from)
          .containsExactly(
              ExecutionState.PENDING, null, TaskRunState.PENDING, null, AttemptState.RUNNING);
      assertThat(moved)
          .extracting(Effect.Moved::to)
          .containsExactly(
              ExecutionState.RUNNING,
              TaskRunState.PENDING,
              TaskRunState.RUNNING,
              AttemptState.RUNNING,
              AttemptState.FAILED);
    }

    @Test
    @DisplayName("for an attempt its begin and its end")
    void attempt() {
      TaskRunId run = ledger.taskRun(ledger.execution());
      AttemptId id = new AttemptId(run, 1);
      Verdict.Accepted verdict =
          ledger.accepted(
              new Change.RecordAttempt(run, "w"),
              new Change.UpdateAttempt(id, AttemptState.FAILED, 3, "no"));
      Effect.AttemptRecorded recorded = (Effect.AttemptRecorded) verdict.effects().get(0);
      assertThat(recorded.attempt())
          .isEqualTo(new Attempt(id, AttemptState.RUNNING, "w", NOW, null, null, null));
      assertThat(recorded.taskRun().lastAttempt()).isEqualTo(1);
      Effect.AttemptMoved moved = (Effect.AttemptMoved) verdict.effects().get(1);
      assertThat(moved.endedAt()).isEqualTo(NOW);
      assertThat(moved.exitCode()).isEqualTo(3);
      assertThat(moved.error()).isEqualTo("no");
    }

    @Test
    @DisplayName("for a new execution the revision that it pins and the hash of its request")
    void execution() {
      ledger.accepted(save("one"), save("two"));
      ExecutionId id = ledger.ids.executionId();
      NewExecution request = new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of("b", "2"));
      Effect.ExecutionCreated created =
          (Effect.ExecutionCreated)
              ledger.accepted(new Change.CreateExecution(request)).effects().get(0);
      assertThat(created.execution())
          .isEqualTo(
              new Execution(
                  id,
                  FLOW,
                  2,
                  ExecutionState.PENDING,
                  1,
                  Map.of("a", "1"),
                  Map.of("b", "2"),
                  NOW,
                  null,
                  null,
                  null));
      assertThat(created.execution().labels()).isEqualTo(Map.of("a", "1"));
      assertThat(created.execution().inputs()).isEqualTo(Map.of("b", "2"));
      assertThat(created.requestHash()).matches("[0-9a-f]{32}");
      assertThat(created.executionId()).isEqualTo(id);
      assertThat(created.record()).isEqualTo(RecordRef.of(id));
      assertThat(created.from()).isNull();
      assertThat(created.to()).isEqualTo(ExecutionState.PENDING);
    }

    @Test
    @DisplayName("for an execution the revision that it asks for, up to the newest")
    void revisions() {
      ledger.accepted(save("one"), save("two"), save("three"));
      for (int revision = 1; revision <= 3; revision++) {
        ExecutionId id = ledger.ids.executionId();
        Effect.ExecutionCreated created =
            (Effect.ExecutionCreated)
                ledger
                    .accepted(
                        new Change.CreateExecution(
                            new NewExecution(id, FLOW, revision, Map.of(), Map.of())))
                    .effects()
                    .get(0);
        assertThat(created.execution().workflowRevision()).isEqualTo(revision);
      }
    }
  }

  @Nested
  @DisplayName("decides a group in order")
  class Groups {
    @Test
    @DisplayName("each change set builds on those accepted before it")
    void buildsUpon() {
      ExecutionId execution = ledger.execution();
      ledger.accepted(move(execution, ExecutionState.RUNNING));
      ledger.accepted(new Change.UpdateExecution(execution, ExecutionState.PAUSED, 2L, null));
      assertThat(
              ledger.refused(
                  new Change.UpdateExecution(execution, ExecutionState.RUNNING, 2L, null)))
          .extracting(Refusal::reason)
          .containsExactly(Reason.STALE_VERSION);
    }

    @Test
    @DisplayName("a refused one leaves nothing behind, not even its valid changes")
    void refusedLeavesNothing() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.ids.taskRunId();
      ExecutionId other = ledger.ids.executionId();
      ledger.refused(
          save("two"),
          GroupLedger.create(other),
          GroupLedger.create(run, execution),
          move(execution, ExecutionState.RUNNING),
          move(execution, ExecutionState.SUCCEEDED),
          move(ledger.ids.taskRunId(), TaskRunState.RUNNING));
      assertThat(
              ledger
                  .accepted(GroupLedger.create(run, execution))
                  .result()
                  .outcomes()
                  .get(0)
                  .changed())
          .isTrue();
      assertThat(ledger.accepted(save("two")).result().outcomes().get(0).version()).isEqualTo(2);
      assertThat(ledger.accepted(GroupLedger.create(other)).result().outcomes().get(0).changed())
          .isTrue();
      assertThat(
              ledger
                  .accepted(move(execution, ExecutionState.RUNNING))
                  .result()
                  .outcomes()
                  .get(0)
                  .version())
          .isEqualTo(2);
    }

    @Test
    @DisplayName("invalid input that is found only by the decision leaves nothing behind either")
    void invalidLeavesNothing() {
      GroupLedger small = new GroupLedger(Limits.builder().maxTaskRuns(1).maxAttempts(1).build());
      ExecutionId execution = small.execution();
      Verdict verdict =
          small.decide(
              small.set(
                  GroupLedger.create(small.ids.taskRunId(), execution),
                  GroupLedger.create(small.ids.taskRunId(), execution)));
      assertThat(((Verdict.Refused) verdict).error())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("maxTaskRuns");
      TaskRunId run = small.taskRun(execution);
      AttemptId first = new AttemptId(run, 1);
      small.accepted(
          new Change.RecordAttempt(run, "w"),
          new Change.UpdateAttempt(first, AttemptState.LOST, null, null));
      assertThat(
              ((Verdict.Refused) small.decide(small.set(new Change.RecordAttempt(run, "w"))))
                  .error())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("maxAttempts");
    }

    @Test
    @DisplayName("a time that no store can hold is refused, unless the commit is a repeated one")
    void wrongClock() {
      Instant wrong = Instant.parse("+10000-01-01T00:00:00Z");
      ChangeSet changes = ledger.set(save("one"));
      Submission late = Submission.of(changes, wrong, ledger.limits);
      Verdict.Refused refused =
          (Verdict.Refused) Decider.decide(late, ledger.ledger, ledger.limits);
      assertThat(refused.error())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(wrong.toString(), "out of range");
      Verdict.Accepted first = (Verdict.Accepted) ledger.decide(changes);
      assertThat(Decider.decide(late, ledger.ledger, ledger.limits))
          .isEqualTo(new Verdict.Repeated(first.result()));
    }

    @Test
    @DisplayName("a task that has a task run from one of them is taken for the later ones")
    void taskTaken() {
      ExecutionId execution = ledger.execution();
      TaskRunId first = ledger.ids.taskRunId();
      TaskRunId second = ledger.ids.taskRunId();
      ledger.accepted(new Change.CreateTaskRun(new NewTaskRun(first, execution, new TaskId("a"))));
      assertThat(
              ledger.refused(
                  new Change.CreateTaskRun(new NewTaskRun(second, execution, new TaskId("a")))))
          .extracting(Refusal::reason)
          .containsExactly(Reason.ALREADY_EXISTS);
    }

    @Test
    @DisplayName("the same change set twice in one group is decided once")
    void twiceInOneGroup() {
      ExecutionId execution = ledger.execution();
      ChangeSet changes = ledger.set(move(execution, ExecutionState.RUNNING));
      Verdict.Accepted first = (Verdict.Accepted) ledger.decide(changes);
      assertThat(ledger.repeated(changes)).isEqualTo(first.result());
    }

    @Test
    @DisplayName("only a draft can be posted")
    void onlyDraftsArePosted() {
      assertThatIllegalStateException().isThrownBy(() -> new Ledger().post());
    }
  }

  @Nested
  @DisplayName("recognizes repeated commits")
  class Memory {
    @Test
    @DisplayName("and answers them with their first answer")
    void answer() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.taskRun(execution);
      ChangeSet changes =
          ledger.set(
              save("x"),
              move(execution, ExecutionState.RUNNING),
              new Change.RecordAttempt(run, "w"));
      Verdict.Accepted accepted = (Verdict.Accepted) ledger.decide(changes);
      PastCommit stored = accepted.past();
      assertThat(stored.versions()).isEqualTo("1= 2 1");
      assertThat(stored.at()).isEqualTo(NOW);

      GroupLedger later = new GroupLedger();
      later.ledger.load(
          new PastCommit(stored.id(), stored.at(), stored.fingerprint(), stored.versions()));
      CommitResult again = later.repeated(changes);
      assertThat(again).isEqualTo(accepted.result());
      assertThat(again.outcomes().get(2).record()).isEqualTo(RecordRef.of(new AttemptId(run, 1)));
    }

    @Test
    @DisplayName(
        "and refuses their ids for other records, other kinds, another order or another number of them")
    void otherRecords() {
      ExecutionId a = ledger.execution();
      ExecutionId b = ledger.execution();
      CommitId id = ledger.ids.commitId();
      Change moveA = move(a, ExecutionState.RUNNING);
      Change moveB = move(b, ExecutionState.RUNNING);
      ledger.decide(under(id, moveA, moveB));
      for (ChangeSet other :
          List.of(
              under(id, moveA),
              under(id, moveB, moveA),
              under(id, moveA, moveB, moveB),
              under(id, moveA, move(new TaskRunId(b.value()), TaskRunState.RUNNING)))) {
        assertThat(((Verdict.Refused) ledger.decide(other)).error())
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContainingAll(id.toString(), NOW.toString(), "new commit id");
      }
    }

    @Test
    @DisplayName("but not the ids of refused ones")
    void refusedIsForgotten() {
      ExecutionId execution = ledger.execution();
      ChangeSet changes = ledger.set(move(execution, ExecutionState.FAILED));
      assertThat(ledger.decide(changes)).isInstanceOf(Verdict.Refused.class);
      ledger.accepted(move(execution, ExecutionState.RUNNING));
      assertThat(ledger.decide(changes)).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Nested
  @DisplayName("refuses with every conflict")
  class Refusals {
    @Test
    @DisplayName("with the text of every rule")
    void words() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.attempted();
      TaskRunId unknownRun = ledger.ids.taskRunId();
      ExecutionId unknown = ledger.ids.executionId();
      TaskRunId taken = ledger.taskRun(execution);
      RecordRef e = RecordRef.of(execution);
      RecordRef r = RecordRef.of(run);
      RecordRef t = RecordRef.of(taken);
      RecordRef u = RecordRef.of(unknownRun);
      String task = "task-" + taken;
      List<Refusal> refusals =
          ledger.refused(
              new Change.UpdateExecution(execution, ExecutionState.RUNNING, 4L, null),
              move(execution, ExecutionState.FAILED),
              move(execution, ExecutionState.CANCELLED),
              move(unknown, ExecutionState.RUNNING),
              GroupLedger.create(unknownRun, unknown),
              new Change.CreateTaskRun(new NewTaskRun(taken, execution, new TaskId("another"))),
              new Change.CreateTaskRun(
                  new NewTaskRun(unknownRun, execution, new TaskId("task-" + taken))),
              new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, null, 7),
              move(run, TaskRunState.SUCCEEDED),
              new Change.RecordAttempt(run, "w"),
              new Change.RecordAttempt(unknownRun, "w"),
              new Change.UpdateAttempt(new AttemptId(run, 2), AttemptState.FAILED, null, null),
              new Change.UpdateAttempt(
                  new AttemptId(unknownRun, 1), AttemptState.FAILED, null, null));
      assertThat(refusals)
          .extracting(Refusal::message)
          .containsExactly(
              "cannot move "
                  + e
                  + " to RUNNING: expected version 4, found version 1 in state PENDING",
              "cannot move "
                  + e
                  + " to FAILED: expected a move to one of "
                  + "[CANCELLED, CANCELLING, PAUSED, RUNNING], found state PENDING",
              "cannot move "
                  + e
                  + " to CANCELLED: expected all its task runs to have ended, found 1 that have not"
                  + " ended",
              "cannot move execution " + unknown + " to RUNNING: expected an execution, found none",
              "cannot create "
                  + u
                  + " of execution "
                  + unknown
                  + ": expected an execution, found none",
              "cannot create "
                  + t
                  + ": expected no task run with this id, found a task run for task "
                  + task
                  + " of "
                  + e,
              "cannot create "
                  + u
                  + " for task "
                  + task
                  + " of "
                  + e
                  + ": expected no task run for this task, found "
                  + t,
              "cannot move "
                  + r
                  + " to SUCCEEDED: expected attempt 7 to be the newest, found attempt 1",
              "cannot move "
                  + r
                  + " to SUCCEEDED: expected its attempt 1 to have ended, found it RUNNING",
              "cannot record an attempt of "
                  + r
                  + ": expected its attempt 1 to have ended, found it RUNNING",
              "cannot record an attempt of " + u + ": expected a task run, found none",
              "cannot move attempt "
                  + run
                  + "/2 to FAILED: expected an existing attempt, found 1 attempts",
              "cannot move attempt "
                  + unknownRun
                  + "/1 to FAILED: expected an existing attempt, found no such task run");
    }

    @Test
    @DisplayName("also when an owner has ended or an attempt is out of date")
    void endedOwners() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.taskRun(execution);
      AttemptId first = new AttemptId(run, 1);
      AttemptId second = new AttemptId(run, 2);
      ledger.accepted(
          new Change.RecordAttempt(run, "w"),
          new Change.UpdateAttempt(first, AttemptState.LOST, null, null));
      assertThat(reasons(new Change.UpdateAttempt(first, AttemptState.SUCCEEDED, 0, null)))
          .containsExactly(Reason.LEASE_LOST);
      ledger.accepted(new Change.RecordAttempt(run, "w"));
      assertThat(reasons(new Change.UpdateAttempt(first, AttemptState.SUCCEEDED, 0, null)))
          .containsExactly(Reason.LEASE_LOST);
      ledger.accepted(
          new Change.UpdateAttempt(second, AttemptState.SUCCEEDED, 0, null),
          move(run, TaskRunState.CANCELLED),
          move(execution, ExecutionState.CANCELLED));
      assertThat(reasons(new Change.UpdateAttempt(second, AttemptState.FAILED, 0, null)))
          .containsExactly(Reason.ILLEGAL_MOVE);
      assertThat(reasons(new Change.RecordAttempt(run, "w"))).containsExactly(Reason.OUT_OF_STEP);
      assertThat(reasons(GroupLedger.create(ledger.ids.taskRunId(), execution)))
          .containsExactly(Reason.OUT_OF_STEP);
      assertThat(reasons(move(run, TaskRunState.RUNNING))).containsExactly(Reason.ILLEGAL_MOVE);
    }

    @Test
    @DisplayName("also when a workflow, a revision or the request differs")
    void creation() {
      ExecutionId id = ledger.ids.executionId();
      assertThat(ledger.refused(GroupLedger.create(id)).get(0).message())
          .isEqualTo(
              "cannot create execution "
                  + id
                  + " of workflow flow: expected a saved workflow, found none");
      ledger.accepted(save("x"));
      NewExecution third = new NewExecution(id, FLOW, 3, Map.of(), Map.of());
      assertThat(ledger.refused(new Change.CreateExecution(third)).get(0).message())
          .isEqualTo(
              "cannot create execution "
                  + id
                  + " of workflow flow: expected revision 3, found revisions 1 to 1");
      ledger.accepted(GroupLedger.create(id));
      assertThat(ledger.accepted(GroupLedger.create(id)).result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(id), 1, false));
      NewExecution first = new NewExecution(id, FLOW, 1, Map.of(), Map.of());
      assertThat(reasons(new Change.CreateExecution(first))).containsExactly(Reason.ALREADY_EXISTS);
    }

    @Test
    @DisplayName("and not for a record that already is as requested")
    void sameTaskRun() {
      ExecutionId execution = ledger.execution();
      TaskRunId run = ledger.taskRun(execution);
      ledger.accepted(move(run, TaskRunState.SKIPPED), move(execution, ExecutionState.CANCELLED));
      assertThat(ledger.accepted(GroupLedger.create(run, execution)).result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(run), 2, false));
    }

    private List<Reason> reasons(Change change) {
      return ledger.refused(change).stream().map(Refusal::reason).toList();
    }
  }
}
