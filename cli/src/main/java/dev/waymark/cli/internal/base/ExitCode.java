package dev.waymark.cli.internal.base;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the process ends with. Scripts depend on these numbers. */
public final class ExitCode {
  /** Done. */
  public static final int DONE = 0;

  /** The execution failed. */
  public static final int EXECUTION_FAILED = 1;

  /** Wrong usage, or an invalid file or input. */
  public static final int USAGE = 2;

  /** The store cannot be used. */
  public static final int STORE_UNAVAILABLE = 3;

  /** A record was not found, or is not as the command needs it. */
  public static final int NOT_FOUND_OR_CONFLICT = 4;

  /** The execution was cancelled. */
  public static final int CANCELLED = 5;

  /** An error in Waymark itself; the number of {@code EX_SOFTWARE} in sysexits.h. */
  public static final int INTERNAL = 70;

  /** The output could not be written; the number of {@code EX_IOERR} in sysexits.h. */
  public static final int OUTPUT = 74;

  private ExitCode() {}

  /** What each code means, for the help. */
  public static Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    meanings.put("0", "done; the execution succeeded");
    meanings.put("1", "the execution failed");
    meanings.put("2", "wrong usage, or an invalid file or input");
    meanings.put("3", "the store cannot be opened, is locked, or has another schema");
    meanings.put("4", "not found, ambiguous, or in conflict with what is stored");
    meanings.put("5", "the execution was cancelled");
    meanings.put("130, 143", "a run was stopped by Ctrl-C or SIGTERM; \"waymark worker\" goes on");
    meanings.put("70", "an error in Waymark itself; 74: the output could not be written");
    return Collections.unmodifiableMap(meanings);
  }
}
