package dev.waymark.cli.internal.output;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.WaitReason.Started;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of wait reasons; their names are part of the contract. */
final class WaitFields {
  private static final int NAMED = 10;

  private WaitFields() {}

  /** Returns the fields of each reason of a list. */
  static List<Map<String, @Nullable Object>> of(List<WaitReason> reasons) {
    return Views.all(reasons, WaitFields::of);
  }

  private static Map<String, @Nullable Object> of(WaitReason reason) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("reason", reason.code());
    fields.put("message", reason.message());
    if (reason instanceof WaitReason.StartsLater later) {
      fields.put("at", later.at());
    } else if (reason instanceof WaitReason.RetriesLater later) {
      fields.put("at", later.at());
    } else if (reason instanceof WaitReason.WaitsUntil until) {
      fields.put("at", until.at());
    } else if (reason instanceof WaitReason.WaitsForSignal signal) {
      fields.put("signal", signal.name());
      fields.put("at", signal.until());
    } else if (reason instanceof WaitReason.WaitsForChild child) {
      fields.put("child", child.child().toString());
      fields.put("at", child.until());
    } else if (reason instanceof WaitReason.Due due) {
      fields.put("due", due.reason().name());
      fields.put("since", due.since());
    } else if (reason instanceof WaitReason.Needs needs) {
      fields.put("tasks", needs.tasks().stream().map(TaskId::value).toList());
    } else if (reason instanceof WaitReason.ParallelLimit limit) {
      fields.put("workflowId", limit.workflowId().value());
      fields.put("limit", limit.limit());
      fields.put("running", limit.running());
      fields.put("heldBy", Views.all(limit.heldBy(), WaitFields::of));
    } else {
      addWorkers(reason, fields);
    }
    return fields;
  }

  private static void addWorkers(WaitReason reason, Map<String, @Nullable Object> fields) {
    if (reason instanceof WaitReason.PoolFull full) {
      fields.put("pool", full.pool());
      fields.put("slots", full.slots());
      fields.put("running", full.running());
      fields.put("heldBy", holders(full.heldBy()));
    } else if (reason instanceof WaitReason.PoolNotServed pool) {
      fields.put("pool", pool.pool());
      fields.put("workers", first(pool.workers()));
    } else if (reason instanceof WaitReason.HandlerNotServed handler) {
      fields.put("handler", handler.handler());
      fields.put("pool", handler.pool());
      fields.put("workers", first(handler.workers()));
    } else if (reason instanceof WaitReason.NotClaimed ready) {
      fields.put("pool", ready.pool());
      fields.put("workers", first(ready.workers()));
    } else if (reason instanceof WaitReason.WorkerLost lost) {
      fields.putAll(of(lost.holder()));
    }
  }

  private static List<String> first(List<String> workers) {
    return workers.subList(0, Math.min(NAMED, workers.size()));
  }

  /** Returns the fields of the holders of slots. */
  static List<Map<String, @Nullable Object>> holders(List<LeaseHolder> holders) {
    return Views.all(holders, WaitFields::of);
  }

  private static Map<String, @Nullable Object> of(LeaseHolder holder) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("executionId", holder.executionId().toString());
    fields.put("taskId", holder.taskId().value());
    fields.put("attempt", holder.attempt().number());
    fields.put("worker", holder.worker());
    fields.put("leaseUntil", holder.leaseUntil());
    fields.put("alive", holder.alive());
    return fields;
  }

  private static Map<String, @Nullable Object> of(Started started) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("executionId", started.executionId().toString());
    fields.put("state", started.state().name());
    return fields;
  }
}
