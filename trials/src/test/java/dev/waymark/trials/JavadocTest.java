package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The documentation of the types that users of the published modules see. */
@DisplayName("The Javadoc of the public types")
class JavadocTest {
  private static final List<String> MODULES =
      List.of(
          "core",
          "sqlite",
          "postgres",
          "testkit",
          "worker",
          "runner",
          "metrics",
          "jackson",
          "opentelemetry",
          "spring",
          "cli");

  private static final Pattern TYPE =
      Pattern.compile(
          "^public (?:final |abstract |sealed |non-sealed )*(?:class|interface|record|enum) (\\w+)",
          Pattern.MULTILINE);

  private static final Pattern EXAMPLE =
      Pattern.compile("<pre>\\{@code\\R(.*?)^ *\\* }</pre>", Pattern.DOTALL | Pattern.MULTILINE);

  /** The names that examples use without a declaration. */
  private static final String GIVEN =
      """
      import dev.waymark.core.conflict.*;
      import dev.waymark.core.error.*;
      import dev.waymark.core.model.*;
      import dev.waymark.core.query.*;
      import dev.waymark.core.spi.*;
      import dev.waymark.core.store.*;
      import dev.waymark.jackson.*;
      import dev.waymark.metrics.*;
      import dev.waymark.opentelemetry.*;
      import dev.waymark.postgres.*;
      import dev.waymark.runner.*;
      import dev.waymark.runner.api.*;
      import dev.waymark.runner.definition.*;
      import dev.waymark.runner.file.*;
      import dev.waymark.spring.*;
      import dev.waymark.sqlite.*;
      import dev.waymark.testkit.*;
      import dev.waymark.testkit.contract.*;
      import dev.waymark.testkit.contract.base.*;
      import dev.waymark.worker.Worker;
      import dev.waymark.worker.api.*;
      import java.nio.file.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import org.junit.jupiter.api.DisplayName;
      import org.junit.jupiter.api.io.TempDir;

      abstract class %1$s {
        Path file;
        StateStore store;
        WorkflowId workflow;
        ExecutionId execution;
        AttemptId attempt;
        io.micrometer.core.instrument.MeterRegistry registry;
        io.opentelemetry.api.OpenTelemetry openTelemetry;

        abstract void run(Claims.Claimed claimed);

        void example() throws Exception {
          %2$s
        }
      }
      """;

  /** A file of a public package. */
  private record SourceFile(String name, String text) {
    /** The documentation of its public type; null when it has none. */
    @Nullable String javadocOfType() {
      Matcher type = TYPE.matcher(text);
      if (!type.find()) {
        return null;
      }
      String before = text.substring(0, type.start());
      return before.substring(before.indexOf("/**"));
    }

    List<String> examples() {
      return EXAMPLE
          .matcher(text)
          .results()
          .map(example -> example.group(1).replaceAll("(?m)^ *\\* ?", "").replace("…", ""))
          .toList();
    }
  }

  private static List<SourceFile> publicFiles() throws IOException {
    List<SourceFile> all = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
        for (Path file : files.filter(JavadocTest::isPublic).sorted().toList()) {
          String name = file.getFileName().toString().replaceAll("[^A-Za-z]|java$", "");
          all.add(new SourceFile(name, Files.readString(file)));
        }
      }
    }
    return all;
  }

  private static boolean isPublic(Path file) {
    return file.toString().endsWith(".java") && !file.toString().contains("/internal/");
  }

  @Test
  @DisplayName("says since which version each type exists")
  void since() throws IOException {
    List<SourceFile> types =
        publicFiles().stream().filter(file -> file.javadocOfType() != null).toList();
    assertThat(types).hasSizeGreaterThan(100);
    assertThat(types)
        .filteredOn(type -> !Objects.requireNonNull(type.javadocOfType()).contains("@since "))
        .extracting(SourceFile::name)
        .isEmpty();
  }

  @Test
  @DisplayName("has examples that compile")
  void examples(@TempDir Path folder) throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    for (SourceFile file : publicFiles()) {
      for (String example : file.examples()) {
        String name = "Example" + sources.size() + "Of" + file.name();
        sources.add(new Source(name, GIVEN.formatted(name, example)));
      }
    }
    assertThat(sources).hasSizeGreaterThan(20);
    StringWriter errors = new StringWriter();
    String classPath = System.getProperty("java.class.path");
    List<String> options =
        List.of("-proc:none", "-nowarn", "-cp", classPath, "-d", folder.toString());
    boolean compiles =
        ToolProvider.getSystemJavaCompiler()
            .getTask(errors, null, null, options, null, sources)
            .call();
    assertThat(compiles).as("%s", errors).isTrue();
  }

  /** The source of an example. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("example:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
