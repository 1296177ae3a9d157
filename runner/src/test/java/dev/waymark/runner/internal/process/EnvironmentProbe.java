package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A worker as a separate process, so that a test controls its environment. Prints nothing: the log
 * of the script is in the folder that the first argument names.
 */
final class EnvironmentProbe {
  private EnvironmentProbe() {}

  /**
   * Runs a script.
   *
   * @param args folder, script, and the names that the task inherits
   */
  public static void main(String[] args) throws Exception {
    AttemptFiles files = AttemptFiles.of(Path.of(args[0]).resolve("a.1.log"));
    files.prepare();
    Set<String> names =
        Set.of(args).stream()
            .filter(n -> n.matches("[*]|[A-Z_]+"))
            .collect(java.util.stream.Collectors.toSet());
    Map<String, String> own = Map.of("OWN", "\u00fc '$HOME' \"x\"\n\n", "PLAIN", "1");
    ShellCommand.Started started =
        new ShellCommand(args[1], Path.of(args[0]), own, new InheritedEnv(names), files, null)
            .start(ProcessGroups.detect());
    started.leader().waitFor();
    started.logWriter().waitFor();
  }
}
