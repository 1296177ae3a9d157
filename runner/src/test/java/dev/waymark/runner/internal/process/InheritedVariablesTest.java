package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a task inherits from its worker, which is a separate process here. */
@DisplayName("Inherited variables")
@Timeout(120)
class InheritedVariablesTest {
  private static final Map<String, String> WORKER =
      Map.ofEntries(
          Map.entry("PGPASSWORD", "s3cret"),
          Map.entry("PGPASSFILE", "/s3cret"),
          Map.entry("PGSERVICE", "s3cret"),
          Map.entry("PGSERVICEFILE", "/s3cret"),
          Map.entry("PGSSLKEY", "/s3cret"),
          Map.entry("PGSSLPASSWORD", "s3cret"),
          Map.entry("WAYMARK_STORE", "postgresql://user:s3cret@host/db"),
          Map.entry("WAYMARK_JAVA_OPTS", "-Dpassword=s3cret"),
          Map.entry("PGHOST", "host"),
          Map.entry("MY_VARIABLE", "mine"),
          Map.entry("LC_ALL", "C.UTF-8"),
          Map.entry("TZ", "UTC"));

  @TempDir Path folder;

  @Test
  @DisplayName("contain everything but the credentials of the store")
  void aTaskInheritsEverythingButTheCredentialsOfTheStore() throws Exception {
    String log = run(Map.of(), "env", "*");
    assertThat(log).doesNotContain("s3cret").contains("PGHOST=host", "MY_VARIABLE=mine", "TZ=UTC");
  }

  @Test
  @DisplayName("contain a credential that the file names")
  void aCredentialThatTheFileNamesIsInherited() throws Exception {
    assertThat(names(run(Map.of(), "env", "*", "PGPASSWORD")))
        .contains("PGPASSWORD", "MY_VARIABLE")
        .doesNotContain("PGPASSFILE", "WAYMARK_STORE");
  }

  @Test
  @DisplayName("of a clean environment are those that every program needs, and the named ones")
  void aCleanEnvironmentHasWhatEveryProgramNeedsAndWhatIsNamed() throws Exception {
    assertThat(names(run(Map.of(), "env")))
        .contains("PATH", "TZ", "LC_ALL", "OWN", "PLAIN")
        .isSubsetOf(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LANGUAGE",
            "TZ",
            "TMPDIR",
            "LC_ALL",
            "LC_CTYPE",
            "OWN",
            "PLAIN",
            "PWD",
            "OLDPWD",
            "SHLVL",
            "_");
    assertThat(names(run(Map.of(), "env", "MY_VARIABLE")))
        .contains("MY_VARIABLE")
        .doesNotContain("PGHOST");
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql://host/db, true",
    "sqlite:/tmp/x.db, true",
    "postgresql://user:pw@host/db, false",
    "postgresql://host/db?PASSWORD=pw, false",
    "postgresql://host/db?sslpassword=pw, false",
    "postgresql://us%65r:p%40w@host, false",
  })
  @DisplayName("contain the address of the store unless it may contain a password")
  void theAddressOfTheStoreIsInheritedUnlessItMayHoldAPassword(String url, boolean inherited)
      throws Exception {
    assertThat(names(run(Map.of("WAYMARK_STORE", url), "env", "*")).contains("WAYMARK_STORE"))
        .isEqualTo(inherited);
  }

  @Test
  @DisplayName("and the script are in no argument of any process")
  void aScriptAndItsVariablesAreInNoArgumentOfAnyProcess() throws Exception {
    String script =
        "cat /proc/$PPID/cmdline /proc/$$/cmdline /proc/self/cmdline # marker-in-script";
    String log = run(Map.of("LC_ALL", "C"), script, "*");
    assertThat(log.replace("\0", " "))
        .contains("cat /proc/")
        .contains("/script")
        .doesNotContain("OWN")
        .doesNotContain("'$HOME'");
    // The probe itself, the parent, has the script as an argument; nothing else does.
    assertThat(log.split("marker-in-script", -1)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  @DisplayName("are unchanged if they name a locale that is not installed")
  void aLocaleThatIsNamedButNotInstalledChangesNoVariable() throws Exception {
    String log = run(Map.of("LC_ALL", "xx_XX.UTF-8"), "printf %s \"$OWN\"", "*");
    assertThat(log).endsWith("\u00fc '$HOME' \"x\"\n\n");
  }

  private String run(Map<String, String> environment, String script, String... names)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EnvironmentProbe.class.getName(),
                folder.toString(),
                script));
    command.addAll(List.of(names));
    Files.deleteIfExists(folder.resolve("a.1.log"));
    Files.deleteIfExists(folder.resolve("a.1.pid"));
    ProcessBuilder worker = new ProcessBuilder(command).inheritIO();
    worker.environment().putAll(WORKER);
    worker.environment().putAll(environment);
    assertThat(worker.start().waitFor()).isZero();
    return Files.readString(folder.resolve("a.1.log"));
  }

  private static Set<String> names(String env) {
    Set<String> names = new TreeSet<>();
    for (String line : env.lines().toList()) {
      if (line.matches("[A-Za-z_]+=.*")) {
        names.add(line.substring(0, line.indexOf('=')));
      }
    }
    return names;
  }
}
