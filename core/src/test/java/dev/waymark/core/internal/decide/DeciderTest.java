package dev.waymark.core.internal.decide;

import static dev.waymark.core.internal.decide.Desk.FLOW;
import static dev.waymark.core.internal.decide.Desk.NOW;
import static dev.waymark.core.internal.decide.Desk.move;
import static dev.waymark.core.internal.decide.Desk.save;
import static dev.waymark.core.internal.decide.Desk.under;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("The decider")
class DeciderTest {
  private final Desk desk = new Desk();

  @Nested
  @DisplayName("tells what is to be written")
  class Effects {
    @Test
    @DisplayName("for a workflow the new revision")
    void workflow() {
      desk.accepted(save("one"));
      Verdict.Accepted second = desk.accepted(save("two"));
      assertThat(second.effects()).hasSize(1);
      Effect.WorkflowSaved saved = (Effect.WorkflowSaved) second.effects().get(0);
      assertThat(saved.revision().revision()).isEqualTo(2);
      assertThat(saved.revision().definition()).isEqualTo("two");
      assertThat(saved.revision().createdAt()).isEqualTo(NOW);
    }

    @Test
    @DisplayName("and nothing for a workflow that is as asked")
    void unchangedWorkflow() {
      desk.accepted(save("one"));
      Verdict.Accepted again = desk.accepted(save("one"));
      assertThat(again.effects()).isEmpty();
      assertThat(again.result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(FLOW), 1, false));
    }

    @Test
    @DisplayName("for executions, task runs and attempts their moves, each with its execution")
    void moves() {
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.ids.taskRunId();
      AttemptId attempt = new AttemptId(run, 1);
      Verdict.Accepted verdict =
          desk.accepted(
              move(execution, ExecutionState.RUNNING),
              Desk.create(run, execution),
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
    @DisplayName("for an attempt its first and last words")
    void attempt() {
      TaskRunId run = desk.taskRun(desk.execution());
      AttemptId id = new AttemptId(run, 1);
      Verdict.Accepted verdict =
          desk.accepted(
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
      desk.accepted(save("one"), save("two"));
      ExecutionId id = desk.ids.executionId();
      NewExecution request = new NewExecution(id, FLOW, null, Map.of("a", "1"), Map.of("b", "2"));
      Effect.ExecutionCreated created =
          (Effect.ExecutionCreated)
              desk.accepted(new Change.CreateExecution(request)).effects().get(0);
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
      assertThat(created.requestHash()).matches("[0-9a-f]{32}");
      assertThat(created.executionId()).isEqualTo(id);
      assertThat(created.record()).isEqualTo(RecordRef.of(id));
      assertThat(created.from()).isNull();
      assertThat(created.to()).isEqualTo(ExecutionState.PENDING);
    }
  }

  @Nested
  @DisplayName("holds a group together")
  class Groups {
    @Test
    @DisplayName("each change set builds upon those accepted before it")
    void buildsUpon() {
      ExecutionId execution = desk.execution();
      desk.accepted(move(execution, ExecutionState.RUNNING));
      desk.accepted(new Change.UpdateExecution(execution, ExecutionState.PAUSED, 2L, null));
      assertThat(
              desk.refused(new Change.UpdateExecution(execution, ExecutionState.RUNNING, 2L, null)))
          .extracting(Refusal::reason)
          .containsExactly(Reason.STALE_VERSION);
    }

    @Test
    @DisplayName("a refused one leaves nothing behind, whatever part of it would have held")
    void refusedLeavesNothing() {
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.ids.taskRunId();
      ExecutionId other = desk.ids.executionId();
      desk.refused(
          save("two"),
          Desk.create(other),
          Desk.create(run, execution),
          move(execution, ExecutionState.RUNNING),
          move(execution, ExecutionState.SUCCEEDED),
          move(desk.ids.taskRunId(), TaskRunState.RUNNING));
      assertThat(desk.accepted(Desk.create(run, execution)).result().outcomes().get(0).changed())
          .isTrue();
      assertThat(desk.accepted(save("two")).result().outcomes().get(0).version()).isEqualTo(2);
      assertThat(desk.accepted(Desk.create(other)).result().outcomes().get(0).changed()).isTrue();
      assertThat(
              desk.accepted(move(execution, ExecutionState.RUNNING))
                  .result()
                  .outcomes()
                  .get(0)
                  .version())
          .isEqualTo(2);
    }

    @Test
    @DisplayName("bad input that shows only while deciding leaves nothing behind either")
    void invalidLeavesNothing() {
      Desk small = new Desk(Limits.builder().maxTaskRuns(1).maxAttempts(1).build());
      ExecutionId execution = small.execution();
      Verdict verdict =
          small.decide(
              small.set(
                  Desk.create(small.ids.taskRunId(), execution),
                  Desk.create(small.ids.taskRunId(), execution)));
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
    @DisplayName("a task that one of them has taken is taken for those after it")
    void taskTaken() {
      ExecutionId execution = desk.execution();
      TaskRunId first = desk.ids.taskRunId();
      TaskRunId second = desk.ids.taskRunId();
      desk.accepted(new Change.CreateTaskRun(new NewTaskRun(first, execution, new TaskId("a"))));
      assertThat(
              desk.refused(
                  new Change.CreateTaskRun(new NewTaskRun(second, execution, new TaskId("a")))))
          .extracting(Refusal::reason)
          .containsExactly(Reason.ALREADY_EXISTS);
    }

    @Test
    @DisplayName("the same change set twice in one group is decided once")
    void twiceInOneGroup() {
      ExecutionId execution = desk.execution();
      ChangeSet changes = desk.set(move(execution, ExecutionState.RUNNING));
      Verdict.Accepted first = (Verdict.Accepted) desk.decide(changes);
      assertThat(desk.repeated(changes)).isEqualTo(first.result());
    }

    @Test
    @DisplayName("only a draft can be posted")
    void onlyDraftsArePosted() {
      assertThatIllegalStateException().isThrownBy(() -> new Ledger().post());
    }
  }

  @Nested
  @DisplayName("remembers commits")
  class Memory {
    @Test
    @DisplayName("so that what was stored of one gives its first answer again")
    void answer() {
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.taskRun(execution);
      ChangeSet changes =
          desk.set(
              save("x"),
              move(execution, ExecutionState.RUNNING),
              new Change.RecordAttempt(run, "w"));
      Verdict.Accepted accepted = (Verdict.Accepted) desk.decide(changes);
      PastCommit stored = accepted.past();
      assertThat(stored.versions()).isEqualTo("1= 2 1");
      assertThat(stored.at()).isEqualTo(NOW);

      Desk later = new Desk();
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
      ExecutionId a = desk.execution();
      ExecutionId b = desk.execution();
      CommitId id = desk.ids.commitId();
      Change moveA = move(a, ExecutionState.RUNNING);
      Change moveB = move(b, ExecutionState.RUNNING);
      desk.decide(under(id, moveA, moveB));
      for (ChangeSet other :
          List.of(
              under(id, moveA),
              under(id, moveB, moveA),
              under(id, moveA, moveB, moveB),
              under(id, moveA, move(new TaskRunId(b.value()), TaskRunState.RUNNING)))) {
        assertThat(((Verdict.Refused) desk.decide(other)).error())
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContainingAll(id.toString(), NOW.toString(), "new commit id");
      }
    }

    @Test
    @DisplayName("but not those that it refused")
    void refusedIsForgotten() {
      ExecutionId execution = desk.execution();
      ChangeSet changes = desk.set(move(execution, ExecutionState.FAILED));
      assertThat(desk.decide(changes)).isInstanceOf(Verdict.Refused.class);
      desk.accepted(move(execution, ExecutionState.RUNNING));
      assertThat(desk.decide(changes)).isInstanceOf(Verdict.Accepted.class);
    }
  }

  @Nested
  @DisplayName("refuses with all that stood in the way")
  class Refusals {
    @Test
    @DisplayName("in the words of every rule")
    void words() {
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.attempted();
      TaskRunId unknownRun = desk.ids.taskRunId();
      ExecutionId unknown = desk.ids.executionId();
      TaskRunId taken = desk.taskRun(execution);
      RecordRef e = RecordRef.of(execution);
      RecordRef r = RecordRef.of(run);
      RecordRef t = RecordRef.of(taken);
      RecordRef u = RecordRef.of(unknownRun);
      String task = "task-" + taken;
      List<Refusal> refusals =
          desk.refused(
              new Change.UpdateExecution(execution, ExecutionState.RUNNING, 4L, null),
              move(execution, ExecutionState.FAILED),
              move(execution, ExecutionState.CANCELLED),
              move(unknown, ExecutionState.RUNNING),
              Desk.create(unknownRun, unknown),
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
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.taskRun(execution);
      AttemptId first = new AttemptId(run, 1);
      AttemptId second = new AttemptId(run, 2);
      desk.accepted(
          new Change.RecordAttempt(run, "w"),
          new Change.UpdateAttempt(first, AttemptState.LOST, null, null));
      assertThat(reasons(new Change.UpdateAttempt(first, AttemptState.SUCCEEDED, 0, null)))
          .containsExactly(Reason.LEASE_LOST);
      desk.accepted(new Change.RecordAttempt(run, "w"));
      assertThat(reasons(new Change.UpdateAttempt(first, AttemptState.SUCCEEDED, 0, null)))
          .containsExactly(Reason.LEASE_LOST);
      desk.accepted(
          new Change.UpdateAttempt(second, AttemptState.SUCCEEDED, 0, null),
          move(run, TaskRunState.CANCELLED),
          move(execution, ExecutionState.CANCELLED));
      assertThat(reasons(new Change.UpdateAttempt(second, AttemptState.FAILED, 0, null)))
          .containsExactly(Reason.ILLEGAL_MOVE);
      assertThat(reasons(new Change.RecordAttempt(run, "w"))).containsExactly(Reason.OUT_OF_STEP);
      assertThat(reasons(Desk.create(desk.ids.taskRunId(), execution)))
          .containsExactly(Reason.OUT_OF_STEP);
      assertThat(reasons(move(run, TaskRunState.RUNNING))).containsExactly(Reason.ILLEGAL_MOVE);
    }

    @Test
    @DisplayName("also when a workflow, a revision or the request is another one")
    void creation() {
      ExecutionId id = desk.ids.executionId();
      assertThat(desk.refused(Desk.create(id)).get(0).message())
          .isEqualTo(
              "cannot create execution "
                  + id
                  + " of workflow flow: expected a saved workflow, found none");
      desk.accepted(save("x"));
      NewExecution third = new NewExecution(id, FLOW, 3, Map.of(), Map.of());
      assertThat(desk.refused(new Change.CreateExecution(third)).get(0).message())
          .isEqualTo(
              "cannot create execution "
                  + id
                  + " of workflow flow: expected revision 3, found revisions 1 to 1");
      desk.accepted(Desk.create(id));
      assertThat(desk.accepted(Desk.create(id)).result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(id), 1, false));
      NewExecution first = new NewExecution(id, FLOW, 1, Map.of(), Map.of());
      assertThat(reasons(new Change.CreateExecution(first))).containsExactly(Reason.ALREADY_EXISTS);
    }

    @Test
    @DisplayName("and not for what is there already as asked")
    void sameTaskRun() {
      ExecutionId execution = desk.execution();
      TaskRunId run = desk.taskRun(execution);
      desk.accepted(move(run, TaskRunState.SKIPPED), move(execution, ExecutionState.CANCELLED));
      assertThat(desk.accepted(Desk.create(run, execution)).result().outcomes())
          .containsExactly(new Outcome(RecordRef.of(run), 2, false));
    }

    private List<Reason> reasons(Change change) {
      return desk.refused(change).stream().map(Refusal::reason).toList();
    }
  }
}
