package dev.waymark.testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A separate server that a test stops and starts again, with the same data and the same port, or a
 * standby of such a server. Not thread-safe.
 */
public final class RestartableServer implements AutoCloseable {
  private final int port;
  private final Path data;
  private final List<String> command;
  private final Closeable onClose;
  private ProcessHandle postmaster;

  private RestartableServer(EmbeddedPostgres made) throws SQLException, IOException {
    this.port = made.getPort();
    this.onClose = made;
    try (Connection connection = connect()) {
      this.data = Path.of(TestServer.text(connection, "SHOW data_directory"));
    }
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    this.postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    this.command = command(postmaster.info());
  }

  /** A standby, with a copy of the data of its primary. */
  private RestartableServer(RestartableServer primary, int port, Path data)
      throws IOException, InterruptedException {
    this.port = port;
    this.data = data;
    this.command = primary.commandFor(data, port);
    this.onClose = this::delete;
    this.postmaster = launch().toHandle();
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

  private List<String> commandFor(Path otherData, int otherPort) {
    List<String> other = new ArrayList<>(command);
    other.set(other.indexOf("-D") + 1, otherData.toString());
    other.set(other.indexOf("-p") + 1, Integer.toString(otherPort));
    return other;
  }

  /**
   * Starts a standby of this server at this port, and returns when it has received everything that
   * was committed by now. The server may be in use.
   */
  public RestartableServer standby(int otherPort)
      throws SQLException, IOException, InterruptedException {
    Path copy = Files.createTempDirectory("standby");
    RestartableServer standby = null;
    boolean isReady = false;
    try (Connection connection = connect()) {
      new BaseBackup(connection, data, copy).take(port);
      standby = new RestartableServer(this, otherPort, copy);
      standby.awaitStart();
      awaitReplicated(connection);
      isReady = true;
      return standby;
    } finally {
      if (!isReady) {
        close(standby, copy);
      }
    }
  }

  private static void close(@Nullable RestartableServer standby, Path copy) throws IOException {
    if (standby == null) {
      BaseBackup.delete(copy);
    } else {
      standby.close();
    }
  }

  /** Returns when the standby has received everything that was committed by now. */
  public void awaitReplicated() throws SQLException, InterruptedException {
    try (Connection connection = connect()) {
      awaitReplicated(connection);
    }
  }

  /**
   * Makes every commit wait for the standby from now on. Returns when a commit of another program
   * has waited and the standby has received everything before it, so the server must be in use.
   */
  public void replicateSynchronously() throws SQLException, InterruptedException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
      statement.execute("SELECT pg_reload_conf()");
      String waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
      while (TestServer.text(connection, waiting).equals("0")) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      awaitReplicated(connection);
    }
  }

  private static void awaitReplicated(Connection connection)
      throws SQLException, InterruptedException {
    String position = TestServer.text(connection, "SELECT pg_current_wal_lsn()");
    String arrived =
        "SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= '" + position + "'";
    while (TestServer.text(connection, arrived).equals("0")) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  /** A JDBC URL of the server, the same after every start. */
  public String url() {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres";
  }

  /** Its port, the same after every start. */
  public int port() {
    return port;
  }

  /**
   * Stops it in the mode "immediate": all its processes end without writing anything, and the next
   * start recovers from the log.
   */
  public void stopImmediately() throws IOException, InterruptedException {
    signal("-QUIT");
    postmaster.onExit().join();
  }

  /** Kills all its processes, as {@code kill -9} does. The next start recovers from the log. */
  public void kill() {
    List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
    // The first one starts no process after this.
    boolean unused = postmaster.destroyForcibly();
    postmaster.descendants().forEach(all::add);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  /** Starts it again and returns when it accepts clients. */
  public void restart() throws IOException, InterruptedException {
    postmaster = launch().toHandle();
    awaitStart();
  }

  private void awaitStart() throws IOException, InterruptedException {
    while (!letsIn()) {
      if (!postmaster.isAlive()) {
        throw new IOException("the server did not start, its log is " + log());
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /**
   * Starts it again in a mode in which it answers every client that it is starting up, until {@link
   * #promote}.
   */
  public void restartUnready() throws IOException {
    Files.createFile(data.resolve("standby.signal"));
    postmaster = launch("-c", "hot_standby=off").toHandle();
  }

  /** Ends the start-up that {@link #restartUnready} began, or makes a standby a primary. */
  public void promote() throws IOException, InterruptedException {
    Files.createFile(data.resolve("promote"));
    signal("-USR1");
  }

  /** Makes a standby a primary, and returns when it accepts writes. */
  public void takeOver() throws SQLException, IOException, InterruptedException {
    promote();
    try (Connection connection = connect()) {
      while (TestServer.text(connection, "SELECT pg_is_in_recovery()").equals("t")) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** From now on sends nothing to its standby, as with a broken link, until it is killed. */
  public void suspendReplication() throws SQLException, IOException, InterruptedException {
    try (Connection connection = connect()) {
      signal("-STOP", TestServer.text(connection, "SELECT pid FROM pg_stat_replication"));
    }
  }

  private Process launch(String... more) throws IOException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log()).start();
  }

  private File log() {
    return data.resolve("restart.log").toFile();
  }

  private boolean letsIn() {
    try (Connection connection = connect()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private void signal(String signal) throws IOException, InterruptedException {
    signal(signal, Long.toString(postmaster.pid()));
  }

  private static void signal(String signal, String pid) throws IOException, InterruptedException {
    int exit = new ProcessBuilder("kill", signal, pid).start().waitFor();
    if (exit != 0) {
      throw new IOException("kill " + signal + " " + pid + " ended with " + exit);
    }
  }

  private void delete() throws IOException {
    if (postmaster.isAlive()) {
      kill();
    }
    BaseBackup.delete(data);
  }

  /** Stops it and deletes its data, even if it was restarted. */
  @Override
  public void close() throws IOException {
    onClose.close();
  }
}
