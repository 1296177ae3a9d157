package dev.waymark.cli.internal.syntax;

/**
 * The positional argument of a command.
 *
 * @param label its name in the help
 * @param required whether the command requires it
 * @param repeatable whether the command takes any number of them
 * @param help its description
 */
public record Operand(String label, boolean required, boolean repeatable, String help) {
  /** An argument that is given at most once. */
  public Operand(String label, boolean required, String help) {
    this(label, required, false, help);
  }
}
