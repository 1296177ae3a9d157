package dev.waymark.runner.internal.process;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes how a process ended. */
public final class Signals {
  /** For a process that signal n ended, a shell reports exit code 128 + n, and so does Java. */
  private static final int BASE = 128;

  /** The exit code of a process that ended by an interrupt from the terminal. */
  static final int INTERRUPTED = BASE + 2;

  /** The signals whose numbers are the same on every Unix. */
  private static final Map<Integer, String> NAMES =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 6, "SIGABRT", 8, "SIGFPE", 9, "SIGKILL", 11,
          "SIGSEGV", 13, "SIGPIPE", 14, "SIGALRM", 15, "SIGTERM");

  private Signals() {}

  /** Why this exit code is not a success; null for 0. */
  static @Nullable String error(int exitCode) {
    if (exitCode == 0) {
      return null;
    }
    String name = NAMES.get(exitCode - BASE);
    return name == null
        ? "exited with code " + exitCode
        : "killed by signal " + (exitCode - BASE) + " (" + name + ")";
  }
}
