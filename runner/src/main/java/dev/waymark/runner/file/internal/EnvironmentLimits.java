package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;

/**
 * The maximum size of an environment. Linux starts no process with a variable of more than 128 KiB,
 * or with arguments and environment of more than 2 MiB together. Other systems have limits of the
 * same order. Half of the 2 MiB is reserved for the variables that a task inherits and for
 * arguments of its commands.
 */
public final class EnvironmentLimits {
  /** Bytes of one variable: name, equals sign, value and the NUL at its end. */
  public static final int MAX_VARIABLE_BYTES = 128 << 10;

  /** Bytes of all variables that Waymark sets for a task, with a pointer to each. */
  public static final int MAX_TOTAL_BYTES = 1 << 20;

  private static final int EQUALS_AND_NUL = 2;
  private static final int POINTER = 8;

  private EnvironmentLimits() {}

  /** The bytes of a variable. */
  public static int variableBytes(String name, String value) {
    return Text.utf8Bytes(name) + Text.utf8Bytes(value) + EQUALS_AND_NUL;
  }

  /** The bytes of a variable that count for the total. */
  public static int totalBytes(String name, String value) {
    return variableBytes(name, value) + POINTER;
  }
}
