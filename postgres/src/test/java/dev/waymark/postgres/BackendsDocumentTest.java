package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/backends.md")
class BackendsDocumentTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @Test
  @DisplayName("contains the test of the in-memory store as it is compiled and run")
  void example() throws IOException {
    String document = Files.readString(ROOT.resolve("docs/backends.md"));
    int begin = document.indexOf("```java\n") + "```java\n".length();
    String shown = document.substring(begin, document.indexOf("```", begin));
    assertThat(shown).startsWith("class InMemoryStateStoreTest");
    assertThat(
            Files.readString(
                ROOT.resolve(
                    "testkit/src/test/java/dev/waymark/testkit/InMemoryStateStoreTest.java")))
        .endsWith(shown);
  }

  @Test
  @DisplayName("names classes that exist")
  void classes() throws IOException {
    String document = Files.readString(ROOT.resolve("docs/backends.md"));
    Set<String> known = new HashSet<>(List.of("Assumptions.java")); // of JUnit
    for (String module : List.of("core", "jdbc", "sqlite", "postgres", "testkit")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
        files.forEach(file -> known.add(file.getFileName().toString()));
      }
    }
    Matcher name = Pattern.compile("`([A-Z][a-z]+[A-Za-z]*)[`.]").matcher(document);
    assertThat(name.results().map(found -> found.group(1) + ".java").toList())
        .hasSizeGreaterThan(10)
        .allSatisfy(file -> assertThat(known).contains(file));
  }
}
