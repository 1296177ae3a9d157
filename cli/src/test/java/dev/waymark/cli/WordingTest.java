package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Checks the sources, documents, help and error texts of all modules for wording that a reader does
 * not find in other technical documentation: metaphors, and names that were replaced by the terms
 * of docs/glossary.md.
 */
@DisplayName("The wording of sources and documents")
class WordingTest {

  /** The right-hand side of a comment is the wording to use. */
  private static final List<Pattern> PHRASES =
      Stream.of(
              "hears? (of|from)", // receives, is notified
              "heard (of|from)",
              "(is|are|was|were) told", // receives, is notified
              "told (of|apart|by)", // distinguished
              "leans? (on|upon)", // depends on
              "(stands?|stood) against", // conflicts with
              "(stands?|stood) in the way", // conflicts with
              "(comes?|came) to (its|their|an|the) ends?", // ends
              "(has its|have their) turn", // is next
              "anew", // again
              "thwart(s|ed)?", // fails
              "(takes?|took|taken|taking) up", // claims, recovers, continues
              "in hand", // of this worker
              "(set|sets|setting) aside", // excluded
              "(breaks?|broke) down", // fails
              "signs? of life", // heartbeat
              "as far as", // if, where
              "in one's own life",
              "all the same", // also, even so
              "under way", // in progress
              "he|his|him") // it
          .map(phrase -> Pattern.compile("(?i)(?<![\\w-])(" + phrase + ")(?![\\w-])"))
          .toList();

  private static final Set<String> OLD_NAMES =
      Set.of(
          "Contestant",
          "Course",
          "Crew",
          "Desk",
          "Ear",
          "Flight",
          "Flights",
          "Ground",
          "Hearing",
          "Marathon",
          "Patience",
          "Picked",
          "Picks",
          "Premises",
          "Shelf",
          "TakingTurns",
          "Telling",
          "Touches",
          "Unfit",
          "Walker",
          "Wave",
          "WhileSubscribed",
          "Witness",
          "findsNothing",
          "inTheAir",
          "letGo",
          "needALook",
          "setAside",
          "takeUp");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*");

  /** Joins lines, without the marks of comments and the ends of parts of a string. */
  private static final Pattern LINE_BREAK =
      Pattern.compile(" *(?:\"\\s*\\+?)?\\s*\\R\\s*(?:\\+\\s*\"|\\*(?!/)|//|\"|>)?\\s*");

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("core/src/main"))) {
      root = root.getParent();
    }
    return root;
  }

  /** Scripts of migrations cannot change, and the changelog describes what was. */
  private static boolean isChecked(Path file) {
    String path = file.toString().replace('\\', '/');
    return path.matches(".*\\.(java|md|ya?ml|json|sh|properties)|.*/waymark")
        && !path.matches(".*/(target|\\.git|\\.idea)/.*|.*/CHANGELOG\\.md|.*/WordingTest\\.java");
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files.filter(Files::isRegularFile).filter(WordingTest::isChecked).toList();
    }
  }

  /** Returns the phrases and old names in a text. */
  private static List<String> violations(String text) {
    List<String> found = new ArrayList<>();
    String prose = LINE_BREAK.matcher(text).replaceAll(" ");
    for (Pattern phrase : PHRASES) {
      Matcher matcher = phrase.matcher(prose);
      while (matcher.find()) {
        int begin = Math.max(0, matcher.start() - 30);
        int end = Math.min(prose.length(), matcher.end() + 30);
        found.add("\"" + matcher.group() + "\" in: " + prose.substring(begin, end));
      }
    }
    NAME.matcher(text)
        .results()
        .map(name -> name.group())
        .filter(OLD_NAMES::contains)
        .forEach(found::add);
    return found;
  }

  @Test
  @DisplayName("has no metaphors and no old names")
  void isPlain() throws IOException {
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThan(700);
    List<String> all = new ArrayList<>();
    for (Path file : files) {
      violations(Files.readString(file)).forEach(v -> all.add(root().relativize(file) + ": " + v));
    }
    assertThat(all).isEmpty();
  }

  @Test
  @DisplayName("is found by these patterns")
  void patterns() {
    assertThat(
            List.of(
                "the worker hears of the lease",
                "a caller is\n   * told the reason",
                "\"what leans \"\n            + \"on it\"",
                "It is read anew.",
                "// it sets\n    // aside the rest",
                "when he stops",
                "private final Crew crew;",
                "pictures.letGo(id);"))
        .allSatisfy(text -> assertThat(violations(text)).as(text).hasSize(1));
    assertThat(
            List.of(
                "boolean onlyOn", "a renewed lease", "the handle", "https://example.org", "up to"))
        .allSatisfy(text -> assertThat(violations(text)).as(text).isEmpty());
  }
}
