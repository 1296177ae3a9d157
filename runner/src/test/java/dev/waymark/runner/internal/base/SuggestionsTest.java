package dev.waymark.runner.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The word that the user probably meant. */
@DisplayName("A suggestion")
final class SuggestionsTest {
  private static final List<String> KEYS =
      List.of(
          "description",
          "needs",
          "run",
          "uses",
          "with",
          "env",
          "working-directory",
          "timeout",
          "retry",
          "max-attempts",
          "if",
          "pool",
          "max-parallel",
          "on-failure",
          "finally");

  @Test
  @DisplayName("is the nearest word: with one letter more, less, different or swapped")
  void isNearest() {
    assertThat(Suggestions.nearest("need", KEYS)).isEqualTo("needs");
    assertThat(Suggestions.nearest("runn", KEYS)).isEqualTo("run");
    assertThat(Suggestions.nearest("rnu", KEYS)).isEqualTo("run");
    assertThat(Suggestions.nearest("evn", KEYS)).isEqualTo("env");
    assertThat(Suggestions.nearest("timeuot", KEYS)).isEqualTo("timeout");
    assertThat(Suggestions.nearest("discription", KEYS)).isEqualTo("description");
  }

  @Test
  @DisplayName("ignores case and hyphens, and knows the words of other tools")
  void foldsWords() {
    assertThat(Suggestions.nearest("maxAttempts", KEYS)).isEqualTo("max-attempts");
    assertThat(Suggestions.nearest("WORKING_DIRECTORY", KEYS)).isEqualTo("working-directory");
    assertThat(Suggestions.nearest("depends-on", KEYS)).isEqualTo("needs");
    assertThat(Suggestions.nearest("when", KEYS)).isEqualTo("if");
    assertThat(Suggestions.nearest("queue", KEYS)).isEqualTo("pool");
    assertThat(Suggestions.nearest("onFailure", KEYS)).isEqualTo("on-failure");
    assertThat(Suggestions.nearest("max_parallel", KEYS)).isEqualTo("max-parallel");
    assertThat(Suggestions.nearest("jobs", KEYS)).isNull();
  }

  @Test
  @DisplayName("does not exist if no word is near")
  void isNoneWhereNothingIsNear() {
    assertThat(Suggestions.nearest("colour", KEYS)).isNull();
    assertThat(Suggestions.nearest("", KEYS)).isNull();
    assertThat(Suggestions.nearest("-", KEYS)).isNull();
    assertThat(Suggestions.nearest("c", List.of("a", "b"))).isNull();
    assertThat(Suggestions.nearest("x".repeat(100_000), KEYS)).isNull();
  }

  @Test
  @DisplayName("is the first of several equally near words")
  void isFirstOfEquals() {
    assertThat(Suggestions.nearest("tast", List.of("task", "test", "toast"))).isEqualTo("task");
  }
}
