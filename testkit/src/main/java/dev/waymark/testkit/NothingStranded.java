package dev.waymark.testkit;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a store strands an execution although its callers did everything right. It watches
 * all commits. At the end it names the executions that have lost their due note although no correct
 * settle removed it.
 *
 * <p>A caller that marks an execution as due, or whose settle is reported as stale, may rely on
 * this: the execution stays due until a caller clears the note or settles the execution with its
 * current state. A caller whose settle is reported as correct may rely on this: the store held
 * exactly those values. Commits that overlap with calls of other threads are not judged, because
 * their order is not known here. Executions that no caller ever marked as due are not judged
 * either. Thread-safe.
 *
 * @since 0.1.0
 */
public final class NothingStranded {
  private final Map<ExecutionId, Promise> promises = new HashMap<>();
  private final Set<CommitId> seen = new HashSet<>();
  private final Set<CommitId> unknown = new HashSet<>();
  private int running;
  private long lastOverlap;
  private long clock;

  /** Starts without any watched store. */
  public NothingStranded() {}

  /**
   * A guarantee that the store has given.
   *
   * @param settle the settle that was reported as correct, or null for a note that stays
   */
  private record Promise(Change.@Nullable SettleExecution settle) {}

  /** Returns the same store, watched. */
  public StateStore watch(StateStore store) {
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              long began = begin();
              Object answer = null;
              try {
                answer = method.invoke(store, arguments);
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                end(began, method.getName(), arguments, answer);
              }
            });
  }

  private synchronized long begin() {
    running++;
    clock++;
    if (running > 1) {
      lastOverlap = clock;
    }
    return clock;
  }

  private synchronized void end(
      long began, String method, Object @Nullable [] arguments, @Nullable Object answer) {
    running--;
    boolean wasAlone = running == 0 && lastOverlap < began;
    if (answer instanceof CommitResult result
        && arguments != null
        && arguments[0] instanceof ChangeSet changes) {
      committed(changes, result, wasAlone);
    } else if (answer instanceof CompletableFuture<?>
        && arguments != null
        && arguments[0] instanceof ChangeSet changes) {
      unknown.add(changes.id()); // The time of the decision is unknown.
      touch(changes);
    } else if (answer instanceof Claims claims) {
      claims.claimed().forEach(each -> written(each.execution().id()));
    } else if (method.startsWith("create")
        || method.startsWith("update")
        || method.startsWith("record")) {
      promises.values().removeIf(promise -> promise.settle() != null);
    }
  }

  private void touch(ChangeSet changes) {
    for (Change change : changes.changes()) {
      if (change instanceof Change.OfExecution of) {
        promises.remove(of.id());
      } else if (change instanceof DeleteChange.DeleteExecution delete) {
        promises.remove(delete.id());
      }
    }
    promises.values().removeIf(promise -> promise.settle() != null);
  }

  private void committed(ChangeSet changes, CommitResult result, boolean wasAlone) {
    if (unknown.contains(changes.id())) {
      touch(changes); // The answer may be from any time since the first try.
      return;
    }
    if (!seen.add(changes.id())) {
      return; // A repeated commit changes nothing.
    }
    if (!wasAlone) {
      touch(changes);
      return;
    }
    List<Change> all = changes.changes();
    for (int i = 0; i < all.size(); i++) {
      Change change = all.get(i);
      if (change instanceof Change.MarkDue due && due.reason() == DueReason.SETTLE) {
        promises.put(due.id(), new Promise(null));
      } else if (change instanceof Change.SettleExecution settle) {
        boolean isStale = result.outcomes().get(i).changed();
        promises.put(settle.id(), new Promise(isStale ? null : settle));
      } else if (change instanceof Change.ClearDue clear && clear.reason() == DueReason.SETTLE) {
        promises.remove(clear.id());
      } else if (change instanceof DeleteChange.DeleteExecution delete) {
        promises.remove(delete.id());
      } else if (change instanceof Change.UpdateExecution
          || change instanceof Change.AdmitExecution) {
        written(((Change.OfExecution) change).id());
      } else if (change instanceof Change.CreateTaskRun
          || change instanceof Change.UpdateTaskRun
          || change instanceof Change.UpdateAttempt
          || change instanceof Change.LoseAttempt) {
        promises.values().removeIf(promise -> promise.settle() != null);
      }
    }
  }

  /** Ends the guarantee of a settle, because the version has changed. A note stays. */
  private void written(ExecutionId id) {
    Promise promise = promises.get(id);
    if (promise != null && promise.settle() != null) {
      promises.remove(id);
    }
  }

  /** The guarantees that the store has broken, as sentences; empty when there are none. */
  public synchronized List<String> violations(StateStore store) {
    List<String> violations = new ArrayList<>();
    promises.forEach(
        (id, promise) -> {
          ExecutionProgress progress = store.executionProgress(id);
          if (progress != null && promise.settle() != null) {
            if (!isAsSettled(progress, promise.settle())) {
              violations.add(
                  "execution %s was settled as %s, and was %s"
                      .formatted(id, promise.settle(), progress));
            }
          } else if (progress != null && Invariants.isStranded(store, id)) {
            violations.add("execution %s is due, but has no note: %s".formatted(id, progress));
          }
        });
    return violations;
  }

  private static boolean isAsSettled(ExecutionProgress now, Change.SettleExecution settle) {
    return now.standing().equals(settle.standing());
  }
}
