package dev.waymark.runner.internal;

/** Lets tests of other packages see whether a process runs. */
public final class ProcessGroupsAccess {
  private ProcessGroupsAccess() {}

  /** Whether a process runs; one that has ended and waits to be collected does not. */
  public static boolean runs(long pid) {
    return ProcessGroupsTest.runs(pid);
  }

  /** The name of a worker that is this process. */
  public static String worker(Process process) {
    return Workers.name(process.toHandle());
  }
}
