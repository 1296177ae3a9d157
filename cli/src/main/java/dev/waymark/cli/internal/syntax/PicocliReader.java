package dev.waymark.cli.internal.syntax;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reads any command line with picocli, and reports its errors. */
final class PicocliReader {
  private PicocliReader() {}

  /** Returns the arguments, or null if the words request help. */
  static @Nullable Arguments read(Syntax syntax, List<String> words) {
    // A word that starts with @ is an ordinary word, not the name of an argument file.
    CommandLine commandLine = new CommandLine(Specs.of(syntax)).setExpandAtFiles(false);
    try {
      ParseResult result = commandLine.parseArgs(words.toArray(String[]::new));
      return result.isUsageHelpRequested() ? null : arguments(syntax, result);
    } catch (ParameterException e) {
      throw CliException.usage(message(syntax, e));
    }
  }

  private static Arguments arguments(Syntax syntax, ParseResult result) {
    Arguments arguments = new Arguments();
    for (Option option : syntax.allOptions()) {
      OptionSpec matched = result.matchedOption(option.name());
      if (matched != null) {
        values(option, matched).forEach(value -> arguments.add(option, value));
      }
    }
    if (result.hasMatchedPositional(0)) {
      result.matchedPositional(0).originalStringValues().forEach(arguments::addOperand);
    }
    return arguments;
  }

  private static List<String> values(Option option, OptionSpec matched) {
    return option.label() == null ? List.of("") : matched.stringValues();
  }

  private static String message(Syntax syntax, ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(syntax, unmatched.getUnmatched().get(0));
    }
    if (e instanceof MissingParameterException missing) {
      return missing(syntax, missing.getMissing());
    }
    if (e instanceof OverwrittenOptionException overwritten) {
      ArgSpec spec = overwritten.getOverwritten();
      return label(spec) + " was given twice; give it once" + seeHelp(syntax);
    }
    return e.getMessage() + seeHelp(syntax);
  }

  private static String unmatched(Syntax syntax, String word) {
    if (!word.startsWith("-")) {
      return "unexpected argument "
          + Nearest.quote(word)
          + " for \""
          + syntax.name()
          + "\""
          + seeHelp(syntax);
    }
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    String nearest = Nearest.to(name, optionNames(syntax));
    String what = "unknown option " + Nearest.quote(name) + " for \"" + syntax.name() + "\"";
    return nearest == null ? what + seeHelp(syntax) : what + "; did you mean \"" + nearest + "\"?";
  }

  private static String missing(Syntax syntax, List<ArgSpec> missing) {
    ArgSpec spec = missing.get(0);
    if (spec.isOption()) {
      return "option " + label(spec) + " requires a value, " + spec.paramLabel() + seeHelp(syntax);
    }
    return "\"" + syntax.name() + "\" requires " + spec.paramLabel() + seeHelp(syntax);
  }

  private static String label(ArgSpec spec) {
    return spec instanceof OptionSpec option ? option.longestName() : spec.paramLabel();
  }

  private static List<String> optionNames(Syntax syntax) {
    List<String> names = new ArrayList<>();
    syntax.allOptions().forEach(option -> names.addAll(option.names()));
    return names;
  }

  private static String seeHelp(Syntax syntax) {
    return "; see waymark " + syntax.name() + " --help";
  }
}
