package dev.waymark.cli.internal.command.base;

/** Quotes the words of a command line that a user may copy. */
final class ShellWords {
  private static final String PLAIN = "-_./:=@%+,~?";

  private ShellWords() {}

  /** Returns the word, in single quotes where the shell would interpret it. */
  static String quote(String word) {
    boolean plain =
        !word.isEmpty()
            && word.chars()
                .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0));
    boolean globbed = word.indexOf('?') >= 0 || word.startsWith("~");
    return plain && !globbed ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
