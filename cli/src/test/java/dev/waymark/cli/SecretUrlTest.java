package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.postgres.PostgresStateStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a password in the URL of a store")
class SecretUrlTest extends CliTest {
  private static final int URLS = 10_000;
  private static final int OPENED = 300;
  private static final long SEED = Long.getLong("waymark.test.seed", 20261127);
  private static final String LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
  private static final String SPECIAL = "/?#@&%:=+;, ";
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  private final StringBuffer seen = new StringBuffer();
  private final PrintStream err = System.err;
  private final Handler records =
      new Handler() {
        private final SimpleFormatter text = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
          seen.append(text.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private int port;

  @BeforeEach
  void listen() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    // A program that embeds the store may have enabled all log messages of the driver.
    records.setLevel(Level.ALL);
    DRIVER.addHandler(records);
    DRIVER.setLevel(Level.ALL);
    DRIVER.setUseParentHandlers(false);
    System.setErr(new PrintStream(new Tee(), true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(err);
    DRIVER.removeHandler(records);
    DRIVER.setLevel(null);
    DRIVER.setUseParentHandlers(true);
  }

  @Test
  @DisplayName("is in no output, exception, text, thread name or log record of any invalid URL")
  void nowhere() {
    Random random = new Random(SEED);
    int opened = 0;
    for (int i = 0; i < URLS; i++) {
      Candidate candidate = Candidate.of(random, port);
      seen.setLength(0);
      DRIVER.setLevel(Level.ALL);
      boolean readable = read(candidate.url());
      if (!readable || (opened < OPENED && seen.indexOf("127.0.0.1:" + port) >= 0)) {
        opened += readable ? 1 : 0;
        open(candidate.url());
        Run run = waymark("executions", "list", "-v", "--store", candidate.url());
        seen.append(run.out()).append(run.err());
        assertThat(run.exitCode()).as("seed %d, URL %d", SEED, i).isIn(2, 3);
      }
      Thread.getAllStackTraces().keySet().forEach(t -> seen.append(t.getName()).append('\n'));
      for (String part : candidate.parts()) {
        assertThat(seen.indexOf(part))
            .as("seed %d, URL %d: %s shows %s in: %s", SEED, i, candidate.url(), part, seen)
            .isNegative();
      }
    }
    assertThat(opened).isEqualTo(OPENED);
  }

  /**
   * Parses a URL as the command line and as an embedder. Returns whether the command line accepts
   * it.
   */
  private boolean read(String url) {
    try {
      seen.append(PostgresStateStore.builder(url).shownUrl()).append('\n');
    } catch (WaymarkException e) {
      note(e);
    }
    try {
      StoreUrl parsed =
          StoreUrl.parse(
              url,
              StoreOptions.builder()
                  .home(home)
                  .environment(environment)
                  .silencesDriver(true)
                  .build());
      seen.append(parsed).append(parsed.shown()).append(parsed.logDirectory());
      return true;
    } catch (WaymarkException e) {
      note(e);
      return false;
    }
  }

  /** Opens the store as an embedder, with all log messages of the driver. */
  private void open(String url) {
    DRIVER.setLevel(Level.ALL);
    try {
      PostgresStateStore.open(url).close();
    } catch (WaymarkException e) {
      note(e);
    }
  }

  private void note(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      seen.append(t).append('\n');
    }
  }

  @Test
  @DisplayName("is not printed by the program itself, from the environment or from an option")
  void program() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 6; i++) {
      Candidate candidate = Candidate.of(random, port);
      List<String> words = new ArrayList<>(List.of("-v", "executions", "list"));
      if (i % 2 == 0) {
        words.addAll(List.of("--store", candidate.url()));
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
      command.addAll(words);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().put("WAYMARK_STORE", candidate.url());
      builder.environment().put("HOME", home.toString());
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isIn(2, 3);
      assertThat(output).contains("waymark: ").doesNotContain(candidate.parts());
    }
  }

  @Test
  @DisplayName("is not shown if the URL is given in place of another argument")
  void elsewhere() {
    String url = "postgresql://me:Hunter2hunter@127.0.0.1/flows";
    for (String[] words :
        List.of(
            new String[] {url},
            new String[] {"executions", url},
            new String[] {"executions", "show", url},
            new String[] {"executions", "list", url},
            new String[] {"executions", "list", "--stroe=" + url},
            new String[] {"executions", "list", "--state", url},
            new String[] {"executions", "list", "--since", url},
            new String[] {"executions", "list", "--limit", url},
            new String[] {"executions", "list", "-o", url},
            new String[] {"executions", "list", "--workflow", url},
            new String[] {"run", url},
            new String[] {"run", "-f", url},
            new String[] {"run", "x", "-p", url},
            new String[] {"apply", "-f", url},
            new String[] {"pools", "set", url, "--slots", "1"})) {
      Run run = waymark(words);
      assertThat(run.out() + run.err()).as(String.join(" ", words)).doesNotContain("Hunter2");
    }
  }

  /** An invalid URL with a password, and the parts of it that must not be shown. */
  private record Candidate(String url, String[] parts) {
    private static final List<String> SCHEMES =
        List.of(
            "postgresql://",
            "postgres://",
            "POSTGRESQL://",
            "Postgres://",
            "jdbc:postgresql://",
            "JDBC:PostgreSQL://",
            "sqlite:",
            "sqlite://",
            "sqlite:///",
            "SQLITE:",
            "mysql://",
            "postgresq://",
            "postgresql:/",
            "postgresql:",
            "postgresql",
            "jdbc:",
            "jdbc:sqlite:",
            "postgresql:///",
            "://",
            "//",
            ":",
            "",
            "x:",
            "jdbc:postgresql:",
            "file:///",
            "\u0130x://");

    static Candidate of(Random random, int port) {
      String first = word(random);
      String second = word(random);
      char special = SPECIAL.charAt(random.nextInt(SPECIAL.length()));
      String plain = first + special + second;
      String password =
          switch (random.nextInt(3)) {
            case 0 -> URLEncoder.encode(plain, StandardCharsets.UTF_8);
            case 1 -> first + second;
            default -> plain;
          };
      String scheme =
          random.nextInt(3) == 0
              ? SCHEMES.get(random.nextInt(SCHEMES.size()))
              : SCHEMES.get(random.nextInt(6));
      String place = "127.0.0.1:" + port + "/flows";
      String query = "?sslmode=disable&retry-timeout=0s";
      boolean inQuery = random.nextInt(3) == 0;
      String tail =
          inQuery ? place + query + "&" + parameter(random) + "=" + password : "@" + place + query;
      String url =
          scheme
              + (inQuery ? "" : "me:" + password)
              + mutate(random, tail, inQuery || isFile(scheme), password);
      return new Candidate(url, new String[] {first, second});
    }

    /** A URL of a file without an {@code @} names a file, and a file name is not secret. */
    private static boolean isFile(String scheme) {
      return scheme.regionMatches(true, 0, "sqlite", 0, 6);
    }

    private static String parameter(Random random) {
      return List.of("password", "sslpassword", "password", "user=me&password")
          .get(random.nextInt(4));
    }

    private static String word(Random random) {
      StringBuilder word = new StringBuilder();
      for (int i = 0; i < 9; i++) {
        word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      return word.toString();
    }

    /** Breaks host, port, database, parameters or encoding, but not the password. */
    private static String mutate(Random random, String tail, boolean keepAt, String password) {
      String text = tail;
      for (int times = random.nextInt(3); times > 0; times--) {
        text =
            switch (random.nextInt(14)) {
              case 0 -> text.replaceFirst("(?<=127.0.0.1):\\d+", ":port");
              case 1 -> text.replaceFirst("(?<=127.0.0.1):\\d+", ":99999999");
              case 2 -> text.replaceFirst("(?<=127.0.0.1):\\d+", ":");
              case 3 -> text.replaceFirst("127.0.0.1", "127.0 .0.1");
              case 4 -> text.replaceFirst("127.0.0.1", "[::1");
              case 5 -> text.replaceFirst("/flows", "/a/b/c");
              case 6 -> text.replaceFirst("\\?", "");
              case 7 -> text.replace("&", ";");
              case 8 -> text.replace("=", "%3D");
              case 9 -> text.replaceFirst("flows", "fl%ows%ZZ");
              case 10 -> text + "#fragment";
              case 11 -> text.replaceFirst("sslmode", "sslmod");
              case 12 -> text + "&nonsense&pool-size=many";
              default ->
                  keepAt || password.contains("@") || password.contains("%40")
                      ? text.replaceFirst("flows", "flo@ws")
                      : text.replaceFirst("@", "");
            };
      }
      return text;
    }
  }

  /** Appends everything written to the text that was seen. */
  private final class Tee extends ByteArrayOutputStream {
    @Override
    public synchronized void flush() {
      seen.append(toString(StandardCharsets.UTF_8));
      reset();
    }
  }
}
