package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.worker.internal.lease.Workers;
import java.nio.file.Path;
import java.util.Map;

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

  /** Runs a script as an attempt would and gives its exit code. */
  public static int runScript(String script, Path folder, Path pidFile) throws Exception {
    AttemptFiles files = new AttemptFiles(folder.resolve("log"), pidFile, folder.resolve("files"));
    files.prepare();
    return new ShellCommand(script, folder, Map.of(), InheritedEnv.ALL, files, null)
        .start(ProcessGroups.detect())
        .leader()
        .waitFor();
  }
}
