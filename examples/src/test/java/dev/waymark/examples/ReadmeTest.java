package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The README")
class ReadmeTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("contains the ten lines of Java as they are compiled and run")
  void tenLines() throws IOException {
    String source =
        Files.readString(ROOT.resolve("examples/src/main/java/dev/waymark/examples/TenLines.java"));
    String lines =
        between(source, "// README: begin\n", "    // README: end").stripTrailing().stripIndent()
            + "\n";
    String shown = between(Files.readString(ROOT.resolve("README.md")), "```java\n", "```");
    assertThat(shown).isEqualTo(lines);
    TenLines.main(new String[] {folder.resolve("ten.db").toString()});
  }

  @Test
  @DisplayName("and the guide for Spring contain the lines of the shop")
  void springLines() throws IOException {
    Path shop = ROOT.resolve("examples/spring-shop/src/main/java/dev/waymark/examples/shop");
    for (String document : new String[] {"README.md", "docs/spring.md"}) {
      String text = Files.readString(ROOT.resolve(document));
      for (String file : new String[] {"Orders.java", "Shipping.java"}) {
        String source = Files.readString(shop.resolve(file));
        String lines = between(source, "// README: begin\n", "  // README: end");
        assertThat(text).as(document).contains(lines.stripTrailing().stripIndent());
      }
    }
  }

  @Test
  @DisplayName("contains a workflow file that is one of the examples, and names existing files")
  void workflowFile() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    String shown = between(readme, "```yaml\n", "```");
    String example = Files.readString(ROOT.resolve("examples/failure.yaml"));
    assertThat(example).contains(shown);
    for (String link :
        readme.lines().filter(line -> line.contains("](")).collect(Collectors.toList())) {
      for (String part : link.split("\\]\\(", -1)) {
        String target = part.contains(")") ? part.substring(0, part.indexOf(')')) : "";
        if (!target.isEmpty() && !target.startsWith("http") && !target.startsWith("#")) {
          assertThat(ROOT.resolve(target)).exists();
        }
      }
    }
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin);
    assertThat(from).as(begin).isNotNegative();
    int start = from + begin.length();
    return text.substring(start, text.indexOf(end, start));
  }
}
