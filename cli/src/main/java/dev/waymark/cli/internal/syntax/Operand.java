package dev.waymark.cli.internal.syntax;

/**
 * The word without dashes that a command takes.
 *
 * @param label what it is called in the help
 * @param required whether the command needs it
 * @param help what it means
 */
public record Operand(String label, boolean required, String help) {}
