package dev.waymark.runner.internal.process;

import dev.waymark.runner.file.internal.EnvironmentLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values that a task receives in its environment, and those that it receives in files because
 * they are too large, or have a NUL character, which ends a value in an environment.
 *
 * @param environment names and values of variables
 * @param files the values in files, by the name of their variable
 */
public record TaskVariables(Map<String, String> environment, Map<String, String> files) {
  private static final int NAMED = 10;

  /**
   * Divides the values of inputs and outputs between environment and files. A value goes to a file
   * when no variable can have it. If all of them together are too large, the largest go to files
   * first.
   *
   * @param fixed variables that are always in the environment
   * @param values variables that may be in files
   */
  public static TaskVariables divide(Map<String, String> fixed, Map<String, String> values) {
    Map<String, String> environment = new LinkedHashMap<>(fixed);
    environment.keySet().removeAll(values.keySet());
    long room = EnvironmentLimits.MAX_TOTAL_BYTES;
    for (Map.Entry<String, String> each : environment.entrySet()) {
      room -= EnvironmentLimits.totalBytes(each.getKey(), each.getValue());
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : bySize(values)) {
      String name = each.getKey();
      int bytes = EnvironmentLimits.totalBytes(name, each.getValue());
      boolean fits =
          each.getValue().indexOf('\0') < 0
              && EnvironmentLimits.variableBytes(name, each.getValue())
                  <= EnvironmentLimits.MAX_VARIABLE_BYTES;
      if (fits && bytes <= room) {
        room -= bytes;
        environment.put(name, each.getValue());
      } else {
        files.put(name, each.getValue());
      }
    }
    return new TaskVariables(environment, files);
  }

  private static List<Map.Entry<String, String>> bySize(Map<String, String> values) {
    List<Map.Entry<String, String>> sorted = new ArrayList<>(values.entrySet());
    sorted.sort(java.util.Comparator.comparingInt(each -> each.getValue().length()));
    return sorted;
  }

  /** Writes the files, and a note in the log that lists them. */
  public void writeFiles(Path folder, Path log) throws IOException {
    if (files.isEmpty()) {
      return;
    }
    AttemptFiles.createDirectory(folder);
    for (Map.Entry<String, String> each : files.entrySet()) {
      AttemptFiles.write(folder.resolve(each.getKey()), each.getValue());
    }
    List<String> names = files.keySet().stream().sorted().limit(NAMED).toList();
    int more = files.size() - names.size();
    LogMark.append(
        log,
        "too large for the environment, or with a NUL character, in files of these names in the"
            + " folder $WAYMARK_VALUES instead: "
            + String.join(", ", names)
            + (more == 0 ? "" : " and " + more + " more"));
  }
}
