package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.DefinitionFiles;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.runner.definition.DefinitionLimits;
import java.util.List;

/** Checks workflow files. */
final class ValidateCommand implements Command {
  static final Option FILES =
      Option.of(
              "PATH",
              "Workflow file, folder with *.yaml, *.yml and *.json files (subfolders are ignored),"
                  + " or - for standard input.",
              "-f",
              "--file")
          .greedy();

  @Override
  public Syntax syntax() {
    return Syntax.of("validate", "Check workflow files without storing them.")
        .options(FILES)
        .details("Each problem is reported as FILE:LINE:COLUMN. The store is not opened.")
        .examples(
            "validate -f report.yaml", "validate -f workflows/", "validate -f - < report.yaml");
  }

  @Override
  public int run(Context context) {
    DefinitionFiles files =
        new DefinitionFiles(context, DefinitionLimits.defaults()).readAll(paths(context));
    for (DefinitionFiles.Source source : files.valid()) {
      context
          .out()
          .println(
              Printable.line(source.name())
                  + ": valid (workflow/"
                  + source.definition().id()
                  + ", "
                  + Numbers.count(source.definition().tasks().size(), "task")
                  + ")");
    }
    context.out().flush();
    files.refuseInvalid("");
    return ExitCode.DONE;
  }

  /** Returns the values of -f. */
  static List<String> paths(Context context) {
    List<String> paths = context.arguments().values(FILES);
    if (paths.isEmpty()) {
      throw CliException.usage("no file given; use -f PATH");
    }
    return paths;
  }
}
