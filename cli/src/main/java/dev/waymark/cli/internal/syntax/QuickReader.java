package dev.waymark.cli.internal.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the plain command lines, which are nearly all, without picocli.
 *
 * <p>Loading and verifying picocli's classes takes longer than all else that {@code waymark
 * version} does, because they are compiled for a Java so old that class-data sharing cannot keep
 * them ready. So the line is read here as long as each word is an exact option, the value of one,
 * or the operand. At the first word that is anything else (help, a bundle of short options, an
 * unknown name, a value that looks like an option, something missing or given twice) this reader
 * gives up and {@link PicocliReader} reads the line from its beginning. It alone decides what is an
 * error. A test holds the two to the same answer.
 */
final class QuickReader {
  private final Syntax syntax;
  private final List<String> words;
  private final Arguments arguments = new Arguments();
  private int next;

  private QuickReader(Syntax syntax, List<String> words) {
    this.syntax = syntax;
    this.words = words;
  }

  /** What the words say, or null when picocli should look at them. */
  static @Nullable Arguments read(Syntax syntax, List<String> words) {
    QuickReader reader = new QuickReader(syntax, words);
    return reader.readAll() ? reader.arguments : null;
  }

  private boolean readAll() {
    while (next < words.size()) {
      String word = words.get(next++);
      if (!(looksLikeOption(word) ? readOption(word) : readOperand(word))) {
        return false;
      }
    }
    Operand operand = syntax.operand();
    return operand == null || !operand.required() || arguments.operand() != null;
  }

  private boolean readOperand(String word) {
    if (syntax.operand() == null || arguments.operand() != null) {
      return false;
    }
    arguments.setOperand(word);
    return true;
  }

  private boolean readOption(String word) {
    int equals = word.startsWith("--") ? word.indexOf('=') : -1;
    Option option = syntax.option(equals < 0 ? word : word.substring(0, equals));
    if (option == null
        || option == CommonOptions.HELP
        || (arguments.has(option) && !option.isRepeatable())) {
      return false;
    }
    if (option.label() == null) {
      arguments.add(option, "");
      return equals < 0;
    }
    if (equals >= 0) {
      return !option.isGreedy() && addValue(option, word.substring(equals + 1));
    }
    if (next == words.size() || !addValue(option, words.get(next++))) {
      return false;
    }
    return !option.isGreedy() || readFurtherValues(option);
  }

  private boolean readFurtherValues(Option option) {
    while (next < words.size() && !looksLikeOption(words.get(next))) {
      if (!addValue(option, words.get(next++))) {
        return false;
      }
    }
    return true;
  }

  private boolean addValue(Option option, String value) {
    arguments.add(option, value);
    return !looksLikeOption(value) && !value.isEmpty();
  }

  private static boolean looksLikeOption(String word) {
    return word.length() > 1 && word.charAt(0) == '-';
  }
}
