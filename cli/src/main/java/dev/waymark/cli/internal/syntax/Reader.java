package dev.waymark.cli.internal.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the words after a command's name. */
public final class Reader {
  private Reader() {}

  /**
   * What the words say; null when they ask for help.
   *
   * @throws dev.waymark.cli.internal.base.CliException when the command does not accept them
   */
  public static @Nullable Arguments read(Syntax syntax, List<String> words) {
    Arguments quick = QuickReader.read(syntax, words);
    return quick != null ? quick : PicocliReader.read(syntax, words);
  }
}
