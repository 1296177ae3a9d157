package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One change of one record; a {@link ChangeSet} holds one or more. */
public sealed interface Change {

  /**
   * The record that the change is about; for a new attempt its task run, because the store gives
   * the number.
   */
  RecordRef target();

  /**
   * Saves a workflow: idempotent by content.
   *
   * @param workflow the workflow
   */
  record SaveWorkflow(NewWorkflow workflow) implements Change {
    /** Refuses null. */
    public SaveWorkflow {
      Objects.requireNonNull(workflow, "workflow");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(workflow.id());
    }
  }

  /**
   * Creates an execution in state PENDING: idempotent by id and request.
   *
   * @param execution the execution
   */
  record CreateExecution(NewExecution execution) implements Change {
    /** Refuses null. */
    public CreateExecution {
      Objects.requireNonNull(execution, "execution");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(execution.id());
    }
  }

  /**
   * Moves an execution to another state.
   *
   * @param id the execution
   * @param to the state to move to
   * @param expectedVersion the version that it must have, or null to let the table of moves alone
   *     decide
   * @param error why, for an execution that fails or is cancelled; null keeps the reason that an
   *     earlier move gave
   */
  record UpdateExecution(
      ExecutionId id, ExecutionState to, @Nullable Long expectedVersion, @Nullable String error)
      implements Change {
    /** Checks the text. */
    public UpdateExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(to, "state");
      if (error != null) {
        Text.wellFormed("error of execution " + id, error);
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Creates a task run in state PENDING: idempotent by id, execution and task.
   *
   * @param taskRun the task run
   */
  record CreateTaskRun(NewTaskRun taskRun) implements Change {
    /** Refuses null. */
    public CreateTaskRun {
      Objects.requireNonNull(taskRun, "taskRun");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(taskRun.id());
    }
  }

  /**
   * Moves a task run to another state.
   *
   * @param id the task run
   * @param to the state to move to
   * @param expectedVersion the version that it must have, or null to let the table of moves alone
   *     decide
   * @param fence the number of the attempt on whose behalf this is written, refused when it is no
   *     longer the newest or is LOST; null where no attempt writes
   */
  record UpdateTaskRun(
      TaskRunId id, TaskRunState to, @Nullable Long expectedVersion, @Nullable Integer fence)
      implements Change {
    /** Refuses null. */
    public UpdateTaskRun {
      Objects.requireNonNull(id, "task run id");
      Objects.requireNonNull(to, "state");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Records a new attempt of a task run in state RUNNING; the store gives it the next number.
   * Refused while the attempt before it is live.
   *
   * @param taskRunId the task run
   * @param worker who tries
   */
  record RecordAttempt(TaskRunId taskRunId, String worker) implements Change {
    /** Checks the text. */
    public RecordAttempt {
      Objects.requireNonNull(taskRunId, "task run id");
      Text.wellFormed("worker of an attempt of task run " + taskRunId, worker);
      if (worker.isEmpty()) {
        throw new InvalidInputException(
            "worker of an attempt of task run " + taskRunId + " is empty; name the worker");
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(taskRunId);
    }
  }

  /**
   * Moves an attempt to another state; refused when it is not the newest of its task run.
   *
   * @param id the attempt
   * @param to the state to move to
   * @param exitCode the exit code of its process, or null
   * @param error why it did not succeed, or null
   */
  record UpdateAttempt(
      AttemptId id, AttemptState to, @Nullable Integer exitCode, @Nullable String error)
      implements Change {
    /** Checks the text. */
    public UpdateAttempt {
      Objects.requireNonNull(id, "attempt id");
      Objects.requireNonNull(to, "state");
      if (error != null) {
        Text.wellFormed("error of attempt " + id, error);
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }
}
