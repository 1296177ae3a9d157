package dev.waymark.core.model;

/**
 * A state of an execution, a task run or an attempt.
 *
 * <p>Each kind has one table of allowed moves, held here, in {@code docs/state-machine.md} as a
 * drawing, and in the database as triggers. A state without moves is terminal: it is final.
 */
public sealed interface State permits ExecutionState, TaskRunState, AttemptState {
  /** The name that is stored and printed. */
  String name();

  /** Whether no move leads out of this state. */
  boolean isTerminal();
}
