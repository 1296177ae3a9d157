package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A program that is a Java module")
class JavaModulesTest {
  /** What a program with both stores has on its module path. */
  private static final Set<String> NEEDED =
      Set.of(
          "com.zaxxer.hikari",
          "dev.waymark.core",
          "dev.waymark.jdbc",
          "dev.waymark.postgres",
          "dev.waymark.sqlite",
          "org.jspecify",
          "org.postgresql.jdbc",
          "org.slf4j",
          "org.xerial.sqlitejdbc",
          "tools.jackson.core");

  private static final String MODULE =
      """
      module program {
        requires dev.waymark.postgres;
        requires dev.waymark.sqlite;
      }
      """;

  private static final String PROGRAM =
      """
      package program;

      import dev.waymark.core.model.WorkflowId;
      import dev.waymark.core.spi.StoreOptions;
      import dev.waymark.core.spi.StoreUrl;
      import dev.waymark.core.store.NewWorkflow;
      import dev.waymark.core.store.StateStore;
      import dev.waymark.postgres.PostgresStateStore;
      import dev.waymark.sqlite.SqliteStateStore;
      import java.nio.file.Path;

      class Program {
        public static void main(String[] args) {
          WorkflowId id = new WorkflowId("modular");
          try (StateStore store = SqliteStateStore.open(Path.of(args[0].substring("sqlite:".length())))) {
            store.saveWorkflow(new NewWorkflow(id, "kept in a file"));
          }
          try (StateStore store = PostgresStateStore.open(args[1])) {
            store.saveWorkflow(new NewWorkflow(id, "kept by a server"));
          }
          StoreOptions options = StoreOptions.defaults();
          for (String url : args) {
            try (StateStore store = StoreUrl.parse(url, options).open()) {
              System.out.println(store.workflow(id).definition());
            }
          }
        }
      }
      """;

  @TempDir Path folder;

  @Test
  @DisplayName("keeps its state in both stores, which it also finds by their URLs")
  void runs() throws Exception {
    assertThat(compile(PROGRAM)).isEmpty();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                modulePath() + File.pathSeparator + classes(),
                "--module",
                "program/program.Program",
                "sqlite:" + folder.resolve("modular.db"),
                TestServer.urlOf(TestServer.newDatabase()).substring("jdbc:".length()))
            .redirectError(folder.resolve("errors").toFile())
            .start();
    String printed = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(printed.lines())
        .as("errors: %s", Files.readString(folder.resolve("errors")))
        .containsExactly("kept in a file", "kept by a server");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.waymark.core.internal.Times",
        "dev.waymark.core.internal.decide.Decider",
        "dev.waymark.core.internal.read.Questions",
        "dev.waymark.jdbc.internal.JdbcStateStore",
        "dev.waymark.jdbc.internal.commit.Writer",
        "dev.waymark.postgres.internal.PostgresStore",
        "dev.waymark.postgres.internal.connect.PostgresAddress",
        "dev.waymark.sqlite.internal.SqliteStore"
      })
  @DisplayName("cannot use an internal class")
  void closed(String internal) throws Exception {
    assertThat(Class.forName(internal)).isPublic();
    String type = internal.substring(0, internal.lastIndexOf('.'));
    assertThat(compile(PROGRAM.replace("class Program {", "class Program { " + internal + " no;")))
        .contains("package " + type + " is not visible");
  }

  private Path classes() {
    return folder.resolve("classes");
  }

  /** Compiles the program, and returns the errors. */
  private String compile(String program) throws IOException {
    Path source = Files.createDirectories(folder.resolve("source/program"));
    Files.writeString(source.resolveSibling("module-info.java"), MODULE);
    Files.writeString(source.resolve("Program.java"), program);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    List<String> options =
        List.of("--module-path", modulePath(), "-proc:none", "-d", classes().toString());
    compiler
        .getTask(
            errors,
            null,
            null,
            options,
            null,
            compiler
                .getStandardFileManager(null, null, null)
                .getJavaFileObjects(
                    source.resolveSibling("module-info.java"), source.resolve("Program.java")))
        .call();
    return errors.toString();
  }

  private static String modulePath() {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
    return Stream.of(entries)
        .filter(entry -> NEEDED.contains(nameOf(Path.of(entry))))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The name of the Java module in a jar or a folder; empty when there is none. */
  private static String nameOf(Path entry) {
    try {
      return ModuleFinder.of(entry).findAll().stream()
          .map(ModuleReference::descriptor)
          .map(module -> module.name())
          .findAny()
          .orElse("");
    } catch (FindException e) {
      return "";
    }
  }
}
