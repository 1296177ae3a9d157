package dev.waymark.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The parts of the examples that the documentation shows. */
final class Excerpts {
  private static final String BEGIN = "// embedding: begin\n";
  private static final String END = "// embedding: end";

  private Excerpts() {}

  /** The lines between the marks of an example. */
  static String of(String example) throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/dev/waymark/examples", example + ".java"));
    String lines = source.substring(source.indexOf(BEGIN) + BEGIN.length(), source.indexOf(END));
    return lines.substring(0, lines.lastIndexOf('\n')).stripTrailing().stripIndent();
  }

  /** The text of {@code docs/embedding.md}. */
  static String embedding() throws IOException {
    return Files.readString(Path.of("../docs/embedding.md"));
  }
}
