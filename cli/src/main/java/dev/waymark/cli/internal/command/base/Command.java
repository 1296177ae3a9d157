package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Syntax;

/** A command of the program. */
public interface Command {
  /** What it accepts, and its help. */
  Syntax syntax();

  /**
   * Whether it creates a store that is missing. A command that only reads, or changes what it must
   * find, does not: a misspelt URL is an error.
   */
  default boolean createsStore(Arguments arguments) {
    return false;
  }

  /** Does its work and returns the exit code. */
  int run(Context context);
}
