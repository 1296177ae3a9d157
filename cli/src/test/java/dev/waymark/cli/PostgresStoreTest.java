package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testkit.Await;
import dev.waymark.testserver.RestartableServer;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a store on PostgreSQL")
class PostgresStoreTest extends CliTest {
  private static final String PASSWORD = "s3cret-Pass";

  private final String schema = TestServer.newName();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  /** Returns the URL of the server in the form of the command line, with these parameters. */
  private static String url(String parameters) {
    return TestServer.url(parameters).replaceFirst("^jdbc:", "");
  }

  @Test
  @DisplayName("runs, lists and shows; only the user can access its logs in the home directory")
  void run() throws IOException {
    environment.put(
        "WAYMARK_STORE", url("schema=" + schema + "&max-page-size=10&default-page-size=7"));
    Run run = runFile(HELLO);
    assertThat(run.err()).doesNotContain("WARN");
    assertThat(run.exitCode()).isZero();
    assertThat(parse(waymark("executions", "list", "-o", "json").out()))
        .containsEntry("total", 1)
        .containsEntry("limit", 7);
    assertThat(waymark("executions", "list", "--limit", "11").err())
        .isEqualTo("waymark: --limit 11 is out of range; use 1 to 10\n");
    Run logs = waymark("logs", run.id(), "--task", "greet");
    assertThat(logs.out() + logs.err()).isEqualTo("hello world\n");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve(".waymark/logs"))))
        .isEqualTo("rwx------");
    assertThat(home.resolve(".waymark/waymark.db")).doesNotExist();
  }

  @Test
  @DisplayName(
      "commands that only read use the replica of --read-store, and say how far it is behind")
  void replica() throws Exception {
    try (RestartableServer primary = RestartableServer.start()) {
      environment.put("WAYMARK_STORE", on(primary));
      String id = runFile(HELLO).id();
      try (RestartableServer standby = primary.standby(freePort())) {
        Await.until("the end on the standby", () -> show(standby, id).contains("SUCCEEDED"));
        Run list = waymark("executions", "list", "--read-store", on(standby), "-o", "json");
        assertThat(parse(list.out())).containsEntry("total", 1);
        assertThat(list.err()).startsWith("waymark: read from a replica that ").hasLineCount(1);
        environment.put("WAYMARK_READ_STORE", on(standby));
        assertThat(waymark("logs", id).out()).contains("hello world");
        assertThat(waymark("workflows", "list").err()).contains("replica");
        assertThat(waymark("executions", "rerun", id).err()).doesNotContain("replica");
        environment.put("WAYMARK_READ_STORE", on(primary));
        assertThat(waymark("workflows", "list").err()).isEmpty();
      }
    }
  }

  private String show(RestartableServer server, String id) {
    return waymark("executions", "show", id, "--read-store", on(server)).out();
  }

  private static String on(RestartableServer server) {
    return "postgresql://postgres@localhost:" + server.port() + "/postgres?retry-timeout=5s";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  @DisplayName("a file is no replica")
  void noReplica() throws IOException {
    runFile(HELLO);
    assertThat(waymark("executions", "list", "--read-store", "sqlite:copy.db").err())
        .isEqualTo(
            "waymark: no read-only store at sqlite:copy.db: it has no replicas; give the URL of a"
                + " PostgreSQL server, or read from the store itself\n");
  }

  @Test
  @DisplayName("an unreachable server exits with 3")
  void unreachable() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertUnavailable(
        "postgresql://me:" + PASSWORD + "@localhost:" + closed + "/flows?retry-timeout=100ms",
        "localhost:" + closed + "/flows",
        "check host and port");
  }

  @Test
  @DisplayName("a worker waits for a server that is not reachable yet, and reports this")
  void workerWaits() throws Exception {
    String[] place = TestServer.hostAndPort();
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      int port = proxy.getLocalPort();
      AtomicBoolean up = new AtomicBoolean();
      Thread forward = new Thread(() -> forward(proxy, up, place), "test-proxy");
      forward.setDaemon(true);
      forward.start();
      String url =
          url("schema=" + schema + "&retry-timeout=100ms")
              .replace(place[0] + ":" + place[1], "localhost:" + port);
      Background worker = begin("--store", url, "worker", "--until-idle");
      Await.until("the message", () -> worker.err().contains("; retrying in 1s"));
      up.set(true);
      Run run = worker.await();
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.err()).startsWith("waymark: cannot ");
    }
  }

  /** Forwards connections once the server is up; before that, closes them at once. */
  private static void forward(ServerSocket proxy, AtomicBoolean up, String[] place) {
    while (!proxy.isClosed()) {
      try {
        Socket client = proxy.accept();
        if (!up.get()) {
          client.close();
          continue;
        }
        Socket server = new Socket(place[0], Integer.parseInt(place[1]));
        pump(client, server);
        pump(server, client);
      } catch (IOException e) {
        return; // The test is over.
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    Thread pump =
        new Thread(
            () -> {
              try (from;
                  to) {
                from.getInputStream().transferTo(to.getOutputStream());
              } catch (IOException e) {
                // One side has gone.
              }
            },
            "test-pump");
    pump.setDaemon(true);
    pump.start();
  }

  @Test
  @DisplayName("a worker does not wait after a permanent error")
  void workerFails() {
    Run run =
        waymark(
            "--store",
            "postgresql://postgres@"
                + String.join(":", TestServer.hostAndPort())
                + "/no_such_database",
            "worker",
            "--until-idle");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("createdb").doesNotContain("retrying in");
  }

  @Test
  @DisplayName("a missing database exits with 3")
  void missingDatabase() {
    String[] place = TestServer.hostAndPort();
    assertUnavailable(
        "postgresql://postgres:" + PASSWORD + "@" + place[0] + ":" + place[1] + "/no_such_database",
        "no_such_database",
        "createdb");
  }

  @Test
  @DisplayName("a user without the right to create the schema gets exit code 3 and what to do")
  void noRights() {
    String role = TestServer.newName();
    TestServer.execute("CREATE ROLE " + role + " LOGIN");
    try {
      String[] place = TestServer.hostAndPort();
      String url =
          "postgresql://" + role + "@" + place[0] + ":" + place[1] + "/postgres?schema=" + schema;
      Run run = waymark("pools", "set", "gpu", "--slots", "1", "--store", url);
      assertThat(run.exitCode()).isEqualTo(3);
      assertThat(run.err()).contains("user " + role, "CREATE SCHEMA " + schema);
    } finally {
      TestServer.execute("DROP ROLE " + role);
    }
  }

  @Test
  @DisplayName("a missing schema exits with 3 and is not created")
  void missingSchema() {
    assertUnavailable(url("schema=" + schema), "no store at ", schema);
    assertThat(
            TestServer.text("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .isEqualTo("0");
  }

  @Test
  @DisplayName("a schema of a newer version exits with 3")
  void newerSchema() {
    String url = url("schema=" + schema);
    assertThat(waymark("pools", "set", "gpu", "--slots", "1", "--store", url).exitCode()).isZero();
    TestServer.execute("UPDATE " + schema + ".waymark_version SET version = 999");
    assertUnavailable(url, "newer", schema);
  }

  @Test
  @DisplayName("an unknown setting or parameter is refused before the store is opened")
  void unknownSetting() {
    Run run =
        waymark("executions", "list", "--store", "postgresql://h/db?shema=x&password=" + PASSWORD);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("shema", "schema").doesNotContain(PASSWORD);
  }

  @Test
  @DisplayName("a hint names the store without the password")
  void hint() {
    String url = url("schema=" + schema + "&password=" + PASSWORD);
    file("flow.yaml", FAILING);
    Run run = waymark("run", "-f", "flow.yaml", "--store", url);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out() + run.err())
        .contains("--store 'postgresql://", "schema=" + schema)
        .doesNotContain(PASSWORD);
  }

  private void assertUnavailable(String url, String... words) {
    Run run = waymark("executions", "list", "--store", url);
    assertThat(run.err()).startsWith("waymark: ").contains(words);
    assertThat(run.err())
        .doesNotContain(PASSWORD)
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    assertThat(run.err().lines().count()).isEqualTo(1);
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
  }
}
