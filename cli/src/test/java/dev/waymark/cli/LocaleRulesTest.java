package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Checks the sources of all modules, so that no text depends on the default locale: in some locales
 * the digits are not 0 to 9, and in Turkish the lower-case letter of I differs.
 */
@DisplayName("The sources of every module")
class LocaleRulesTest {
  private static final String CONVERSION =
      "%[-#+ 0,(]*\\d*(?:\\.\\d+)?(?![-#+ 0,(\\d.]*[sn%])[a-zA-Z]";

  private static final Map<String, Pattern> FORBIDDEN =
      Map.of(
          "String.format without Locale.ROOT",
          Pattern.compile("String\\.format\\(\\s*+(?!Locale\\.ROOT)"),
          "printf without Locale.ROOT",
          Pattern.compile("\\.printf\\(\\s*+(?!Locale\\.ROOT)"),
          "toLowerCase() or toUpperCase() without Locale.ROOT",
          Pattern.compile("\\.to(Lower|Upper)Case\\(\\)|::to(Lower|Upper)Case"),
          "a locale-dependent format",
          Pattern.compile(
              "new (DecimalFormat|SimpleDateFormat|MessageFormat|Formatter|Scanner)\\(|MessageFormat\\.format\\(|(NumberFormat|DateFormat|Collator)\\.get|ofLocalized|DateTimeFormatter\\.ofPattern\\([^,()]*\\)"));

  private static List<Path> sources() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("core/src/main"))) {
      root = root.getParent();
    }
    List<Path> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(found::add);
          }
        }
      }
    }
    return found;
  }

  /** Returns the locale-dependent operations of a source. */
  private static List<String> violations(String text) {
    List<String> found = new ArrayList<>();
    FORBIDDEN.forEach(
        (rule, pattern) -> {
          if (pattern.matcher(text).find()) {
            found.add(rule);
          }
        });
    // %s formats a number with the digits 0 to 9 in every locale; %d does not.
    String others =
        text.replaceAll("(?s)(String\\.format|printf)\\(\\s*Locale\\.ROOT,.*?;", "")
            .replaceAll("printf\\('[^']*'", "");
    Matcher conversion = Pattern.compile(CONVERSION).matcher(others);
    if (others.contains(".formatted(") && conversion.find()) {
      found.add("formatted(…) with " + conversion.group());
    }
    return found;
  }

  @Test
  @DisplayName("format, and change the case of letters, independently of the default locale")
  void sourcesAreIndependent() throws IOException {
    List<Path> sources = sources();
    assertThat(sources).hasSizeGreaterThan(400);
    List<String> all = new ArrayList<>();
    for (Path source : sources) {
      violations(Files.readString(source)).forEach(v -> all.add(source + ": " + v));
    }
    assertThat(all).isEmpty();
  }

  @Test
  @DisplayName("would be found by these rules")
  void rules() {
    assertThat(
            List.of(
                "String.format(\"%s\", a)",
                "String.format(\n    \"%d\", a)",
                "System.err.printf(\"x\")",
                "a.toLowerCase()",
                "map(String::toUpperCase)",
                "new DecimalFormat(\"0\")",
                "NumberFormat.getInstance()",
                "DateTimeFormatter.ofPattern(\"yyyy\")",
                "\"%d ms\".formatted(1)",
                "\"%,d\".formatted(1)",
                "\"%5.1f\".formatted(1)",
                "\"%04x\".formatted(1)"))
        .allSatisfy(text -> assertThat(violations(text)).as(text).hasSize(1));
    assertThat(
            List.of(
                "String.format(Locale.ROOT, \"%d\", a); \"%s\".formatted(a)",
                "String.format(\n    Locale.ROOT, \"%d\", a)",
                "\"%s of %s%n\".formatted(a, b)",
                "a.toLowerCase(Locale.ROOT)"))
        .allSatisfy(text -> assertThat(violations(text)).as(text).isEmpty());
  }
}
