package dev.waymark.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The word that was probably meant")
class WordsTest {
  private static int distance(String from, String to) {
    int distance = Words.distance(from, to, 100);
    assertThat(Words.distance(to, from, 100)).as("the distance back").isEqualTo(distance);
    return distance;
  }

  @Test
  @DisplayName("differs by letters that are added, removed, replaced or swapped")
  void distances() {
    assertThat(distance("", "")).isZero();
    assertThat(distance("", "abc")).isEqualTo(3);
    assertThat(distance("retry", "retry")).isZero();
    assertThat(distance("retry", "retries")).isEqualTo(3);
    assertThat(distance("retry", "rety")).isEqualTo(1);
    assertThat(distance("retry", "xretry")).isEqualTo(1);
    assertThat(distance("retry", "retrx")).isEqualTo(1);
    assertThat(distance("retry", "xetry")).isEqualTo(1);
    assertThat(distance("retry", "ertry")).isEqualTo(1);
    assertThat(distance("retry", "retyr")).isEqualTo(1);
    assertThat(distance("kitten", "sitting")).isEqualTo(3);
    assertThat(distance("ab", "ba")).isEqualTo(1);
    assertThat(distance("abc", "cab")).isEqualTo(2);
    assertThat(distance("aabb", "bbaa")).isEqualTo(3);
    assertThat(distance("abcd", "badc")).isEqualTo(2);
    assertThat(distance("ca", "abc")).as("a swapped pair is not edited again").isEqualTo(3);
  }

  @Test
  @DisplayName("is compared only up to a limit")
  void limit() {
    assertThat(Words.distance("kitten", "sitting", 3)).isEqualTo(3);
    assertThat(Words.distance("kitten", "sitting", 2)).isEqualTo(2);
    assertThat(Words.distance("a", "abc", 2)).isEqualTo(2);
    assertThat(Words.distance("abc", "a", 2)).isEqualTo(2);
    assertThat(Words.distance("abcd", "a", 9)).isEqualTo(3);
    String longest = "a".repeat(128);
    assertThat(Words.distance("a".repeat(127), longest, 5)).isEqualTo(1);
    assertThat(Words.distance(longest, longest + "a", 5)).isEqualTo(5);
  }

  @Test
  @DisplayName("is the nearest candidate, the first of those that are equally near")
  void nearest() {
    assertThat(Words.nearest("timout", List.of("retries", "timeout", "timeouts")))
        .isEqualTo("timeout");
    assertThat(Words.nearest("timout", List.of("timeouts", "timeout"))).isEqualTo("timeout");
    assertThat(Words.nearest("cat", List.of("car", "cap"))).isEqualTo("car");
    assertThat(Words.nearest("cat", List.of())).isNull();
  }

  @Test
  @DisplayName("may differ by one letter in a short word and by three in a long one")
  void allowed() {
    assertThat(Words.nearest("a", List.of("b"))).as("one letter shows no similarity").isNull();
    assertThat(Words.nearest("a", List.of("A"))).isEqualTo("A");
    assertThat(Words.nearest("ab", List.of("ax"))).isEqualTo("ax");
    assertThat(Words.nearest("ab", List.of("xy"))).isNull();
    assertThat(Words.nearest("abcdef", List.of("abcdxy"))).isEqualTo("abcdxy");
    assertThat(Words.nearest("abcde", List.of("abcxy"))).isNull();
    assertThat(Words.nearest("abcdefghi", List.of("abcdefxyz"))).isEqualTo("abcdefxyz");
    assertThat(Words.nearest("abcdefgh", List.of("abcdexyz"))).isNull();
    assertThat(Words.nearest("abcdefghijkl", List.of("abcdefghwxyz"))).isNull();
  }

  @Test
  @DisplayName("may differ in case, dashes, underscores and spaces")
  void folded() {
    assertThat(Words.fold("-Max_Parallel Runs_")).isEqualTo("maxparallelruns");
    assertThat(Words.nearest("maxParallel", List.of("max-parallel"))).isEqualTo("max-parallel");
    assertThat(Words.nearest("--", List.of("x"))).isNull();
  }

  @Test
  @DisplayName("may begin with the word, from three letters on")
  void prefix() {
    assertThat(Words.nearest("exe", List.of("executions"))).isEqualTo("executions");
    assertThat(Words.nearest("ex", List.of("executions"))).isNull();
    assertThat(Words.nearest("exe", List.of("executions", "exe"))).isEqualTo("exe");
    assertThat(Words.nearest("xec", List.of("executions"))).isNull();
  }

  @Test
  @DisplayName("is not looked for when the word is too long to compare")
  void tooLong() {
    String longest = "a".repeat(128);
    assertThat(Words.nearest(longest, List.of(longest))).isEqualTo(longest);
    assertThat(Words.nearest(longest + "a", List.of(longest + "a"))).isNull();
  }
}
