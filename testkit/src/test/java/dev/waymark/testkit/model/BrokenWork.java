package dev.waymark.testkit.model;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Stores that share out work wrongly, each in one way. */
final class BrokenWork {
  private static final Duration LONG = Duration.ofHours(1);

  private BrokenWork() {}

  // ---- changes

  /** A task run becomes ready even if the expected version is stale. */
  static StateStore withReadyAtAnyVersion(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.ReadyTaskRun ready
                ? new Change.ReadyTaskRun(
                    ready.id(), null, ready.pool(), ready.priority(), ready.delay())
                : change);
  }

  /** What is ready after a delay is ready at once. */
  static StateStore withoutDelays(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.ReadyTaskRun ready
                ? new Change.ReadyTaskRun(
                    ready.id(),
                    ready.expectedVersion(),
                    ready.pool(),
                    ready.priority(),
                    Duration.ZERO)
                : change);
  }

  /** An execution stays due, although a caller has cleared it. */
  static StateStore withDueForEver(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.ClearDue clear
                ? new Change.MarkDue(clear.id(), clear.reason(), LONG)
                : change);
  }

  /** What becomes due later is so at once. */
  static StateStore withDueAtOnce(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.MarkDue due
                ? new Change.MarkDue(due.id(), due.reason(), Duration.ZERO)
                : change);
  }

  /** A task run that waits for a child is never woken. */
  static StateStore withChildrenForEver(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof SignalChange.AwaitChild wait && store.execution(wait.child()) != null
                ? new SignalChange.Await(
                    wait.id(), wait.fence(), "never", wait.pool(), wait.priority(), wait.timeout())
                : change);
  }

  /** A child is created as any other execution. */
  static StateStore withoutParents(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.CreateExecution create
                ? new Change.CreateExecution(
                    new NewExecution(
                        create.execution().id(),
                        create.execution().workflowId(),
                        create.execution().workflowRevision(),
                        create.execution().labels(),
                        create.execution().input()))
                : change);
  }

  /** A settle always reports that the execution has changed. */
  static StateStore withMoreToSettle(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.SettleExecution settle
                ? new Change.MarkDue(settle.id(), DueReason.SETTLE, LONG)
                : change);
  }

  /** A settle that was decided while the execution was paused is taken for right. */
  static StateStore withSettleAtAnyVersion(StateStore store) {
    return BrokenWrites.changing(
        store,
        change -> {
          if (!(change instanceof Change.SettleExecution settle)) {
            return change;
          }
          Execution now = store.execution(settle.id());
          return now == null
              ? change
              : new Change.SettleExecution(
                  now.id(),
                  new Standing(
                      now.version(),
                      now.state(),
                      settle.standing().unfinished(),
                      settle.standing().ended()));
        });
  }

  /** What has ended is kept from the last settle, whatever has ended since. */
  static StateStore withSettleByOldCount(StateStore store) {
    Map<ExecutionId, Standing> counts = new HashMap<>();
    return BrokenWrites.changing(
        store,
        change -> {
          if (!(change instanceof Change.SettleExecution settle)) {
            return change;
          }
          ExecutionProgress progress = store.executionProgress(settle.id());
          if (progress == null) {
            return change;
          }
          Standing now = progress.standing();
          Standing kept = counts.getOrDefault(settle.id(), now);
          counts.put(settle.id(), now);
          Standing said = settle.standing();
          return said.unfinished() == kept.unfinished() && said.ended() == kept.ended()
              ? new Change.SettleExecution(
                  settle.id(),
                  new Standing(said.version(), said.state(), now.unfinished(), now.ended()))
              : settle;
        });
  }

  /** A settle goes by the task runs alone, not by the attempts that have ended. */
  static StateStore withSettleByTaskRuns(StateStore store) {
    return BrokenWrites.changing(
        store,
        change -> {
          ExecutionProgress progress =
              change instanceof Change.SettleExecution settle
                  ? store.executionProgress(settle.id())
                  : null;
          if (progress == null || !(change instanceof Change.SettleExecution settle)) {
            return change;
          }
          Standing said = settle.standing();
          return new Change.SettleExecution(
              settle.id(),
              new Standing(
                  said.version(), said.state(), said.unfinished(), progress.standing().ended()));
        });
  }

  /** What moves in the same change set does not count when an execution is admitted. */
  static StateStore withAdmissionBeforeMoves(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        List<Change> all = changes.changes();
        if (all.size() == 2
            && all.get(0) instanceof Change.UpdateExecution
            && all.get(1) instanceof Change.AdmitExecution) {
          CommitResult turned =
              super.commit(new ChangeSet(changes.id(), List.of(all.get(1), all.get(0))));
          List<Outcome> outcomes = turned.outcomes();
          return new CommitResult(
              turned.id(), turned.at(), List.of(outcomes.get(1), outcomes.get(0)));
        }
        return super.commit(changes);
      }
    };
  }

  /** A worker that has lost its lease may still put something out. */
  static StateStore withOutputsOfAnybody(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.SetPayload set
                ? new Change.SetPayload(set.ref(), null, set.payload())
                : change);
  }

  /** The lease of an older attempt is renewed for the newest. */
  static StateStore withRenewalForTheNewest(StateStore store) {
    return BrokenWrites.changing(
        store,
        change -> {
          if (!(change instanceof Change.RenewLease renew)) {
            return change;
          }
          TaskRun run = store.taskRun(renew.id().taskRunId());
          return run == null || run.lastAttempt() == 0
              ? change
              : new Change.RenewLease(
                  new AttemptId(run.id(), run.lastAttempt()), renew.lease(), renew.ifLive());
        });
  }

  /** The lease with which an attempt is recorded is forgotten. */
  static StateStore withoutRecordedLeases(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.RecordAttempt record
                ? new Change.RecordAttempt(record.taskRunId(), record.worker())
                : change);
  }

  /** An attempt is taken from its worker although its lease lasts. */
  static StateStore withLossAtAnyTime(StateStore store) {
    return BrokenWrites.changing(
        store,
        change ->
            change instanceof Change.LoseAttempt lose
                ? new Change.UpdateAttempt(lose.id(), AttemptState.LOST, null, lose.error())
                : change);
  }

  // ---- claims

  /** A claim takes from pools that it does not serve. */
  static StateStore withClaimsOfAnyPool(StateStore store) {
    Set<String> all = Set.of("default", "gpu", "GPU", "g-1");
    return changingClaims(
        store,
        request -> new ClaimRequest(request.worker(), request.limit(), request.lease(), all));
  }

  /** A claim takes one more than it asks for. */
  static StateStore withOneClaimTooMany(StateStore store) {
    return changingClaims(
        store,
        request ->
            new ClaimRequest(
                request.worker(),
                Math.min(request.limit() + 1, Math.max(request.limit(), 20)),
                request.lease(),
                request.pools()));
  }

  /** What is claimed comes by its ids, whatever its priority. */
  static StateStore withClaimsById(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public Claims claim(ClaimRequest request) {
        Claims claims = super.claim(request);
        return new Claims(
            claims.claimed().stream()
                .sorted(Comparator.comparing(claimed -> claimed.taskRun().id()))
                .toList(),
            claims.due(),
            claims.expired(),
            claims.next(),
            claims.nextExpiry());
      }
    };
  }

  /** A claim says nothing of what is due. */
  static StateStore withoutDue(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public Claims claim(ClaimRequest request) {
        Claims claims = super.claim(request);
        return new Claims(
            claims.claimed(), List.of(), claims.expired(), claims.next(), claims.nextExpiry());
      }
    };
  }

  /** What is ready after a delay is not shown as ready, and neither is anything else. */
  static StateStore withNothingShownReady(StateStore store) {
    return changingItems(
        store,
        item -> new ExecutionProgress.Item(item.taskRun(), item.attempts(), item.result(), false));
  }

  /** What was put out is not read. */
  static StateStore withoutOutputs(StateStore store) {
    return changingItems(
        store,
        item ->
            new ExecutionProgress.Item(item.taskRun(), item.attempts(), Map.of(), item.ready()));
  }

  // ---- how they are made

  private static StateStore changingClaims(StateStore store, UnaryOperator<ClaimRequest> change) {
    return new ForwardingStateStore(store) {
      @Override
      public Claims claim(ClaimRequest request) {
        return super.claim(change.apply(request));
      }
    };
  }

  private static StateStore changingItems(
      StateStore store, UnaryOperator<ExecutionProgress.Item> change) {
    return new ForwardingStateStore(store) {
      @Override
      public @Nullable ExecutionProgress executionProgress(ExecutionId id) {
        ExecutionProgress all = super.executionProgress(id);
        return all == null
            ? null
            : new ExecutionProgress(all.execution(), all.taskRuns().stream().map(change).toList());
      }
    };
  }
}
