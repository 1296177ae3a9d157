package dev.waymark.cli.internal.syntax;

import dev.waymark.cli.internal.base.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Converts a syntax to the picocli model of a command. */
final class Specs {
  private static final int HELP_COLUMNS = 100;

  private Specs() {}

  /** Returns the picocli model of a command. */
  static CommandSpec of(Syntax syntax) {
    CommandSpec spec = empty("waymark " + syntax.name(), syntax);
    syntax.allOptions().forEach(option -> spec.addOption(option(option)));
    Operand operand = syntax.operand();
    if (operand != null) {
      spec.addPositional(operand(operand));
    }
    return spec;
  }

  private static PositionalParamSpec operand(Operand operand) {
    PositionalParamSpec.Builder builder =
        PositionalParamSpec.builder()
            .paramLabel(operand.label())
            .required(operand.required())
            .description(escaped(operand.help()));
    if (operand.repeatable()) {
      builder.index("0..*").arity(operand.required() ? "1..*" : "0..*");
      return builder.type(List.class).auxiliaryTypes(String.class).build();
    }
    return builder.index("0").arity(operand.required() ? "1" : "0..1").type(String.class).build();
  }

  /** Returns a command with its texts, but without options. */
  static CommandSpec empty(String name, Syntax syntax) {
    CommandSpec spec = CommandSpec.create().name(name);
    UsageMessageSpec usage = spec.usageMessage();
    usage.width(HELP_COLUMNS).sortOptions(false).abbreviateSynopsis(false);
    List<String> description = new ArrayList<>();
    description.add(escaped(syntax.summary()));
    for (String paragraph : syntax.details()) {
      description.add("");
      description.add(escaped(paragraph));
    }
    usage.description(description.toArray(String[]::new));
    usage
        .descriptionHeading("%n")
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n");
    usage.commandListHeading("%nCommands:%n");
    usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCode.meanings());
    if (!syntax.examples().isEmpty()) {
      usage.footerHeading("%nExamples:%n");
      usage.footer(
          syntax.examples().stream()
              .map(line -> "  " + escaped("waymark " + line))
              .toArray(String[]::new));
    }
    return spec;
  }

  private static OptionSpec option(Option option) {
    OptionSpec.Builder builder =
        OptionSpec.builder(option.names().toArray(String[]::new))
            .description(escaped(option.help()));
    if (option == CommonOptions.HELP) {
      return builder.arity("0").type(boolean.class).usageHelp(true).build();
    }
    if (option.label() == null) {
      return builder.arity("0").type(boolean.class).build();
    }
    if (!option.candidates().isEmpty()) {
      builder.completionCandidates(option.candidates());
    }
    builder.paramLabel(option.label()).arity(option.isGreedy() ? "1..*" : "1");
    if (option.isRepeatable()) {
      return builder.type(List.class).auxiliaryTypes(String.class).build();
    }
    return builder.type(String.class).build();
  }

  /** Doubles percent signs, because picocli uses these texts as format strings. */
  private static String escaped(String text) {
    return text.replace("%", "%%");
  }
}
