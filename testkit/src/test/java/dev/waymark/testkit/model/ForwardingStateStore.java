package dev.waymark.testkit.model;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.core.store.Worker;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another store; a subclass breaks one of them. */
class ForwardingStateStore implements StateStore {
  final StateStore store;

  ForwardingStateStore(StateStore store) {
    this.store = store;
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    return store.commit(changes);
  }

  @Override
  public Claims claim(ClaimRequest request) {
    return store.claim(request);
  }

  @Override
  public List<Claims.Leased> leases(int limit) {
    return store.leases(limit);
  }

  @Override
  public List<ExecutionId> stalled(@Nullable ExecutionId after, int limit) {
    return store.stalled(after, limit);
  }

  @Override
  public List<Pool> pools() {
    return store.pools();
  }

  @Override
  public List<Worker> workers() {
    return store.workers();
  }

  @Override
  public Subscription onReady(Runnable listener) {
    return store.onReady(listener);
  }

  @Override
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
    return store.executionProgress(id);
  }

  @Override
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids) {
    return store.taskRunProgress(ids);
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id) {
    return store.workflow(id);
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id, int revision) {
    return store.workflow(id, revision);
  }

  @Override
  public Page<Workflow> workflows(PageRequest page) {
    return store.workflows(page);
  }

  @Override
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) {
    return store.workflowHistory(id, page);
  }

  @Override
  public @Nullable Execution execution(ExecutionId id) {
    return store.execution(id);
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return store.executionDetails(id);
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    return store.executions(query);
  }

  @Override
  public @Nullable TaskRun taskRun(TaskRunId id) {
    return store.taskRun(id);
  }

  @Override
  public List<TaskRun> taskRuns(ExecutionId id) {
    return store.taskRuns(id);
  }

  @Override
  public @Nullable Attempt attempt(AttemptId id) {
    return store.attempt(id);
  }

  @Override
  public List<Attempt> attempts(TaskRunId id) {
    return store.attempts(id);
  }

  @Override
  public List<PoolUse> poolUse() {
    return store.poolUse();
  }

  @Override
  public dev.waymark.core.store.@Nullable Waiting waiting(ExecutionId id) {
    return store.waiting(id);
  }

  @Override
  public LogPart log(AttemptId id, long position, int maxBytes) {
    return store.log(id, position, maxBytes);
  }

  @Override
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) {
    return store.executionsWithLogs(endedBefore, limit);
  }

  @Override
  public Page<Transition> history(ExecutionId id, PageRequest page) {
    return store.history(id, page);
  }

  @Override
  public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
    return store.idsStartingWith(kind, prefix, limit);
  }

  @Override
  public Limits limits() {
    return store.limits();
  }

  @Override
  public void close() {
    store.close();
  }
}
