package dev.waymark.cli.internal.command.base;

/** Words for a command line that a user may copy. */
final class ShellWords {
  private static final String PLAIN = "-_./:=@%+,~?";

  private ShellWords() {}

  /** The word, in single quotes where the shell would take it apart. */
  static String quote(String word) {
    boolean plain =
        !word.isEmpty()
            && word.chars()
                .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0));
    boolean globbed = word.indexOf('?') >= 0 || word.startsWith("~");
    return plain && !globbed ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
