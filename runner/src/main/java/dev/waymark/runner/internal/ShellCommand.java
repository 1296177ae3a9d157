package dev.waymark.runner.internal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One script to run.
 *
 * @param script what the shell runs, with {@code -e}
 * @param directory where it runs
 * @param environment what is added to the environment that this process has
 * @param log the file that takes its output and its errors, in the order in which they are written
 * @param pidFile holds the id of the process group from before the script's first command until the
 *     group is gone, so that whoever finds an attempt whose worker died can end what the worker
 *     left behind. The shell writes it itself: there is no moment in which the script runs and the
 *     file is not there. Where it is there already the script does not run.
 * @param timeout how long it may take, or null for no bound
 */
record ShellCommand(
    String script,
    Path directory,
    Map<String, String> environment,
    Path log,
    Path pidFile,
    @Nullable Duration timeout) {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final String SCRIPT_VARIABLE = "waymark_script";

  /** Whoever creates the file first wins: this shell, or one who takes its worker for dead. */
  private static final String BEGIN = "set -C; echo $$ >\"$1\" && set +C && exec \"$2\" -e -c ";

  /** Starts it as the leader of a new process group. */
  Process start(ProcessGroups groups) throws IOException {
    return start(groups, SHELL, ShellText.platform());
  }

  Process start(ProcessGroups groups, Path shell, Charset platform) throws IOException {
    check(shell);
    createDirectory(log.toAbsolutePath().getParent());
    Map<String, String> escaped = escaped(platform);
    ProcessBuilder builder = new ProcessBuilder(groups.leading(command(shell, escaped, platform)));
    builder.directory(directory.toFile());
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      environment.forEach(
          (name, value) -> builder.environment().put(name, escaped.containsKey(name) ? "" : value));
      return builder.start();
    } catch (IllegalArgumentException e) {
      throw new IOException("the environment cannot be given to a process: " + e.getMessage(), e);
    }
  }

  /** What a task prints may be secret, so a new directory is its user's alone. */
  static void createDirectory(@Nullable Path folder) throws IOException {
    try {
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, ownerOnly(folder));
      }
    } catch (IOException e) {
      throw new IOException("log directory " + folder + " cannot be made: " + e, e);
    }
    FolderOwners.check(folder);
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
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

  /** The variables that the shell must set because Java cannot hand them over unharmed. */
  private Map<String, String> escaped(Charset platform) {
    Map<String, String> escaped = new LinkedHashMap<>();
    environment.forEach(
        (name, value) -> {
          if (!ShellText.isSafe(value, platform) && VARIABLE.matcher(name).matches()) {
            escaped.put(name, value);
          }
        });
    return escaped;
  }

  private List<String> command(Path shell, Map<String, String> escaped, Charset platform) {
    StringBuilder begin = new StringBuilder();
    escaped.forEach((name, value) -> begin.append(ShellText.assign(name, value)));
    boolean safe = ShellText.isSafe(script, platform);
    if (!safe) {
      begin.append(ShellText.assign(SCRIPT_VARIABLE, script));
    }
    begin.append(BEGIN).append(safe ? "\"$3\"" : "\"$" + SCRIPT_VARIABLE + "\"");
    return List.of(
        shell.toString(),
        "-c",
        begin.toString(),
        "sh",
        pidFile.toString(),
        shell.toString(),
        safe ? script : "");
  }
}
