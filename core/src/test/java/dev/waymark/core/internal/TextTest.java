package dev.waymark.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Text")
class TextTest {
  private static final String ROCKET = "\uD83D\uDE80";

  @Test
  @DisplayName("that is well-formed is accepted unchanged")
  void wellFormed() {
    for (String good :
        List.of(
            "",
            "a",
            "\u0001\t\r\n\u007F",
            "\uFFFF\uFFFE",
            ROCKET,
            "a" + ROCKET + ROCKET + "b",
            "\uDBFF\uDFFF")) {
      assertThat(Text.wellFormed("it", good)).isSameAs(good);
    }
  }

  @Test
  @DisplayName("with NUL is refused with its position")
  void nul() {
    assertThatThrownBy(() -> Text.wellFormed("definition of workflow x", "ab\u0000c"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("definition of workflow x", "NUL", "position 2");
  }

  @Test
  @DisplayName("with a lone surrogate is refused with its code and position")
  void surrogates() {
    for (String bad :
        List.of(
            "\uD83D",
            "\uD83Dx",
            "\uDE80",
            ROCKET + "\uDE80",
            "\uD83D\uD83D\uDE80",
            "\uDE80\uDE80",
            "\uDE80\uD83D")) {
      assertThatThrownBy(() -> Text.wellFormed("it", bad))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("lone surrogate (U+D");
    }
    assertThatThrownBy(() -> Text.wellFormed("it", "ab\uDE80"))
        .hasMessageContainingAll("U+DE80", "position 2");
  }

  @Test
  @DisplayName("must match as a whole, not only in one of its lines")
  void matching() {
    Pattern pattern = Pattern.compile("[a-z]+");
    assertThat(Text.matching("it", "abc", pattern, "letters")).isEqualTo("abc");
    for (String bad : List.of("", "abc\n", "abc\ndef", " abc", "abc1")) {
      assertThatThrownBy(() -> Text.matching("name", bad, pattern, "use letters"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("name \"", "is not valid; use letters");
    }
  }

  @Test
  @DisplayName("is measured in UTF-8 bytes")
  void bytes() {
    for (String text :
        List.of(
            "",
            "a",
            "\u007F",
            "\u0080",
            "\u07FF",
            "\u0800",
            "\uFFFF",
            ROCKET,
            "a\u00E4\u20AC" + ROCKET)) {
      assertThat(Text.utf8Bytes(text))
          .as(text)
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
      assertThat(Text.utf8(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  @DisplayName("is quoted in messages without control characters, and truncated")
  void quote() {
    assertThat(Text.quote("a b")).isEqualTo("\"a b\"");
    assertThat(Text.quote("a\nb\u0000\u007F")).isEqualTo("\"a\\u000ab\\u0000\\u007f\"");
    assertThat(Text.quote("\uD83D")).isEqualTo("\"\\ud83d\"");
    assertThat(Text.quote("x".repeat(40))).isEqualTo("\"" + "x".repeat(40) + "\"");
    assertThat(Text.quote("x".repeat(41))).isEqualTo("\"" + "x".repeat(40) + "\u2026\"");
  }

  @Test
  @DisplayName("is cut off behind the scheme of a URL that names a user, who may have a password")
  void urls() {
    assertThat(Text.withoutUrl("postgres://user:secret@host/db")).isEqualTo("postgres://\u2026");
    assertThat(Text.withoutUrl("see http://user@host")).isEqualTo("see http://\u2026");
    assertThat(Text.withoutUrl("://user@host")).isEqualTo("://\u2026");
    for (String harmless : List.of("", "a@b", "postgres://host/db", "a@b at http://host")) {
      assertThat(Text.withoutUrl(harmless)).isEqualTo(harmless);
    }
    assertThat(Text.quote("postgres://user:secret@host/db")).isEqualTo("\"postgres://\u2026\"");
  }
}
