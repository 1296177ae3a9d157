package dev.waymark.testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The process that keeps a server for the tests of all modules. It starts the server and writes its
 * URL to a file. It stops the server when the build has ended, whether normally or not.
 */
final class Keeper {
  private Keeper() {}

  /** Arguments: the process id of the build, and the file for the URL. */
  public static void main(String[] arguments) throws Exception {
    ProcessHandle build = ProcessHandle.of(Long.parseLong(arguments[0])).orElseThrow();
    Path file = Path.of(arguments[1]);
    try (EmbeddedPostgres server = TestServer.start()) {
      Path draft = file.resolveSibling(file.getFileName() + ".draft");
      Files.writeString(draft, server.getJdbcUrl("postgres", "postgres"));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      build.onExit().join();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
