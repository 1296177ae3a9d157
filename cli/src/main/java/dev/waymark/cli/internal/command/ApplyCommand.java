package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.DefinitionFiles;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.util.ArrayList;
import java.util.List;

/** Saves workflow files. */
final class ApplyCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("apply", "Save workflow files. Changed content becomes the next revision.")
        .options(ValidateCommand.FILES)
        .details("All files are saved together. If one file is invalid, none is saved.")
        .examples(
            "apply -f report.yaml",
            "apply -f workflows/",
            "apply -f a.yaml b.yaml",
            "apply -f - < report.yaml");
  }

  @Override
  public boolean createsStore(Arguments arguments) {
    return true;
  }

  @Override
  public int run(Context context) {
    List<String> paths = ValidateCommand.paths(context);
    DefinitionFiles files =
        new DefinitionFiles(context, DefinitionLimits.of(context.storeUrl().limits()))
            .readAll(paths);
    files.refuseInvalid("; nothing was stored");
    List<WorkflowDefinition> definitions = new ArrayList<>();
    files.valid().forEach(source -> definitions.add(source.definition()));
    List<Outcome> outcomes = apply(context, definitions);
    for (int i = 0; i < definitions.size(); i++) {
      context.out().println(inWords(definitions.get(i), outcomes.get(i)));
    }
    return ExitCode.DONE;
  }

  /** Saves definitions in one change set. Returns one outcome per definition. */
  static List<Outcome> apply(Context context, List<WorkflowDefinition> definitions) {
    ChangeSet.Builder changes = ChangeSet.builder();
    for (WorkflowDefinition definition : definitions) {
      changes.saveWorkflow(
          new NewWorkflow(
              definition.id(), definition.source(), definition.description(), definition.labels()));
    }
    return context.store().commit(changes.build()).outcomes();
  }

  /** Describes an outcome: {@code workflow/ID updated (revision 2)}. */
  static String inWords(WorkflowDefinition definition, Outcome outcome) {
    String what = !outcome.changed() ? "unchanged" : outcome.version() == 1 ? "created" : "updated";
    return "workflow/" + definition.id() + " " + what + " (revision " + outcome.version() + ")";
  }
}
