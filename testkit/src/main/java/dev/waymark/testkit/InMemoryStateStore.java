package dev.waymark.testkit;

import static dev.waymark.testkit.Records.present;

import dev.waymark.core.internal.Times;
import dev.waymark.core.internal.decide.Decider;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.internal.read.Questions;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
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
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.LogPart;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The reference store. It keeps every record in a sorted map under one lock. It computes every
 * answer by filtering, sorting and counting all records. The code is meant to be obviously correct,
 * not fast, so that other stores can be compared with it. Tests of code that uses a store may use
 * it too.
 *
 * <p>Thread-safe. The records live as long as a store that uses them: the durability that {@link
 * StateStore} describes does not hold here.
 *
 * <p>For example:
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock(Instant.EPOCH);
 * StateStore store = new InMemoryStateStore(clock, Limits.defaults());
 * }</pre>
 *
 * @since 0.1.0
 */
public final class InMemoryStateStore implements StateStore {
  private static final System.Logger LOG = System.getLogger(InMemoryStateStore.class.getName());

  private final InstantSource clock;
  private final Limits limits;
  private final Records records;
  private boolean closed;

  /** Creates an empty store on the system's clock with the default limits. */
  public InMemoryStateStore() {
    this(InstantSource.system(), Limits.defaults());
  }

  /**
   * Creates an empty store.
   *
   * @param clock gives the times of records and transitions
   * @param limits the limits that the store enforces
   */
  public InMemoryStateStore(InstantSource clock, Limits limits) {
    this(clock, limits, new Records());
  }

  private InMemoryStateStore(InstantSource clock, Limits limits, Records records) {
    this.clock = clock;
    this.limits = limits;
    this.records = records;
  }

  /**
   * Opens another store on the same records, as another process would on the same database. This is
   * possible even when this store is closed.
   *
   * @param clock gives the times of records and transitions
   * @param limits the limits that the new store enforces
   */
  public InMemoryStateStore openAnother(InstantSource clock, Limits limits) {
    return new InMemoryStateStore(clock, limits, records);
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    return answer(
        () -> {
          Submission submission = Submission.of(changes, clock.instant(), limits);
          Footprint footprint = new Footprint();
          footprint.add(changes);
          return obey(Decider.decide(submission, records.load(footprint), limits));
        });
  }

  private CommitResult obey(Verdict verdict) {
    if (verdict instanceof Verdict.Accepted accepted) {
      records.write(accepted.effects(), accepted.past());
      records.listeners.forEach(Runnable::run);
      return accepted.result();
    }
    if (verdict instanceof Verdict.Repeated repeated) {
      return repeated.result();
    }
    throw ((Verdict.Refused) verdict).error();
  }

  // ---- claims

  /** How many due executions, and how many expired leases, one claim returns at most. */
  private static final int MAX_REPORTED = 20;

  @Override
  public Claims claim(ClaimRequest request) {
    return answer(
        () -> {
          Questions.checkClaim(request, limits);
          ExecutionId only = request.execution();
          List<Claims.Due> due =
              records.backlog.due().stream()
                  .filter(each -> only == null || each.executionId().equals(only))
                  .limit(MAX_REPORTED)
                  .toList();
          List<Claims.Leased> expired =
              records.backlog.expired().stream()
                  .map(this::leased)
                  .filter(each -> only == null || each.executionId().equals(only))
                  .limit(MAX_REPORTED)
                  .toList();
          Duration next =
              records.backlog.next(
                  request,
                  id -> present(records.executions.get(id)).state() == ExecutionState.PAUSED);
          Duration nextExpiry = records.backlog.nextExpiry();
          return new Claims(take(request), due, expired, next, nextExpiry);
        });
  }

  private Claims.Leased leased(Map.Entry<TaskRunId, Backlog.Lease> lease) {
    return new Claims.Leased(
        new AttemptId(lease.getKey(), lease.getValue().number()),
        records.executionOf(lease.getKey()),
        lease.getValue().worker());
  }

  @Override
  public List<Claims.Leased> leases(int limit) {
    return answer(
        () -> {
          Questions.checkedLimit(limit, limits);
          return records.backlog.leases().entrySet().stream()
              .limit(limit)
              .map(this::leased)
              .toList();
        });
  }

  private List<Claims.Claimed> take(ClaimRequest request) {
    Instant at = Times.micros(clock.instant());
    List<Backlog.Ready> picked =
        records.backlog.pick(request, id -> records.isWithin(request.execution(), id));
    if (!picked.isEmpty()) {
      Times.checkStorable(at);
    }
    records.backlog.remove(picked);
    Footprint footprint = new Footprint();
    picked.forEach(each -> footprint.add(each.taskRun()));
    Ledger ledger = records.load(footprint);
    List<Claims.Claimed> claimed = new ArrayList<>();
    for (Backlog.Ready each : picked) {
      Decider.Grant grant = Decider.grant(each.taskRun(), each.pool(), request, at, ledger, limits);
      if (grant != null) {
        records.write(grant.effects(), at);
        claimed.add(
            new Claims.Claimed(
                present(records.executions.get(grant.execution())),
                present(records.taskRuns.get(each.taskRun())),
                present(records.attempts.get(grant.attempt()))));
      } else {
        records.write(Decider.passOver(each.taskRun(), at, ledger, limits), at);
      }
    }
    // Every execution with its state after all changes.
    return claimed.stream()
        .map(
            each ->
                new Claims.Claimed(
                    present(records.executions.get(each.execution().id())),
                    each.taskRun(),
                    each.attempt()))
        .toList();
  }

  @Override
  public List<ExecutionId> stalled(@Nullable ExecutionId after, int limit) {
    return answer(
        () -> {
          Questions.checkedLimit(limit, limits);
          return records.executions.values().stream()
              .filter(each -> after == null || each.id().compareTo(after) > 0)
              .filter(records::isStalled)
              .map(Execution::id)
              .limit(limit)
              .toList();
        });
  }

  @Override
  public List<Pool> pools() {
    return answer(records.backlog::pools);
  }

  @Override
  public List<PoolUse> poolUse() {
    return answer(() -> new WaitAnswers(records).poolUse());
  }

  @Override
  public @Nullable Waiting waiting(ExecutionId id) {
    return find(
        () -> {
          Execution execution = records.executions.get(id);
          return execution == null ? null : new WaitAnswers(records).waiting(execution);
        });
  }

  @Override
  public List<Worker> workers() {
    return answer(() -> records.roster.workers(name -> (int) records.backlog.leasesOf(name)));
  }

  @Override
  public Subscription onReady(Runnable listener) {
    Runnable own = () -> call(listener);
    return answer(
        () -> {
          records.listeners.add(own);
          return () -> records.listeners.remove(own);
        });
  }

  /** The commit has succeeded. An exception of a listener does not change that. */
  private static void call(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a listener of onReady threw an exception; the commit is not affected",
          e);
    }
  }

  // ---- workflows

  @Override
  public @Nullable Workflow workflow(WorkflowId id) {
    return find(() -> revisions(id).reduce((older, newer) -> newer).orElse(null));
  }

  @Override
  public @Nullable Workflow workflow(WorkflowId id, int revision) {
    return find(() -> revisions(id).filter(w -> w.revision() == revision).findFirst().orElse(null));
  }

  @Override
  public Page<Workflow> workflows(PageRequest page) {
    return answer(() -> page(records.workflows.latest(), page));
  }

  @Override
  public Page<Workflow> workflowHistory(WorkflowId id, PageRequest page) {
    return answer(() -> page(revisions(id).toList(), page));
  }

  private Stream<Workflow> revisions(WorkflowId id) {
    return records.workflows.of(id);
  }

  // ---- executions

  @Override
  public @Nullable Execution execution(ExecutionId id) {
    return find(() -> records.executions.get(id));
  }

  @Override
  public @Nullable ExecutionDetails executionDetails(ExecutionId id) {
    return find(
        () -> {
          Execution execution = records.executions.get(id);
          return execution == null
              ? null
              : new ExecutionDetails(
                  execution,
                  records
                      .sortedTaskRuns(id)
                      .map(run -> new TaskRunDetails(run, records.sortedAttempts(run.id())))
                      .toList(),
                  records.histories.getOrDefault(id, List.of()));
        });
  }

  @Override
  public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
    return find(
        () -> {
          Execution execution = records.executions.get(id);
          return execution == null
              ? null
              : new ExecutionProgress(
                  execution, records.sortedTaskRuns(id).map(records::progress).toList());
        });
  }

  @Override
  public List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids) {
    return answer(
        () ->
            ids.stream()
                .distinct()
                .map(records.taskRuns::get)
                .filter(Objects::nonNull)
                .sorted(Records.TASK_RUN_ORDER)
                .map(records::progress)
                .toList());
  }

  @Override
  public Page<Execution> executions(ExecutionQuery query) {
    return answer(
        () -> {
          int limit =
              Questions.checkedLimit(
                  query.limit() == null ? limits.defaultPageSize() : query.limit(), limits);
          return new ExecutionFilter(records, limits).page(query, limit);
        });
  }

  // ---- task runs and attempts

  @Override
  public @Nullable TaskRun taskRun(TaskRunId id) {
    return find(() -> records.taskRuns.get(id));
  }

  @Override
  public List<TaskRun> taskRuns(ExecutionId id) {
    return answer(() -> records.sortedTaskRuns(id).toList());
  }

  @Override
  public @Nullable Attempt attempt(AttemptId id) {
    return find(() -> records.attempts.get(id));
  }

  @Override
  public List<Attempt> attempts(TaskRunId id) {
    return answer(() -> records.sortedAttempts(id));
  }

  // ---- payloads and logs

  @Override
  public @Nullable Payload payload(PayloadRef ref) {
    return find(() -> records.payload(ref));
  }

  @Override
  public List<PayloadPreview> payloads(ExecutionId id, int maxBytes) {
    return answer(
        () ->
            records.payloads.previews(
                records.executions.get(id), Previews.checkBytes(id, maxBytes)));
  }

  @Override
  public List<Signal> signals(ExecutionId id) {
    return answer(() -> List.copyOf(records.signals.of(id)));
  }

  @Override
  public LogPart log(AttemptId id, long position, int maxBytes) {
    return answer(
        () -> {
          Questions.checkLogPart(id, position, maxBytes);
          return records.logs.part(id, position, maxBytes);
        });
  }

  @Override
  public List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit) {
    return answer(
        () -> {
          Questions.checkedLimit(limit, limits);
          return records
              .logs
              .owners()
              .filter(id -> records.hasEndedBefore(id, endedBefore))
              .limit(limit)
              .toList();
        });
  }

  // ---- histories and ids

  @Override
  public Page<Transition> history(ExecutionId id, PageRequest page) {
    return answer(() -> page(records.histories.getOrDefault(id, List.of()), page));
  }

  @Override
  public List<String> idsStartingWith(RecordKind kind, String prefix, int limit) {
    return answer(
        () -> {
          Questions.checkPrefix(kind, prefix, limit, limits);
          String wanted = kind == RecordKind.WORKFLOW ? prefix : prefix.toLowerCase(Locale.ROOT);
          return ids(kind).filter(id -> id.startsWith(wanted)).limit(limit).toList();
        });
  }

  private Stream<String> ids(RecordKind kind) {
    return switch (kind) {
      case WORKFLOW -> records.workflows.latest().stream().map(each -> each.id().value());
      case EXECUTION -> records.executions.keySet().stream().map(ExecutionId::toString);
      case TASK_RUN -> records.taskRuns.keySet().stream().map(TaskRunId::toString);
      case ATTEMPT, WORKER, POOL -> Stream.of();
    };
  }

  // ---- the store itself

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public void close() {
    synchronized (records) {
      closed = true;
    }
  }

  private <T> Page<T> page(List<T> all, PageRequest page) {
    int limit = Questions.checkedLimit(page.limit(), limits);
    return new Page<>(
        all.stream().skip(page.offset()).limit(limit).toList(),
        all.size(),
        page.offset(),
        limit,
        null);
  }

  private <T> T answer(Supplier<T> answer) {
    return Objects.requireNonNull(find(answer));
  }

  private <T> @Nullable T find(Supplier<? extends @Nullable T> answer) {
    synchronized (records) {
      if (closed) {
        throw Questions.closed();
      }
      return answer.get();
    }
  }
}
