package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.file.internal.EnvironmentLimits;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One script to run.
 *
 * <p>The script is a file that only its owner can read. So it does not appear in lists of
 * processes, has no size limit except that of the definition, and may begin with any character.
 *
 * <p>Both output streams of the script are one pipe. A second process, the log writer, appends the
 * data of the pipe to the log file. So {@code echo x > /dev/stderr} adds a line; if the log file
 * itself were standard error, the command would truncate it. The log writer has its own process
 * group: it is not ended with the script's group, and it ends when no process can write to the pipe
 * any more. Like the script, it outlives this process. When the log cannot be written, the log
 * writer discards the rest and ends with an error. So the script receives no SIGPIPE when a disk is
 * full.
 *
 * @param script what the shell runs, with {@code -e}
 * @param directory the directory in which it runs
 * @param environment the variables that are added to the inherited ones
 * @param inheritedEnv the variables that it inherits from this process
 * @param files the files of the script, its log and its outputs. The shell itself writes the pid
 *     file, so the file exists whenever the script runs. If the file already exists, the script
 *     does not run.
 * @param timeout how long it may take, or null for no limit
 */
public record ShellCommand(
    String script,
    Path directory,
    Map<String, String> environment,
    InheritedEnv inheritedEnv,
    AttemptFiles files,
    @Nullable Duration timeout) {
  private static final Logger LOG = LoggerFactory.getLogger(ShellCommand.class);
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern TOO_LARGE = Pattern.compile("error=7\\b");
  private static final byte[] GO = "go\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * The shell waits for a line, so the script runs only if the log writer has started as well. Then
   * the shell creates the pid file. Only one process can create that file: this shell, or a worker
   * that assumes that the shell's worker is dead.
   */
  private static final String BEGIN =
      "read -r waymark_go || exit 125; set -C; echo $$ >\"$1\" && set +C && exec </dev/null"
          + " && { [ -z \"$4\" ] || . \"$4\"; } && exec \"$2\" -e \"$3\"";

  /** The log writer survives the signals that end a group, even if it has no group of its own. */
  private static final String WRITE_LOG =
      "trap '' HUP INT TERM; cat || { cat >/dev/null; exit 1; }";

  /**
   * The processes that were started.
   *
   * @param leader the script, which leads its process group
   * @param logWriter ends when no process has the pipe open any more
   */
  record Started(Process leader, Process logWriter) {}

  /**
   * Starts the script as the leader of a new process group.
   *
   * @throws IOException when it cannot start; nothing of the script runs then
   */
  Started start(ProcessGroups groups) throws IOException {
    return start(groups, SHELL, ShellText.platform());
  }

  Started start(ProcessGroups groups, Path shell, Charset platform) throws IOException {
    check(shell);
    AttemptFiles.write(files.script(), script);
    Map<String, String> unsafe = unsafe(platform);
    if (!unsafe.isEmpty()) {
      StringBuilder text = new StringBuilder();
      unsafe.forEach((name, value) -> text.append(ShellText.assign(name, value)));
      AttemptFiles.write(files.variables(), text.toString());
    }
    try {
      List<Process> started =
          ProcessBuilder.startPipeline(List.of(leader(groups, shell, unsafe), logWriter(groups)));
      startScript(started.get(0));
      return new Started(started.get(0), started.get(1));
    } catch (IllegalArgumentException e) {
      throw new NeverStartsException(
          "the environment cannot be given to a process: " + e.getMessage());
    } catch (IOException e) {
      throw TOO_LARGE.matcher(String.valueOf(e.getMessage())).find() ? tooLarge() : e;
    }
  }

  private NeverStartsException tooLarge() {
    long bytes = 0;
    for (Map.Entry<String, String> each : environment.entrySet()) {
      bytes += EnvironmentLimits.totalBytes(each.getKey(), each.getValue());
    }
    return new NeverStartsException(
        "this system starts no process with an environment of this size: "
            + bytes
            + " bytes of the task, and what it inherits of its worker; put large values into"
            + " files, or inherit less by \"inherit-env\"");
  }

  private void check(Path shell) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(
          "working directory "
              + directory
              + (Files.exists(directory) ? " is not a directory" : " does not exist"));
    }
    if (!Files.isExecutable(shell)) {
      throw new IOException("shell " + shell + " cannot be executed");
    }
  }

  private ProcessBuilder leader(ProcessGroups groups, Path shell, Map<String, String> unsafe) {
    List<String> command =
        List.of(
            shell.toString(),
            "-c",
            BEGIN,
            "sh",
            files.pidFile().toString(),
            shell.toString(),
            files.script().toAbsolutePath().toString(),
            unsafe.isEmpty() ? "" : files.variables().toAbsolutePath().toString());
    ProcessBuilder builder = new ProcessBuilder(groups.leading(command));
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true);
    WorkerVariables.retain(builder.environment(), inheritedEnv);
    if (environment.containsKey("TRACEPARENT")) {
      builder.environment().remove("TRACESTATE"); // That of the worker belongs to another trace.
    }
    environment.forEach(
        (name, value) -> builder.environment().put(name, unsafe.containsKey(name) ? "" : value));
    return builder;
  }

  private ProcessBuilder logWriter(ProcessGroups groups) {
    ProcessBuilder builder =
        new ProcessBuilder(groups.leading(List.of(SHELL.toString(), "-c", WRITE_LOG)));
    String path = builder.environment().get("PATH");
    builder.environment().clear();
    if (path != null) {
      builder.environment().put("PATH", path);
    }
    builder.directory(new File("/"));
    builder.redirectOutput(Redirect.appendTo(files.log().toAbsolutePath().toFile()));
    return builder.redirectError(Redirect.DISCARD);
  }

  private static void startScript(Process leader) {
    try (OutputStream gate = leader.getOutputStream()) {
      gate.write(GO);
    } catch (IOException e) {
      LOG.debug("process {} ended before its script could begin", leader.pid(), e);
    }
  }

  /** The variables that the shell must set, because Java cannot pass them unchanged. */
  private Map<String, String> unsafe(Charset platform) {
    Map<String, String> unsafe = new LinkedHashMap<>();
    environment.forEach(
        (name, value) -> {
          if (!ShellText.isSafe(value, platform) && VARIABLE.matcher(name).matches()) {
            unsafe.put(name, value);
          }
        });
    return unsafe;
  }
}
