package dev.waymark.testkit.model;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Stores that decide or keep wrongly what they are given, each in one way. */
final class BrokenWrites {
  private BrokenWrites() {}

  /** A worker that has lost its lease may still write. */
  static StateStore withoutFences(StateStore store) {
    return changing(
        store,
        change ->
            change instanceof Change.UpdateTaskRun update
                ? new Change.UpdateTaskRun(update.id(), update.to(), update.expectedVersion(), null)
                : change);
  }

  /** The last write wins. */
  static StateStore withoutVersions(StateStore store) {
    return changing(
        store,
        change ->
            change instanceof Change.UpdateExecution update
                ? new Change.UpdateExecution(update.id(), update.to(), null, update.error())
                : change);
  }

  /** Workflows whose ids differ in case only are one. */
  static StateStore withWorkflowsOfAnyCase(StateStore store) {
    return changing(store, BrokenWrites::folded);
  }

  private static Change folded(Change change) {
    if (change instanceof Change.SaveWorkflow save) {
      NewWorkflow w = save.workflow();
      return new Change.SaveWorkflow(
          new NewWorkflow(folded(w.id()), w.definition(), w.description(), w.labels()));
    }
    if (change instanceof Change.CreateExecution create) {
      NewExecution e = create.execution();
      return new Change.CreateExecution(
          new NewExecution(
              e.id(), folded(e.workflowId()), e.workflowRevision(), e.labels(), e.input()));
    }
    return change;
  }

  private static WorkflowId folded(WorkflowId id) {
    return new WorkflowId(id.value().toLowerCase(Locale.ROOT));
  }

  /** A change set that is refused leaves its first change behind. */
  static StateStore withFirstChangeLeft(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        try {
          return super.commit(changes);
        } catch (RefusedException e) {
          leave(changes.changes().get(0));
          throw e;
        }
      }

      private void leave(Change change) {
        try {
          super.commit(ChangeSet.builder().add(change).build());
        } catch (RefusedException e) {
          // The first change was itself the one that was refused.
        }
      }
    };
  }

  /** A refusal names only the first conflicting record. */
  static StateStore withFirstRefusalOnly(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        try {
          return super.commit(changes);
        } catch (RefusedException e) {
          throw RefusedException.of(e.refusals().subList(0, 1));
        }
      }
    };
  }

  /** A commit that is repeated is answered as if it had changed nothing. */
  static StateStore withOtherAnswerToRepetition(StateStore store) {
    Set<CommitId> known = new HashSet<>();
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        CommitResult result = super.commit(changes);
        return known.add(result.id()) ? result : unchanged(result);
      }
    };
  }

  private static CommitResult unchanged(CommitResult result) {
    List<Outcome> outcomes =
        result.outcomes().stream().map(o -> new Outcome(o.record(), o.version(), false)).toList();
    return new CommitResult(result.id(), result.at(), outcomes);
  }

  /** A commit id is not kept, so that a repeated commit is made again. */
  static StateStore withoutCommitIds(StateStore store) {
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        ChangeSet.Builder another = ChangeSet.builder();
        changes.changes().forEach(another::add);
        CommitResult result = super.commit(another.build());
        return new CommitResult(changes.id(), result.at(), result.outcomes());
      }
    };
  }

  /** Times are rounded to the microsecond, where they should be cut. */
  static InstantSource rounding(InstantSource clock) {
    return () -> clock.instant().plusNanos(500);
  }

  /** Times before 1970 are cut towards 1970, as a division of a negative number does. */
  static InstantSource cuttingTowards1970(InstantSource clock) {
    return () -> {
      Instant now = clock.instant();
      boolean isWhole = now.truncatedTo(ChronoUnit.MICROS).equals(now);
      return isWhole || !now.isBefore(Instant.EPOCH) ? now : now.plus(1, ChronoUnit.MICROS);
    };
  }

  /** A store that takes other changes than it is given. */
  static StateStore changing(StateStore store, UnaryOperator<Change> change) {
    return new ForwardingStateStore(store) {
      @Override
      public CommitResult commit(ChangeSet changes) {
        return super.commit(
            new ChangeSet(changes.id(), changes.changes().stream().map(change).toList()));
      }
    };
  }
}
