package dev.waymark.cli.internal.base;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes of the process. Scripts depend on these numbers. */
public final class ExitCode {
  /** The command succeeded. */
  public static final int DONE = 0;

  /** The execution failed. */
  public static final int EXECUTION_FAILED = 1;

  /** Wrong usage, or an invalid file or input. */
  public static final int USAGE = 2;

  /** The store cannot be used. */
  public static final int STORE_UNAVAILABLE = 3;

  /** A record was not found, or its state conflicts with the command. */
  public static final int NOT_FOUND_OR_CONFLICT = 4;

  /** The execution was cancelled. */
  public static final int CANCELLED = 5;

  /** An internal error in Waymark; the value of {@code EX_SOFTWARE} in sysexits.h. */
  public static final int INTERNAL = 70;

  /** The output could not be written; the value of {@code EX_IOERR} in sysexits.h. */
  public static final int OUTPUT = 74;

  private ExitCode() {}

  /** The meaning of each code, for the help. */
  public static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    meanings.put("0", "done; the execution succeeded");
    meanings.put("1", "the execution failed");
    meanings.put("2", "wrong usage, or an invalid file or input");
    meanings.put("3", "the store cannot be opened, is locked, or has another schema");
    meanings.put("4", "not found, ambiguous, or in conflict with the stored state");
    meanings.put("5", "the execution was cancelled");
    meanings.put(
        "130, 143", "a run was stopped by Ctrl-C or SIGTERM; \"waymark worker\" continues it");
    meanings.put("70", "internal error in Waymark; 74: the output could not be written");
    return Collections.unmodifiableMap(meanings);
  }
}
