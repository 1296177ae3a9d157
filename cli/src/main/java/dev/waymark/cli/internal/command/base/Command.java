package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Syntax;

/** A command of the program. */
public interface Command {
  /** The options and the operand that it accepts, and its help. */
  Syntax syntax();

  /**
   * Whether it creates a missing store. A command that only reads, or that changes existing
   * records, does not create one: a misspelt URL is an error.
   */
  default boolean createsStore(Arguments arguments) {
    return false;
  }

  /** Whether it only reads, and can therefore read from a replica. */
  default boolean reads() {
    return false;
  }

  /** Runs the command and returns the exit code. */
  int run(Context context);
}
