package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import java.util.Objects;

/**
 * Names one payload: which record it belongs to, and which part of the record it is.
 *
 * @since 0.1.0
 */
public sealed interface PayloadRef {
  /** The record. */
  RecordRef record();

  /** Which payload of the record it is. */
  Part part();

  /** The payloads that a record can have. */
  enum Part {
    /** What an execution or a task run was created with. It never changes. */
    INPUT,
    /** What an execution or a task run has produced. */
    RESULT,
    /** What an attempt reports about itself, such as its progress or metrics. */
    DETAILS,
    /** What a signal carries. It never changes. */
    SIGNAL
  }

  /** The input of an execution. */
  static PayloadRef inputOf(ExecutionId id) {
    return new OfExecution(id, Part.INPUT);
  }

  /** The input of a task run. */
  static PayloadRef inputOf(TaskRunId id) {
    return new OfTaskRun(id, Part.INPUT);
  }

  /** The result of an execution. */
  static PayloadRef resultOf(ExecutionId id) {
    return new OfExecution(id, Part.RESULT);
  }

  /** The result of a task run. */
  static PayloadRef resultOf(TaskRunId id) {
    return new OfTaskRun(id, Part.RESULT);
  }

  /** The details of an attempt. */
  static PayloadRef detailsOf(AttemptId id) {
    return new OfAttempt(id);
  }

  /** The payload of a signal to an execution. */
  static PayloadRef ofSignal(ExecutionId execution, int number) {
    return new OfSignal(execution, number);
  }

  /**
   * A payload of an execution.
   *
   * @param id the execution
   * @param part INPUT or RESULT
   */
  record OfExecution(ExecutionId id, Part part) implements PayloadRef {
    /** Accepts INPUT and RESULT, the parts that such a record has. */
    public OfExecution {
      Objects.requireNonNull(id, "execution id");
      inputOrResult(RecordRef.of(id), part);
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(id);
    }
  }

  /**
   * A payload of a task run.
   *
   * @param id the task run
   * @param part INPUT or RESULT
   */
  record OfTaskRun(TaskRunId id, Part part) implements PayloadRef {
    /** Accepts INPUT and RESULT, the parts that such a record has. */
    public OfTaskRun {
      Objects.requireNonNull(id, "task run id");
      inputOrResult(RecordRef.of(id), part);
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(id);
    }
  }

  /**
   * The details of an attempt.
   *
   * @param id the attempt
   */
  record OfAttempt(AttemptId id) implements PayloadRef {
    /** Rejects null. */
    public OfAttempt {
      Objects.requireNonNull(id, "attempt id");
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(id);
    }

    @Override
    public Part part() {
      return Part.DETAILS;
    }
  }

  /**
   * The payload of a signal.
   *
   * @param execution the execution to which it was sent
   * @param number its number in the execution, from 1
   */
  record OfSignal(ExecutionId execution, int number) implements PayloadRef {
    /** Rejects a number under 1. */
    public OfSignal {
      Objects.requireNonNull(execution, "execution id");
      if (number < 1) {
        throw new InvalidInputException(
            "number " + number + " of a signal of execution " + execution + "; use 1 or more");
      }
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(execution);
    }

    @Override
    public Part part() {
      return Part.SIGNAL;
    }
  }

  private static void inputOrResult(RecordRef record, Part part) {
    Objects.requireNonNull(part, "part");
    if (part != Part.INPUT && part != Part.RESULT) {
      throw new InvalidInputException(
          record + " has no " + part + "; use INPUT or RESULT, or name an attempt or a signal");
    }
  }
}
