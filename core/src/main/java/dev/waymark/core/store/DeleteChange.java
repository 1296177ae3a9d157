package dev.waymark.core.store;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.WorkflowId;
import java.util.Objects;

/**
 * The changes that delete executions and workflows.
 *
 * @since 0.1.0
 */
public sealed interface DeleteChange extends Change {

  /**
   * Deletes an execution that has ended, with all that belongs to it: its task runs and attempts,
   * its history, payloads, labels, signals and logs. Counts and totals no longer include it.
   *
   * <p>If there is no such execution, nothing changes, {@link Outcome#changed()} is false and
   * {@link Outcome#version()} is 0. So the deletion can be repeated, also by several programs at
   * the same time. Otherwise {@link Outcome#version()} is the last version. Refused with {@link
   * IllegalTransitionException} when the execution has not ended, and when one of its children has
   * not ended.
   *
   * <p>Later changes of the change set do not find the execution, and may create it again. Its
   * children, its parent, and the executions that it continues or that continue it stay. They keep
   * its id ({@link Execution#parent()}, {@link Execution#continues()}, {@link
   * Execution#continuedAs()}). The records of commits stay, so a repeated commit returns its first
   * result.
   *
   * <p>A task run that waits for a child, or starts it again with the same id, does not find a
   * child that was deleted. Delete children when their parent no longer needs them.
   *
   * @param id the execution
   */
  record DeleteExecution(ExecutionId id) implements DeleteChange {
    /** Rejects null. */
    public DeleteExecution {
      Objects.requireNonNull(id, "execution id");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Deletes all revisions of a workflow. Refused with {@link IllegalTransitionException} while it
   * has executions, in any state. Earlier changes in the change set count.
   *
   * <p>If there is no such workflow, nothing changes, {@link Outcome#changed()} is false and {@link
   * Outcome#version()} is 0. Otherwise {@link Outcome#version()} is the last revision. A workflow
   * that is saved again under the same id continues with the next revision: no revision is used
   * twice.
   *
   * @param id the workflow
   */
  record DeleteWorkflow(WorkflowId id) implements DeleteChange {
    /** Rejects null. */
    public DeleteWorkflow {
      Objects.requireNonNull(id, "workflow id");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }
}
