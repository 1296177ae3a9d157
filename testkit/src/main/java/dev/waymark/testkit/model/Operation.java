package dev.waymark.testkit.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.WaitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One call of a store, with its arguments. It holds no reference to a store. */
sealed interface Operation {

  /** Runs the call on a store and returns the answer. Every exception is also an answer. */
  @Nullable Object putTo(StateStore store);

  /** The name under which the operation is counted. */
  default String name() {
    return getClass().getSimpleName();
  }

  /** A commit. An asynchronous commit is also awaited. */
  record Commit(ChangeSet changes, boolean isAsync) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return isAsync ? joined(store.commitAsync(changes)) : store.commit(changes);
    }

    private static CommitResult joined(CompletableFuture<CommitResult> answer) {
      try {
        return answer.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }

    @Override
    public String name() {
      return isAsync ? "CommitAsync" : "Commit";
    }
  }

  /** Change sets that are submitted one after the other. The results are awaited after the last. */
  record Group(List<ChangeSet> sets) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      List<CompletableFuture<CommitResult>> answers = new ArrayList<>();
      for (ChangeSet set : sets) {
        answers.add(submitted(store, set));
      }
      return answers.stream().map(answer -> Answer.of(() -> Commit.joined(answer))).toList();
    }

    private static CompletableFuture<CommitResult> submitted(StateStore store, ChangeSet set) {
      try {
        return store.commitAsync(set);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }

  /**
   * Records an attempt with the shortest lease, waits until the lease has expired by the clock of
   * the store, and then loses the attempt. If the attempt cannot be recorded, nothing else happens.
   */
  record LoseLease(ExecutionId execution, AttemptId attempt, ChangeSet take, ChangeSet lose)
      implements Operation {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public Object putTo(StateStore store) {
      Answer taken = Answer.of(() -> store.commit(take));
      if (taken.error() != null) {
        return List.of(taken);
      }
      ClaimRequest look =
          new ClaimRequest(
              "looks only", 0, Duration.ofHours(1), Set.of(ClaimRequest.DEFAULT_POOL), execution);
      long start = System.nanoTime();
      while (store.claim(look).expired().stream()
          .noneMatch(each -> each.attempt().equals(attempt))) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw new IllegalStateException("the lease of " + attempt + " does not end");
        }
        Thread.onSpinWait();
      }
      return List.of(taken, Answer.of(() -> store.commit(lose)));
    }
  }

  /**
   * A claim. Times in its answer are left out, because each store has its own clock for them. Due
   * executions are left out if one store may already report them and another not yet, or if there
   * are too many to return. They and expired leases are left out of a claim that gets all that it
   * asks for, which may leave them to a later claim.
   *
   * @param dueSoon executions of which it is uncertain whether they are due to be settled
   */
  record Claim(ClaimRequest request, Set<ExecutionId> dueSoon) implements Operation {
    private static final int MAX_REPORTED = 20;

    @Override
    public Object putTo(StateStore store) {
      Claims claims = store.claim(request);
      List<Object> answer = new ArrayList<>(claims.claimed());
      if (mayReportLater(claims)) {
        return answer;
      }
      List<Due> due =
          claims.due().stream()
              .filter(each -> each.reason() != DueReason.SETTLE || !isDueSoon(each))
              .sorted(Comparator.comparing(Due::executionId).thenComparing(Due::reason))
              .toList();
      answer.addAll(due.size() + dueSoon.size() < MAX_REPORTED ? due : List.of("much is due"));
      answer.addAll(claims.expired());
      return answer;
    }

    private boolean mayReportLater(Claims claims) {
      return request.execution() == null
          && request.limit() > 0
          && claims.claimed().size() == request.limit();
    }

    private boolean isDueSoon(Due due) {
      return dueSoon.contains(due.executionId());
    }
  }

  record FindPayload(PayloadRef ref) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.payload(ref);
    }
  }

  record Payloads(ExecutionId id, int maxBytes) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.payloads(id, maxBytes);
    }
  }

  record Signals(ExecutionId id) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.signals(id);
    }
  }

  record Progress(ExecutionId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      ExecutionProgress progress = store.executionProgress(id);
      if (progress == null) {
        return null;
      }
      List<TaskRunId> ids = progress.taskRuns().stream().map(each -> each.taskRun().id()).toList();
      return List.of(progress, store.taskRunProgress(ids));
    }
  }

  /**
   * Why an execution waits. Times in the answer are left out, because each store has its own clock
   * for them. For the same reason the due reason is left out if one store may already report it and
   * another not yet.
   *
   * @param dueSoon whether it is uncertain that the execution is due to be settled
   */
  record Waits(ExecutionId id, boolean dueSoon) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      dev.waymark.core.store.Waiting waiting = store.waiting(id);
      if (waiting == null) {
        return null;
      }
      List<Object> answer = new ArrayList<>();
      answer.add(waiting.state());
      waiting.reasons().stream().filter(this::isSure).map(Waits::timeless).forEach(answer::add);
      for (dev.waymark.core.store.Waiting.Item each : waiting.taskRuns()) {
        answer.add(each.taskRunId());
        answer.add(each.state());
        each.reasons().forEach(reason -> answer.add(timeless(reason)));
      }
      waiting.running().forEach(holder -> answer.add(timeless(holder)));
      return answer;
    }

    private boolean isSure(WaitReason reason) {
      return !(reason instanceof WaitReason.Due)
          && !(reason instanceof WaitReason.NoWorker && dueSoon)
          && !(reason instanceof WaitReason.Unattended && dueSoon);
    }

    private static Object timeless(WaitReason reason) {
      if (reason instanceof WaitReason.PoolFull full) {
        return List.of(
            full.pool(),
            full.slots(),
            full.running(),
            full.heldBy().stream().map(Waits::timeless).toList());
      }
      return reason instanceof WaitReason.StartsLater
              || reason instanceof WaitReason.RetriesLater
              || reason instanceof WaitReason.WaitsUntil
              || (reason instanceof WaitReason.WaitsForSignal signal && signal.until() != null)
              || (reason instanceof WaitReason.WaitsForChild child && child.until() != null)
          ? reason.code()
          : reason instanceof WaitReason.WorkerLost lost ? timeless(lost.holder()) : reason;
    }

    static List<Object> timeless(LeaseHolder holder) {
      return List.of(
          holder.executionId(), holder.taskId(), holder.attempt(), holder.worker(), holder.alive());
    }
  }

  /** The use of the pools; times are left out. */
  record PoolUses() implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.poolUse().stream()
          .map(
              use ->
                  List.of(
                      use.pool(),
                      use.waiting(),
                      use.workers(),
                      use.heldBy().stream().map(Waits::timeless).toList()))
          .toList();
    }
  }

  /** Arguments that were refused before a store could be called. */
  record Malformed(InvalidInputException refusal) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      throw refusal;
    }
  }

  record LatestWorkflow(WorkflowId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.workflow(id);
    }
  }

  record WorkflowRevision(WorkflowId id, int revision) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.workflow(id, revision);
    }
  }

  record Workflows(PageRequest page) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.workflows(page);
    }
  }

  record WorkflowHistory(WorkflowId id, PageRequest page) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.workflowHistory(id, page);
    }
  }

  record FindExecution(ExecutionId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.execution(id);
    }
  }

  record Details(ExecutionId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.executionDetails(id);
    }
  }

  record Executions(ExecutionQuery query) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.executions(query);
    }
  }

  /** All pages from the requested page to the end, each by the cursor of the page before. */
  record WalkByCursor(ExecutionQuery query) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      List<Page<Execution>> pages = new ArrayList<>();
      pages.add(store.executions(query));
      for (Cursor next = last(pages).next(); next != null; next = last(pages).next()) {
        goOn(pages.size());
        pages.add(store.executions(paged(query, 0, next)));
      }
      return pages;
    }
  }

  /** All pages from the first to the first empty one, each by its offset. */
  record WalkByOffset(ExecutionQuery query) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      List<Page<Execution>> pages = new ArrayList<>();
      long offset = 0;
      do {
        goOn(pages.size());
        pages.add(store.executions(paged(query, offset, null)));
        offset += last(pages).items().size();
      } while (!last(pages).items().isEmpty());
      return pages;
    }
  }

  record FindTaskRun(TaskRunId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.taskRun(id);
    }
  }

  record TaskRuns(ExecutionId id) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.taskRuns(id);
    }
  }

  record FindAttempt(AttemptId id) implements Operation {
    @Override
    public @Nullable Object putTo(StateStore store) {
      return store.attempt(id);
    }
  }

  record Attempts(TaskRunId id) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.attempts(id);
    }
  }

  record History(ExecutionId id, PageRequest page) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.history(id, page);
    }
  }

  record IdsStartingWith(RecordKind kind, String prefix, int limit) implements Operation {
    @Override
    public Object putTo(StateStore store) {
      return store.idsStartingWith(kind, prefix, limit);
    }
  }

  private static ExecutionQuery paged(ExecutionQuery query, long offset, @Nullable Cursor after) {
    return new ExecutionQuery(query.conditions(), query.order(), offset, query.limit(), after);
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  /** Limits the number of pages, so that a store with endless lists cannot block the test. */
  private static void goOn(int pages) {
    if (pages > 10_000) {
      throw new IllegalStateException("the list does not end");
    }
  }
}
