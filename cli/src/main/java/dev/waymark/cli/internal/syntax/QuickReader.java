package dev.waymark.cli.internal.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads plain command lines, which are nearly all command lines, without picocli.
 *
 * <p>Loading and verifying the classes of picocli takes longer than everything else that {@code
 * waymark version} does: they are compiled for a Java version so old that class-data sharing cannot
 * archive them. This reader accepts a line if each word is an exact option, an option value or the
 * operand. At the first other word (help, a bundle of short options, an unknown name, a value that
 * looks like an option, a missing or repeated word) this reader stops, and {@link PicocliReader}
 * reads the whole line. Only picocli decides what is an error. A test checks that both readers
 * return the same result.
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

  /** Returns the arguments, or null if picocli must read the words. */
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
    Operand operand = syntax.operand();
    if (operand == null || (arguments.operand() != null && !operand.repeatable())) {
      return false;
    }
    arguments.addOperand(word);
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
