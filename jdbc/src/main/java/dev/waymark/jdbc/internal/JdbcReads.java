package dev.waymark.jdbc.internal;

import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.internal.read.Questions;
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
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import dev.waymark.jdbc.internal.read.IdPrefix;
import dev.waymark.jdbc.internal.read.Snapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a store on a SQL database, as queries on a snapshot. Where the snapshot comes from
 * is up to the subclass.
 */
abstract class JdbcReads implements StateStore {
  private final Limits limits;

  /** Reads within these limits. */
  JdbcReads(Limits limits) {
    this.limits = limits;
  }

  /** A query on a snapshot. */
  @FunctionalInterface
  protected interface Question<T> {
    /** Runs it. */
    @Nullable T ask(Snapshot snapshot) throws SQLException;
  }

  /** Runs a query whose result may be null; {@code attempted} names it in errors. */
  protected abstract <T> @Nullable T find(String attempted, Question<T> question);

  @Override
  public List<Claims.Leased> leases(int limit) {
    Questions.checkedLimit(limit, limits);
    return read("list leases", snapshot -> snapshot.leases(limit));
  }

  @Override
  public List<ExecutionId> stalled(@Nullable ExecutionId after, int limit) {
    Questions.checkedLimit(limit, limits);
    UUID least = after == null ? new UUID(0, 0) : after.value();
    int most = after == null ? limit : limit + 1;
    return read("look for stalled executions", snapshot -> snapshot.stalled(least, most)).stream()
        .filter(id -> !id.equals(after))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Pool> pools() {
    return read("list pools", Snapshot::pools);
  }

  @Override
  public List<PoolUse> poolUse() {
    return read("list the use of pools", Snapshot::poolUse);
  }

  @Override
  public @Nullable Waiting waiting(ExecutionId id) {
    return find("read why execution " + id + " waits", snapshot -> snapshot.waiting(id));
  }

  @Override
  public List<Worker> workers() {
    return read("list workers", Snapshot::workers);
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id) {
    return find("read workflow " + id, snapshot -> snapshot.workflow(id));
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id, int revision) {
    return find("read workflow " + id, snapshot -> snapshot.workflow(id, revision));
  }

  @Override
  public Page<Workflow> workflows(PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read("list workflows", snapshot -> snapshot.workflows(page));
  }

  @Override
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read(
        "list the revisions of workflow " + id, snapshot -> snapshot.workflowHistory(id, page));
  }

  @Override
  public @Nullable Execution execution(ExecutionId id) {
    return find("read execution " + id, snapshot -> snapshot.execution(id));
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return find("read execution " + id, snapshot -> snapshot.executionDetails(id));
  }

  @Override
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
    return find("read the progress of execution " + id, snapshot -> snapshot.executionProgress(id));
  }

  @Override
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids) {
    return ids.isEmpty()
        ? List.of()
        : read("read the progress of task runs", snapshot -> snapshot.taskRunProgress(ids));
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    Integer asked = query.limit();
    int limit = Questions.checkedLimit(asked == null ? limits.defaultPageSize() : asked, limits);
    Questions.checkConditions(query.conditions(), limits);
    return read("list executions", snapshot -> snapshot.executions(query, limit));
  }

  @Override
  public @Nullable TaskRun taskRun(TaskRunId id) {
    return find("read task run " + id, snapshot -> snapshot.taskRun(id));
  }

  @Override
  public List<TaskRun> taskRuns(ExecutionId id) {
    return read("list the task runs of execution " + id, snapshot -> snapshot.taskRuns(id));
  }

  @Override
  public @Nullable Attempt attempt(AttemptId id) {
    return find("read attempt " + id, snapshot -> snapshot.attempt(id));
  }

  @Override
  public @Nullable Payload payload(PayloadRef ref) {
    return find(
        "read the " + ref.part().name().toLowerCase(Locale.ROOT) + " of " + ref.record(),
        snapshot -> snapshot.payload(ref));
  }

  @Override
  public List<PayloadPreview> payloads(ExecutionId id, int maxBytes) {
    int most = Previews.checkBytes(id, maxBytes);
    return read("list the payloads of execution " + id, snapshot -> snapshot.payloads(id, most));
  }

  @Override
  public List<Signal> signals(ExecutionId id) {
    return read("list the signals of execution " + id, snapshot -> snapshot.signals(id));
  }

  @Override
  public List<Attempt> attempts(TaskRunId id) {
    return read("list the attempts of task run " + id, snapshot -> snapshot.attempts(id));
  }

  @Override
  public LogPart log(AttemptId id, long position, int maxBytes) {
    Questions.checkLogPart(id, position, maxBytes);
    return read("read the log of attempt " + id, snapshot -> snapshot.log(id, position, maxBytes));
  }

  @Override
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) {
    Questions.checkedLimit(limit, limits);
    Instant bound = Times.bound(endedBefore);
    return read("list executions with logs", snapshot -> snapshot.executionsWithLogs(bound, limit));
  }

  @Override
  public Page<Transition> history(ExecutionId id, PageRequest page) {
    Questions.checkedLimit(page.limit(), limits);
    return read("read the history of execution " + id, snapshot -> snapshot.history(id, page));
  }

  @Override
  public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
    Questions.checkPrefix(kind, prefix, limit, limits);
    return kind == RecordKind.WORKFLOW
        ? read("look up workflow ids", snapshot -> snapshot.workflowIds(prefix, limit))
        : uuidsStartingWith(kind, prefix, limit);
  }

  private List<String> uuidsStartingWith(RecordKind kind, String prefix, int limit) {
    IdPrefix range = IdPrefix.of(prefix);
    if (range == null) {
      return List.of();
    }
    return read(
        "look up ids",
        snapshot ->
            kind == RecordKind.EXECUTION
                ? snapshot.executionIds(range.least(), range.greatest(), limit)
                : snapshot.taskRunIds(range.least(), range.greatest(), limit));
  }

  @Override
  public Limits limits() {
    return limits;
  }

  /** Runs a query that always has a result. */
  private <T> T read(String attempted, Question<T> question) {
    return Objects.requireNonNull(find(attempted, question));
  }
}
