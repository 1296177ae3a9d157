package dev.waymark.testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A separate server that a test stops and starts again, with the same data and the same port. Not
 * thread-safe.
 */
public final class RestartableServer implements AutoCloseable {
  private final EmbeddedPostgres made;
  private final List<String> command;
  private final Path data;
  private ProcessHandle postmaster;

  private RestartableServer(EmbeddedPostgres made) throws SQLException, IOException {
    this.made = made;
    try (Connection connection = DriverManager.getConnection(url())) {
      this.data = Path.of(TestServer.text(connection, "SHOW data_directory"));
    }
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    this.postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    this.command = command(postmaster.info());
  }

  /** Starts a server with the settings of {@link TestServer}. */
  public static RestartableServer start() throws SQLException, IOException {
    return new RestartableServer(TestServer.start());
  }

  /**
   * The command that started the server, so that it can be started again. The server refuses to run
   * as root.
   */
  private static List<String> command(ProcessHandle.Info info) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(info.command().orElseThrow());
    command.addAll(List.of(info.arguments().orElseThrow()));
    return command;
  }

  /** A JDBC URL of the server, the same after every start. */
  public String url() {
    return made.getJdbcUrl("postgres", "postgres");
  }

  /** Its port, the same after every start. */
  public int port() {
    return made.getPort();
  }

  /**
   * Stops it in the mode "immediate": all its processes end without writing anything, and the next
   * start recovers from the log.
   */
  public void stopImmediately() throws IOException, InterruptedException {
    signal("-QUIT");
    postmaster.onExit().join();
  }

  /** Starts it again and returns when it accepts clients. */
  public void restart() throws IOException, InterruptedException {
    Process process = launch();
    while (!letsIn()) {
      if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
        throw new IOException("the server did not start again, its log is " + log());
      }
    }
  }

  /**
   * Starts it again in a mode in which it answers every client that it is starting up, until {@link
   * #promote}.
   */
  public void restartUnready() throws IOException {
    Files.createFile(data.resolve("standby.signal"));
    launch("-c", "hot_standby=off");
  }

  /** Ends the start-up that {@link #restartUnready} began. */
  public void promote() throws IOException, InterruptedException {
    Files.createFile(data.resolve("promote"));
    signal("-USR1");
  }

  private Process launch(String... more) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    Process process =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log()).start();
    postmaster = process.toHandle();
    return process;
  }

  private File log() {
    return data.resolve("restart.log").toFile();
  }

  private boolean letsIn() {
    try (Connection connection = DriverManager.getConnection(url())) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    String pid = Long.toString(postmaster.pid());
    int exit = new ProcessBuilder("kill", signal, pid).start().waitFor();
    if (exit != 0) {
      throw new IOException("kill " + signal + " " + pid + " ended with " + exit);
    }
  }

  /** Stops it and deletes its data, even if it was restarted. */
  @Override
  public void close() throws IOException {
    made.close();
  }
}
