package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Logging in to PostgreSQL")
class PostgresLoginTest {
  private static final String PASSWORD = "Correct-Horse:9\\x";

  @TempDir Path home = Path.of("");

  private final String role = TestServer.newName();
  private final String schema = TestServer.newName();
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void createRole() {
    environment.put("HOME", home.toString());
    TestServer.execute(
        "CREATE ROLE "
            + role
            + " LOGIN PASSWORD '"
            + PASSWORD
            + "';"
            + "CREATE SCHEMA "
            + schema
            + " AUTHORIZATION "
            + role
            + ";"
            + "GRANT CREATE ON DATABASE postgres TO "
            + role);
    TestServer.addRule(role, "scram-sha-256");
  }

  @AfterEach
  void drop() {
    TestServer.drop(schema);
    TestServer.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
  }

  private String url(String user, String database) {
    String[] place = TestServer.hostAndPort();
    return "postgresql://"
        + user
        + "@"
        + place[0]
        + ":"
        + place[1]
        + "/"
        + database
        + "?retry-timeout=0s&schema="
        + schema;
  }

  private PostgresStateStore open(String url) {
    return PostgresStateStore.builder(url).environment(environment).build();
  }

  private String message(String url) {
    StoreUnavailableException e =
        catchThrowableOfType(StoreUnavailableException.class, () -> open(url).close());
    assertThat(e).isNotNull();
    assertThat(e.getMessage()).doesNotContain(PASSWORD, "cannot be reached");
    return String.valueOf(e.getMessage());
  }

  private Path passwordFile(String line, String permissions) throws IOException {
    Path file = home.resolve(".pgpass");
    Files.writeString(file, "# comment\nother:*:*:*:wrong\n" + line + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  private String line() {
    String[] place = TestServer.hostAndPort();
    return place[0]
        + ":"
        + place[1]
        + ":*:"
        + role
        + ":"
        + PASSWORD.replace("\\", "\\\\").replace(":", "\\:");
  }

  @Test
  @DisplayName("without a password names the user and the places searched for a password")
  void noPassword() {
    assertThat(message(url(role, "postgres")))
        .contains(
            "asks for a password of user " + role,
            "the URL (none), PGPASSWORD (not set), PGPASSFILE (not set), "
                + home.resolve(".pgpass")
                + " (does not exist)");
  }

  @Test
  @DisplayName("uses the password of $HOME/.pgpass")
  void homeFile() throws IOException {
    passwordFile(line(), "rw-------");
    open(url(role, "postgres")).close();
  }

  @Test
  @DisplayName("uses the password of PGPASSWORD, and of the file that PGPASSFILE names")
  void variables() throws IOException {
    environment.put("PGPASSWORD", PASSWORD);
    open(url(role, "postgres")).close();
    environment.remove("PGPASSWORD");
    Path file = passwordFile(line(), "rw-------");
    environment.put("HOME", home.resolve("elsewhere").toString());
    environment.put("PGPASSFILE", file.toString());
    open(url(role, "postgres")).close();
  }

  @Test
  @DisplayName("ignores a password file that others can read, and reports it")
  void openFile() throws IOException {
    passwordFile(line(), "rw-r--r--");
    assertThat(message(url(role, "postgres")))
        .contains("ignored, because other users may access it", "rw-r--r--", "chmod 600");
  }

  @Test
  @DisplayName("reports that a password file has no line for the connection")
  void noLine() throws IOException {
    passwordFile("*:*:*:somebody:x", "rw-------");
    assertThat(message(url(role, "postgres")))
        .contains("has no line for this host, port, database and user");
  }

  @Test
  @DisplayName("with a wrong password names the source of the password")
  void wrongPassword() {
    environment.put("PGPASSWORD", "Wrong-Horse");
    assertThat(message(url(role, "postgres")))
        .contains("does not accept the password of user " + role, "the password is from PGPASSWORD")
        .doesNotContain("Wrong-Horse");
    assertThat(message(url(role + ":Wrong-Horse", "postgres")))
        .contains("from the URL")
        .doesNotContain("Wrong-Horse");
  }

  @Test
  @DisplayName("against the rules of the server names pg_hba.conf")
  void rules() {
    String barred = TestServer.newName();
    TestServer.execute("CREATE ROLE " + barred + " LOGIN");
    try {
      TestServer.addRule(barred, "reject");
      assertThat(message(url(barred, "postgres"))).contains("user " + barred, "pg_hba.conf");
    } finally {
      TestServer.execute("DROP ROLE " + barred);
    }
  }

  @Test
  @DisplayName("as a missing role, a role without LOGIN, or to a missing database says so")
  void missing() {
    String missing = TestServer.newName();
    assertThat(message(url(missing, "postgres")))
        .contains("rejected user " + missing, "does not exist", "CREATE ROLE");
    TestServer.execute("CREATE ROLE " + missing);
    try {
      assertThat(message(url(missing, "postgres"))).contains("not permitted to log in");
    } finally {
      TestServer.execute("DROP ROLE " + missing);
    }
    environment.put("PGPASSWORD", PASSWORD);
    assertThat(message(url(role, "no_such_database"))).contains("no_such_database", "createdb");
  }

  @Test
  @DisplayName("at an unknown host says so")
  void unknownHost() {
    assertThat(message("postgresql://me@no-such-host.invalid/flows?retry-timeout=0s"))
        .contains("host name is unknown");
  }
}
