package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.syntax.Syntax;

/** A command of the program. */
public interface Command {
  /** What it accepts, and its help. */
  Syntax syntax();

  /** Does its work and returns the exit code. */
  int run(Context context);
}
