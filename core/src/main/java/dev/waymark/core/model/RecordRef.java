package dev.waymark.core.model;

import java.io.Serializable;

/**
 * A reference to one record of any kind, used in histories, outcomes and errors.
 *
 * @param kind the kind of record
 * @param id its id as text; for an attempt the task run id, a slash and the number; for a worker or
 *     a pool its name
 * @since 0.1.0
 */
public record RecordRef(RecordKind kind, String id) implements Serializable {

  /** Names a workflow. */
  public static RecordRef of(WorkflowId id) {
    return new RecordRef(RecordKind.WORKFLOW, id.value());
  }

  /** Names an execution. */
  public static RecordRef of(ExecutionId id) {
    return new RecordRef(RecordKind.EXECUTION, id.toString());
  }

  /** Names a task run. */
  public static RecordRef of(TaskRunId id) {
    return new RecordRef(RecordKind.TASK_RUN, id.toString());
  }

  /** Names an attempt. */
  public static RecordRef of(AttemptId id) {
    return new RecordRef(RecordKind.ATTEMPT, id.toString());
  }

  /** Names a worker. */
  public static RecordRef ofWorker(String name) {
    return new RecordRef(RecordKind.WORKER, name);
  }

  /** Names a pool. */
  public static RecordRef ofPool(String name) {
    return new RecordRef(RecordKind.POOL, name);
  }

  /** The kind in words and the id: {@code task run 018f…}. */
  @Override
  public String toString() {
    return kind.words() + " " + id;
  }
}
