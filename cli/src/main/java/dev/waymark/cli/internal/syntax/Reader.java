package dev.waymark.cli.internal.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the words after the name of a command. */
public final class Reader {
  private Reader() {}

  /**
   * Returns the arguments, or null if the words request help.
   *
   * @throws dev.waymark.cli.internal.CliException if the command does not accept the words
   */
  public static @Nullable Arguments read(Syntax syntax, List<String> words) {
    Arguments quick = QuickReader.read(syntax, words);
    return quick != null ? quick : PicocliReader.read(syntax, words);
  }
}
