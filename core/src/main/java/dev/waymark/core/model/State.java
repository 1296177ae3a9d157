package dev.waymark.core.model;

/**
 * A state of an execution, a task run or an attempt.
 *
 * <p>Each kind has one table of allowed moves. The enums define it, {@code docs/state-machine.md}
 * draws it, and triggers in the database enforce it. A state without moves is terminal.
 *
 * @since 0.1.0
 */
public sealed interface State permits ExecutionState, TaskRunState, AttemptState {
  /** The name that is stored and printed. */
  String name();

  /** Whether the state is terminal: it has no moves. */
  boolean isTerminal();
}
