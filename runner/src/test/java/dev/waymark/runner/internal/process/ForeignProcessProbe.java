package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/** A worker as a separate process, so that a test can remove rights from it. */
final class ForeignProcessProbe {
  private ForeignProcessProbe() {}

  /**
   * Runs a script with a time-out and writes how it ended into the file {@code end}.
   *
   * @param args folder, script
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    AttemptFiles files = AttemptFiles.of(folder.resolve("a.1.log"));
    files.prepare();
    ShellCommand command =
        new ShellCommand(
            args[1], folder, Map.of(), InheritedEnv.ALL, files, Duration.ofMillis(500));
    var timer = Executors.newSingleThreadScheduledExecutor();
    ProcessEnd end =
        TaskProcess.start(command, ProcessGroups.detect(), timer, Duration.ofMillis(500))
            .ended()
            .get();
    timer.shutdownNow();
    Files.writeString(
        folder.resolve("end"), end.cause() + "|" + end.error() + "|" + end.leftRunning());
  }
}
