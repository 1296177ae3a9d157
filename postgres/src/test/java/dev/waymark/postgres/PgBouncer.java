package dev.waymark.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A real PgBouncer in front of the server that the tests share. */
final class PgBouncer implements AutoCloseable {
  private static final List<String> PLACES =
      List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer");

  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one, or skips the test if it is not installed.
   *
   * @param folder the folder for its files
   * @param settings lines of its configuration, in addition to those that every test needs
   */
  static PgBouncer start(Path folder, String... settings) throws Exception {
    return startBefore(TestServer.hostAndPort(), folder, settings);
  }

  /** As {@link #start}, in front of what listens on this host and port. */
  static PgBouncer startBefore(String[] server, Path folder, String... settings) throws Exception {
    String program =
        PLACES.stream().filter(p -> Files.isExecutable(Path.of(p))).findFirst().orElse("");
    assumeTrue(!program.isEmpty(), "pgbouncer is not installed (apt-get install pgbouncer)");
    int port = freePort();
    Path ini = write(server, folder, port, settings);
    List<String> command = new ArrayList<>(List.of(program));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody")); // It does not run as root.
    }
    command.add(ini.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("pgbouncer.log").toFile())
            .start();
    PgBouncer started = new PgBouncer(process, port);
    started.awaitStart(folder);
    return started;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Path write(String[] server, Path folder, int port, String... settings)
      throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String user = TestServer.text("SELECT current_user");
    Path users = Files.writeString(folder.resolve("users.txt"), "\"" + user + "\" \"\"\n");
    return Files.writeString(
        folder.resolve("pgbouncer.ini"),
        String.format(
            Locale.ROOT,
            """
            [databases]
            * = host=%s port=%s
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            max_client_conn = 200
            default_pool_size = 3
            %s
            """,
            server[0],
            server[1],
            port,
            users,
            String.join("\n", settings)));
  }

  private void awaitStart(Path folder) throws Exception {
    while (true) {
      try (Connection connection = DriverManager.getConnection(url("loginTimeout=10"))) {
        return;
      } catch (SQLException e) {
        if (!process.isAlive()) {
          throw new IOException(Files.readString(folder.resolve("pgbouncer.log")), e);
        }
        if (!String.valueOf(e.getSQLState()).equals("08001")) {
          return; // It answers.
        }
      }
    }
  }

  int port() {
    return port;
  }

  /** The URL of the shared server through this proxy. */
  String url(String parameters) {
    return TestServer.urlAt("127.0.0.1", port, parameters);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
