package dev.waymark.core.store;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.TaskId;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The texts of wait reasons. */
final class WaitText {
  private static final int NAMED = 3;

  private WaitText() {}

  /** The code for programs: the name of the record class in upper case. */
  static String code(WaitReason reason) {
    return reason
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toUpperCase(Locale.ROOT);
  }

  /** The phrase for people. */
  static String message(WaitReason reason) {
    if (reason instanceof WaitReason.Paused) {
      return "the execution is paused";
    } else if (reason instanceof WaitReason.Cancelling) {
      return "the execution is being cancelled";
    } else if (reason instanceof WaitReason.StartsLater later) {
      return "starts at " + later.at();
    } else if (reason instanceof WaitReason.RetriesLater later) {
      return "retries at " + later.at();
    } else if (reason instanceof WaitReason.WaitsUntil until) {
      return "waits until " + until.at();
    } else if (reason instanceof WaitReason.WaitsForSignal signal) {
      return "waits for signal "
          + signal.name()
          + (signal.until() == null ? "" : " until " + signal.until());
    } else if (reason instanceof WaitReason.WaitsForChild child) {
      return "waits for child "
          + child.child()
          + (child.until() == null ? "" : " until " + child.until());
    } else if (reason instanceof WaitReason.WaitsOutside) {
      return "waits for something outside; it has no timer";
    } else if (reason instanceof WaitReason.Needs needs) {
      return "needs " + names(needs.tasks(), TaskId::value) + " to end";
    } else if (reason instanceof WaitReason.NotReady) {
      return "not ready yet";
    } else if (reason instanceof WaitReason.Due due) {
      return message(due);
    } else if (reason instanceof WaitReason.Unattended) {
      return "nothing is ready, leased or due; the next sweep of all executions finds it";
    } else if (reason instanceof WaitReason.ParallelLimit limit) {
      return message(limit);
    }
    return aboutWorkers(reason);
  }

  private static String aboutWorkers(WaitReason reason) {
    if (reason instanceof WaitReason.WorkerLost lost) {
      LeaseHolder holder = lost.holder();
      return "worker " + holder.worker() + " is dead; its lease ends at " + holder.leaseUntil();
    } else if (reason instanceof WaitReason.PoolFull full) {
      return message(full);
    } else if (reason instanceof WaitReason.NoWorker) {
      return "no living worker works on it";
    } else if (reason instanceof WaitReason.PoolNotServed pool) {
      return "no living worker serves pool " + Text.quote(pool.pool()) + alive(pool.workers());
    } else if (reason instanceof WaitReason.HandlerNotServed handler) {
      return "no living worker has handler "
          + Text.quote(handler.handler())
          + alive(handler.workers());
    } else if (reason instanceof WaitReason.NotClaimed ready) {
      return "ready; no worker of pool "
          + Text.quote(ready.pool())
          + " has claimed it yet"
          + alive(ready.workers());
    }
    throw new IllegalArgumentException("no text for wait reason " + reason.getClass());
  }

  private static String message(WaitReason.Due due) {
    return switch (due.reason()) {
      case DEADLINE -> "time-out passed at " + due.since() + "; no worker has ended it yet";
      case CANCEL ->
          "to be cancelled with its parent since " + due.since() + "; no worker has done it yet";
      case SETTLE -> "due since " + due.since() + "; no worker has examined it yet";
    };
  }

  private static String message(WaitReason.PoolFull full) {
    return "pool "
        + Text.quote(full.pool())
        + " is full ("
        + full.running()
        + " of "
        + full.slots()
        + (full.slots() == 1 ? " slot" : " slots")
        + " in use)"
        + (full.heldBy().isEmpty() ? "" : ", held by " + names(full.heldBy(), WaitText::holder));
  }

  private static String holder(LeaseHolder holder) {
    return "task "
        + holder.taskId()
        + " of execution "
        + holder.executionId()
        + " (worker "
        + holder.worker()
        + (holder.alive() ? ")" : ", dead; its lease ends at " + holder.leaseUntil() + ")");
  }

  private static String message(WaitReason.ParallelLimit limit) {
    return "workflow "
        + limit.workflowId()
        + " has "
        + limit.running()
        + (limit.running() == 1 ? " execution" : " executions")
        + " in progress"
        + (limit.limit() == null ? "" : " (limit " + limit.limit() + ")")
        + (limit.heldBy().isEmpty()
            ? ""
            : ": " + names(limit.heldBy(), each -> each.executionId() + " " + each.state()));
  }

  private static String alive(List<String> workers) {
    return workers.isEmpty() ? "" : " (alive: " + names(workers, Function.identity()) + ")";
  }

  /** The first few names, and how many more there are. */
  private static <T> String names(List<T> all, Function<T, String> name) {
    String some = all.stream().limit(NAMED).map(name).collect(Collectors.joining(", "));
    return all.size() <= NAMED ? some : some + " and " + (all.size() - NAMED) + " more";
  }
}
