package dev.waymark.testserver;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One server for all test JVMs of a build. The first JVM that needs it starts a {@link Keeper}. The
 * others read the URL from a file. The name of the file contains the process id and the start time
 * of the build. So no build uses the server of another build, or a server that an earlier build
 * left running.
 */
final class SharedServer {
  private final Path folder;
  private final ProcessHandle build;

  private SharedServer(Path folder, ProcessHandle build) {
    this.folder = folder;
    this.build = build;
  }

  /**
   * The server of the build that runs this JVM, or null when the JVM does not run in a build that
   * shares one.
   */
  static @Nullable SharedServer ofBuild() {
    String target = System.getProperty("waymark.test.build", "");
    ProcessHandle build = build();
    return target.isEmpty() || build == null
        ? null
        : new SharedServer(Path.of(target, "testserver"), build);
  }

  /** The nearest ancestor that is a JVM, because a shell may be between Maven and its tests. */
  private static @Nullable ProcessHandle build() {
    ProcessHandle process = ProcessHandle.current().parent().orElse(null);
    while (process != null && !process.info().command().orElse("").endsWith("java")) {
      process = process.parent().orElse(null);
    }
    return process;
  }

  /** The URL of the server. Starts the server if it does not run yet. */
  String url() throws IOException {
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Path file = folder.resolve(name() + ".url");
      if (!Files.exists(file)) {
        await(file, startKeeper(file));
      }
      return Files.readString(file);
    }
  }

  private String name() {
    long started = build.info().startInstant().map(instant -> instant.toEpochMilli()).orElse(0L);
    return build.pid() + "-" + started;
  }

  private Process startKeeper(Path file) throws IOException {
    File log = folder.resolve(name() + ".log").toFile();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Keeper.class.getName(),
            Long.toString(build.pid()),
            file.toString())
        .redirectOutput(log)
        .redirectError(log)
        .start();
  }

  private void await(Path file, Process keeper) throws IOException {
    try {
      while (!Files.exists(file)) {
        if (keeper.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "the server for the tests did not start; its log is in " + folder.resolve(name()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the server for the tests started", e);
    }
  }
}
