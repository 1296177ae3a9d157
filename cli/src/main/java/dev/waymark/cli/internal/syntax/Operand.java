package dev.waymark.cli.internal.syntax;

/**
 * The positional argument of a command.
 *
 * @param label its name in the help
 * @param required whether the command requires it
 * @param help its description
 */
public record Operand(String label, boolean required, String help) {}
