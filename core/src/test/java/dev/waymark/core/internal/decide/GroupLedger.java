package dev.waymark.core.internal.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** One ledger on which change sets are decided one after the other, as within one group. */
final class GroupLedger {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
  static final WorkflowId FLOW = new WorkflowId("flow");

  final Ids ids = new Ids(() -> NOW, new Random(1));
  final Ledger ledger = new Ledger();
  final Limits limits;

  GroupLedger() {
    this(Limits.defaults());
  }

  GroupLedger(Limits limits) {
    this.limits = limits;
  }

  Verdict decide(ChangeSet changes) {
    return Decider.decide(Submission.of(changes, NOW, limits), ledger, limits);
  }

  ChangeSet set(Change... changes) {
    return new ChangeSet(ids.commitId(), List.of(changes));
  }

  Verdict.Accepted accepted(Change... changes) {
    Verdict verdict = decide(set(changes));
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return (Verdict.Accepted) verdict;
  }

  CommitResult repeated(ChangeSet changes) {
    Verdict verdict = decide(changes);
    assertThat(verdict).isInstanceOf(Verdict.Repeated.class);
    return ((Verdict.Repeated) verdict).result();
  }

  List<Refusal> refused(Change... changes) {
    Verdict verdict = decide(set(changes));
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    return ((RefusedException) ((Verdict.Refused) verdict).error()).refusals();
  }

  static ChangeSet under(CommitId id, Change... changes) {
    return new ChangeSet(id, List.of(changes));
  }

  // ---- existing records

  ExecutionId execution() {
    ExecutionId id = ids.executionId();
    accepted(save("x"), create(id));
    return id;
  }

  TaskRunId taskRun(ExecutionId execution) {
    TaskRunId id = ids.taskRunId();
    accepted(create(id, execution));
    return id;
  }

  /** A task run in RUNNING with a live attempt. */
  TaskRunId attempted() {
    TaskRunId id = taskRun(execution());
    accepted(move(id, TaskRunState.RUNNING), new Change.RecordAttempt(id, "w"));
    return id;
  }

  // ---- changes in short form

  static Change save(String definition) {
    return new Change.SaveWorkflow(new NewWorkflow(FLOW, definition));
  }

  static Change create(ExecutionId id) {
    return new Change.CreateExecution(new NewExecution(id, FLOW));
  }

  static Change create(TaskRunId id, ExecutionId execution) {
    return new Change.CreateTaskRun(new NewTaskRun(id, execution, new TaskId("task-" + id)));
  }

  static Change move(ExecutionId id, ExecutionState to) {
    return new Change.UpdateExecution(id, to, null, null);
  }

  static Change move(TaskRunId id, TaskRunState to) {
    return new Change.UpdateTaskRun(id, to, null, null);
  }
}
