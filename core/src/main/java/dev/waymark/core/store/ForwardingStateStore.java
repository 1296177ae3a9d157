package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store that passes every call on to another one: a base for stores that change or watch some
 * calls.
 *
 * <p>A subclass overrides the methods that it is about. {@link #commit} and {@link #commitAsync}
 * are independent: a subclass that is about commits overrides both. The named single-record
 * methods, {@link #allExecutions} and {@link #renewLeases} call the methods of this store, so
 * overriding {@link #commit} and {@link #executions} covers them.
 *
 * <pre>{@code
 * StateStore readOnly = new ForwardingStateStore(store) {
 *   @Override
 *   public CommitResult commit(ChangeSet changes) {
 *     throw new UnsupportedOperationException("this store is read-only");
 *   }
 *
 *   @Override
 *   public CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
 *     return CompletableFuture.failedFuture(new UnsupportedOperationException("read-only"));
 *   }
 * };
 * }</pre>
 *
 * <p>It is thread-safe, as the other store is.
 *
 * @since 0.1.0
 */
public abstract class ForwardingStateStore implements StateStore {
  private final StateStore delegate;

  /**
   * Forwards to a store.
   *
   * @param delegate the other store; {@link #close} closes it
   */
  protected ForwardingStateStore(StateStore delegate) {
    this.delegate = delegate;
  }

  /** The store that gets the calls. */
  protected final StateStore delegate() {
    return delegate;
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    return delegate.commit(changes);
  }

  @Override
  public CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
    return delegate.commitAsync(changes);
  }

  @Override
  public Claims claim(ClaimRequest request) {
    return delegate.claim(request);
  }

  @Override
  public List<Claims.Leased> leases(int limit) {
    return delegate.leases(limit);
  }

  @Override
  public List<ExecutionId> stalled(@Nullable ExecutionId after, int limit) {
    return delegate.stalled(after, limit);
  }

  @Override
  public List<Pool> pools() {
    return delegate.pools();
  }

  @Override
  public List<Worker> workers() {
    return delegate.workers();
  }

  @Override
  public Subscription onReady(Runnable listener) {
    return delegate.onReady(listener);
  }

  @Override
  public @Nullable Duration replicaLag() {
    return delegate.replicaLag();
  }

  @Override
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
    return delegate.executionProgress(id);
  }

  @Override
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids) {
    return delegate.taskRunProgress(ids);
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id) {
    return delegate.workflow(id);
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id, int revision) {
    return delegate.workflow(id, revision);
  }

  @Override
  public Page<Workflow> workflows(PageRequest page) {
    return delegate.workflows(page);
  }

  @Override
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) {
    return delegate.workflowHistory(id, page);
  }

  @Override
  public @Nullable Execution execution(ExecutionId id) {
    return delegate.execution(id);
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return delegate.executionDetails(id);
  }

  @Override
  public @Nullable Payload payload(PayloadRef ref) {
    return delegate.payload(ref);
  }

  @Override
  public List<PayloadPreview> payloads(ExecutionId id, int maxBytes) {
    return delegate.payloads(id, maxBytes);
  }

  @Override
  public List<Signal> signals(ExecutionId id) {
    return delegate.signals(id);
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    return delegate.executions(query);
  }

  @Override
  public @Nullable TaskRun taskRun(TaskRunId id) {
    return delegate.taskRun(id);
  }

  @Override
  public List<TaskRun> taskRuns(ExecutionId id) {
    return delegate.taskRuns(id);
  }

  @Override
  public @Nullable Attempt attempt(AttemptId id) {
    return delegate.attempt(id);
  }

  @Override
  public List<Attempt> attempts(TaskRunId id) {
    return delegate.attempts(id);
  }

  @Override
  public List<PoolUse> poolUse() {
    return delegate.poolUse();
  }

  @Override
  public @Nullable Waiting waiting(ExecutionId id) {
    return delegate.waiting(id);
  }

  @Override
  public LogPart log(AttemptId id, long position, int maxBytes) {
    return delegate.log(id, position, maxBytes);
  }

  @Override
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) {
    return delegate.executionsWithLogs(endedBefore, limit);
  }

  @Override
  public Page<Transition> history(ExecutionId id, PageRequest page) {
    return delegate.history(id, page);
  }

  @Override
  public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
    return delegate.idsStartingWith(kind, prefix, limit);
  }

  @Override
  public Limits limits() {
    return delegate.limits();
  }

  @Override
  public void close() {
    delegate.close();
  }
}
