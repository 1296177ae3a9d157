package dev.waymark.cli;

import dev.waymark.cli.internal.Cli;
import dev.waymark.cli.internal.base.Surroundings;
import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.testkit.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Runs command lines in this process, each test in its own home directory, with a real store and
 * real tasks.
 */
abstract class CliTest {
  static final ZoneId ZONE = ZoneOffset.ofHours(2);

  static final String HELLO =
      """
      id: hello
      description: Says hello
      labels: {team: data}
      inputs:
        name: {description: Whom to greet, default: world}
      tasks:
        greet:
          run: echo "hello $INPUT_NAME"
        part:
          needs: [greet]
          run: echo bye
      """;

  static final String FAILING =
      """
      id: failing
      tasks:
        good: {run: echo fine}
        bad: {run: "echo oops; exit 3"}
        after: {needs: [bad], run: echo never}
      """;

  static final String FLAKY =
      """
      id: flaky
      tasks:
        once:
          run: echo "try $WAYMARK_ATTEMPT"; test "$WAYMARK_ATTEMPT" -ge 2
          retry: {max-attempts: 3, delay: 1ms}
      """;

  @TempDir Path home;

  final Map<String, String> environment = new HashMap<>();
  Terminal terminal = Terminal.none();
  byte[] stdin = new byte[0];

  /** The result of a command line. */
  record Run(int exitCode, String out, String err) {
    String lastLine() {
      List<String> lines = out.lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    /** Returns the id in the last line, {@code execution ID STATE}. */
    String id() {
      return lastLine().split(" ", -1)[1];
    }
  }

  Run waymark(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = waymark(out, err, words);
    return new Run(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  int waymark(OutputStream out, OutputStream err, String... words) {
    return waymark(home, out, err, words);
  }

  private int waymark(Path folder, OutputStream out, OutputStream err, String... words) {
    return new Cli(
            new Surroundings(
                environment,
                folder,
                folder,
                new ByteArrayInputStream(stdin),
                out,
                err,
                terminal,
                InstantSource.system(),
                () -> ZONE))
        .run(words);
  }

  /** Runs a command line on a separate thread. */
  Background begin(String... words) {
    return beginAt(home, words);
  }

  /** Runs a command line on a separate thread in another home directory, as on another machine. */
  Background beginAt(Path folder, String... words) {
    return new Background((out, err) -> waymark(folder, out, err, words));
  }

  /** Waits for a file in the home directory that a task writes. */
  void awaitFile(String name) {
    Await.until(name, () -> Files.exists(home.resolve(name)));
  }

  Path file(String name, String content) {
    try {
      Path file = home.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the lines of a file in the home directory, each without surrounding blanks. */
  List<String> lines(String name) {
    try {
      return Files.readAllLines(home.resolve(name)).stream().map(String::strip).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs a workflow file until its execution ends. */
  Run runFile(String content, String... words) {
    file("flow.yaml", content);
    String[] all = new String[words.length + 3];
    all[0] = "run";
    all[1] = "-f";
    all[2] = "flow.yaml";
    System.arraycopy(words, 0, all, 3, words.length);
    return waymark(all);
  }

  /** Returns the states of the task runs of an execution, in the order of the file. */
  List<Object> states(String execution) {
    return list(parse(waymark("executions", "show", execution, "-o", "json").out()), "taskRuns")
        .stream()
        .map(run -> run.get("state"))
        .toList();
  }

  /** Parses JSON or YAML; JSON is also YAML. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> parse(String text) {
    return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> list(Map<String, Object> record, String name) {
    return (List<Map<String, Object>>) record.get(name);
  }
}
