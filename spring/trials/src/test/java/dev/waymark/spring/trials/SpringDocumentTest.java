package dev.waymark.spring.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.spring.WaymarkProperties;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/spring.md")
class SpringDocumentTest {
  private static final Pattern DESCRIBED =
      Pattern.compile("\"name\": \"(waymark\\.[a-z.-]+)\",\\s+\"type\": [^}]*?\"description\"");
  private static final Pattern LISTED = Pattern.compile("(?m)^\\| `(waymark\\.[a-z.-]+)` \\|");

  @Test
  @DisplayName("lists exactly the properties of the metadata, each of which is described")
  void properties() throws Exception {
    String metadata;
    try (InputStream file =
        WaymarkProperties.class.getResourceAsStream(
            "/META-INF/spring-configuration-metadata.json")) {
      metadata = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
    List<String> described = all(DESCRIBED, metadata);
    assertThat(described).hasSizeGreaterThan(20);
    assertThat(all(LISTED, Files.readString(Path.of("../../docs/spring.md"))))
        .containsExactlyInAnyOrderElementsOf(described);
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).distinct().toList();
  }
}
