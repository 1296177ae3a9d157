package dev.waymark.worker.internal.settle;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.internal.base.EndedExecutions;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles executions: reads one, decides what follows, and commits it. Thread-safe; a worker
 * settles an execution on one thread at a time.
 *
 * <p><b>One change set for each answer.</b> It contains the end of the attempt, the result, the
 * move of the task run, and everything that {@code Next} decides. Its last change says which state
 * of the execution the decision is based on ({@code SettleExecution}). If others have changed the
 * execution meanwhile, the store refuses the set, or accepts it and reports that there may be more
 * to decide. In both cases the execution is read and decided again. If this worker dies before
 * that, the store marks the execution as due for the others.
 *
 * <p><b>A decision that fails does not lose a result.</b> If {@code Next} throws, or the store does
 * not accept what it decides, the end of the attempt is recorded alone, and the execution is due
 * again after a pause.
 */
public final class Settler {
  private static final Logger LOG = LoggerFactory.getLogger(Settler.class);

  /** Each refusal means that others made progress, so this is enough. */
  private static final int MAX_TRIES = 20;

  /** After so many refusals in a row, what was decided is taken to be the reason. */
  private static final int MAX_REFUSALS = 8;

  /** The pause before a decision that failed is made again. */
  private static final Duration AGAIN = Duration.ofSeconds(10);

  private static final int LOCKS = 256;

  private final WorkerConfig config;
  private final Consequences consequences;
  private final Decider decider;
  private final Consumer<ExecutionId> ended;
  private final List<ReentrantLock> locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

  /**
   * Creates a settler.
   *
   * @param ended is notified of each execution that this worker has ended
   */
  public Settler(WorkerConfig config, Consumer<ExecutionId> ended) {
    this.config = config;
    this.consequences = new Consequences(config);
    this.decider = new Decider(config);
    this.ended = ended;
  }

  /**
   * Settles an execution.
   *
   * @return false when the end of the attempt could not be recorded, because it is not live any
   *     more; its result is discarded
   */
  public boolean settle(ExecutionId id, Why why) {
    ReentrantLock lock = lock(id);
    lock.lock();
    try {
      return new Settlement(id, why).run();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notifies the listeners that an attempt starts. It may follow from an end that this worker has
   * just recorded, of which the listeners are notified first.
   */
  public void notifyStart(Claims.Claimed claimed) {
    ExecutionId id = claimed.execution().id();
    if (config.notifier().isSilent(id)) {
      return;
    }
    ReentrantLock lock = lock(id);
    lock.lock();
    try {
      config.notifier().notify(id, each -> each.attemptStarted(claimed));
    } finally {
      lock.unlock();
    }
  }

  private ReentrantLock lock(ExecutionId id) {
    return locks.get(Math.floorMod(id.hashCode(), LOCKS));
  }

  /** Settles one execution once. */
  private final class Settlement {
    private final ExecutionId id;
    private final @Nullable DueReason due;
    private final boolean overdue;
    private @Nullable End end;

    /** Whether the execution is due in the store, so that an empty draft is committed too. */
    private boolean must;

    /** Why the program's decision is left out, or null. */
    private @Nullable Throwable failure;

    private int refusals;

    Settlement(ExecutionId id, Why why) {
      this.id = id;
      this.end = why.end();
      this.due = why.due();
      this.overdue = why.isOverdue();
      this.must = why.due() != null;
    }

    boolean run() {
      for (int tries = 0; tries < MAX_TRIES; tries++) {
        ExecutionProgress read =
            config
                .retries()
                .<@Nullable ExecutionProgress>call(() -> config.store().executionProgress(id));
        if (read == null || isLeftToOthers(read.execution())) {
          return false;
        }
        Draft draft = Draft.of(read, config);
        if (end != null && !draft.isLive(end.attempt())) {
          return false;
        }
        if (step(draft)) {
          return true;
        }
      }
      LOG.warn("execution {} was changed by others {} times in a row; it stays due", id, MAX_TRIES);
      return end == null;
    }

    /** The ends of attempts of this worker are always recorded. */
    private boolean isLeftToOthers(Execution execution) {
      boolean own = end != null && end.state() != AttemptState.LOST;
      return !own && !config.examines(execution.workflowId());
    }

    /** Whether this worker decides what follows, and does not leave it to others. */
    private boolean isExamined(Draft draft) {
      return config.examines(draft.read().workflowId());
    }

    /** Decides and commits. Returns whether nothing is left to be done. */
    @SuppressWarnings("InterruptedExceptionSwallowed") // like any other error of the program
    private boolean step(Draft draft) {
      if (end != null) {
        consequences.add(draft, checked(end));
      }
      if (failure == null && isExamined(draft)) {
        try {
          if (due == DueReason.CANCEL) {
            decider.cancel(draft);
          } else {
            decider.decide(draft, end, overdue);
          }
        } catch (Throwable e) { // also an Error: the end of the attempt is recorded nevertheless
          fail(e);
          return false;
        }
      }
      finish(draft);
      ChangeSet.Builder changes = draft.changes();
      return commit(draft, changes);
    }

    /** Adds what ends the change set. */
    private void finish(Draft draft) {
      if (!isExamined(draft)) {
        draft.changes().markDue(id, DueReason.SETTLE, Duration.ZERO);
        return;
      }
      if (failure != null) {
        DueReason reason = due == null ? DueReason.SETTLE : due;
        draft.changes().clearDue(id, reason).markDue(id, reason, AGAIN);
        return;
      }
      if (overdue) {
        decider.clearDeadline(draft);
      }
      if (draft.read().state().isTerminal()) {
        draft.changes().clearDue(id, due == null ? DueReason.SETTLE : due);
      } else if (must || !draft.changes().isEmpty()) {
        draft.changes().settleExecution(id, draft.standing());
      }
    }

    private boolean commit(Draft draft, ChangeSet.Builder builder) {
      if (builder.isEmpty()) {
        return true;
      }
      ChangeSet changes = builder.build();
      try {
        committed(draft, config.retries().call(() -> config.store().commit(changes)));
      } catch (RefusedException e) {
        return refused(e);
      } catch (StoreUnavailableException | StoreOverloadedException e) {
        throw e;
      } catch (WaymarkException e) {
        rejected(e);
        return false;
      }
      return !must;
    }

    private void committed(Draft draft, CommitResult result) {
      end = null;
      refusals = 0;
      int last = result.outcomes().size() - 1;
      boolean settles = failure == null && isExamined(draft) && !draft.read().state().isTerminal();
      must = settles && result.outcomes().get(last).changed();
      for (Item item : draft.ended()) {
        Attempt attempt = at(item, result);
        config.notifier().notify(id, each -> each.attemptEnded(item.taskRun(), attempt));
      }
      Execution execution = draft.execution(result.at());
      if (execution.state().isTerminal() && !draft.read().state().isTerminal()) {
        config.notifier().notify(id, each -> each.executionEnded(execution));
        EndedExecutions.ended(id);
        ended.accept(id);
      }
    }

    /** Others were faster, or what was decided is not possible. */
    private boolean refused(RefusedException e) {
      if (end != null && end.expired()) {
        return true; // Its worker has renewed the lease, or another one has recorded the loss.
      }
      if (end != null && end.result() instanceof Result.WaitForChild wait && isAbout(e, wait)) {
        end = end.failed(String.valueOf(e.getMessage()));
        return false;
      }
      refusals++;
      if (refusals >= MAX_REFUSALS && failure == null) {
        fail(e);
      }
      LOG.debug("execution {} was changed by others; deciding again", id, e);
      return false;
    }

    /** The store does not accept the decision, or not even the result. */
    private void rejected(WaymarkException e) {
      if (failure == null) {
        fail(e);
      } else if (end != null && end.result() instanceof Result.Success) {
        end = end.failed("its result could not be stored: " + e.getMessage());
      } else {
        throw e;
      }
    }

    private void fail(Throwable e) {
      failure = e;
      LOG.atError()
          .addKeyValue("execution", id)
          .setCause(e)
          .log(
              "what follows in execution {} could not be decided; it is due again in {} s",
              id,
              AGAIN.toSeconds());
    }

    /** An end whose result is too large is a failure. */
    private End checked(End raw) {
      Payload payload = payload(raw.result());
      int most = config.store().limits().maxOutputBytes();
      if (payload == null || payload.size() <= most) {
        return raw;
      }
      end =
          raw.failed(
              "its result has "
                  + payload.size()
                  + " bytes; the limit maxOutputBytes is "
                  + most
                  + "; store it elsewhere, and return where it is");
      return end;
    }
  }

  /** Whether the store refuses to wait for a child: it does not exist, or has another parent. */
  private static boolean isAbout(RefusedException e, Result.WaitForChild wait) {
    RecordRef child = RecordRef.of(wait.child());
    return e.refusals().stream().anyMatch(each -> each.record().equals(child));
  }

  private static @Nullable Payload payload(@Nullable Result result) {
    if (result instanceof Result.Success success) {
      return success.payload();
    } else if (result instanceof Result.Wait wait) {
      return wait.payload();
    } else if (result instanceof Result.WaitForSignal wait) {
      return wait.payload();
    }
    return result instanceof Result.WaitForChild wait ? wait.payload() : null;
  }

  private static Attempt at(Item item, CommitResult result) {
    Attempt last = item.attempts().get(item.attempts().size() - 1);
    return new Attempt(
        last.id(),
        last.state(),
        last.worker(),
        last.startedAt(),
        result.at(),
        last.exitCode(),
        last.error());
  }
}
