package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Cell;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.cli.internal.output.Views;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows one revision of a workflow. */
final class WorkflowsShowCommand implements Command {
  static final Operand WORKFLOW =
      new Operand("ID", true, "ID of the workflow, or a unique prefix.");
  static final Option REVISION =
      Option.of("N", "Revision of the workflow (default: the latest).", "--revision");

  @Override
  public Syntax syntax() {
    return Syntax.of("workflows show", "Show a workflow and its definition.")
        .operand(WORKFLOW)
        .options(REVISION, CommonOptions.FORMAT)
        .examples(
            "workflows show nightly-report", "workflows show nightly-report --revision 1 -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    WorkflowId id = context.lookup().workflow(context.arguments().requiredOperand());
    Workflow workflow = find(context, id, revision(context));
    if (printer.format() != Format.TABLE) {
      printer.one(workflow, context.views().workflows());
      return ExitCode.DONE;
    }
    printer.properties(properties(context, workflow));
    context.out().println("");
    context.out().println(Printable.block(workflow.definition()).stripTrailing());
    return ExitCode.DONE;
  }

  /** Returns the requested revision, or null for the latest. */
  static @Nullable Integer revision(Context context) {
    String given = context.arguments().value(REVISION);
    return given == null ? null : Values.number("--revision", given, 1, Integer.MAX_VALUE);
  }

  /** Returns the workflow at this revision, or at the latest. */
  static Workflow find(Context context, WorkflowId id, @Nullable Integer revision) {
    Workflow workflow =
        revision == null ? context.store().workflow(id) : context.store().workflow(id, revision);
    if (workflow == null) {
      throw CliException.notFound(
          "workflow "
              + id
              + (revision == null ? " does not exist" : " has no revision " + revision)
              + "; see "
              + context.commandLine("workflows history " + id));
    }
    return workflow;
  }

  private static Map<String, Cell> properties(Context context, Workflow workflow) {
    Map<String, Cell> properties = new LinkedHashMap<>();
    properties.put("workflow", Cell.of(workflow.id()));
    properties.put("revision", Cell.of(workflow.revision()));
    if (workflow.description() != null) {
      properties.put("description", Cell.of(workflow.description()));
    }
    if (!workflow.labels().isEmpty()) {
      properties.put("labels", Cell.of(Views.inWords(workflow.labels())));
    }
    properties.put("created", Cell.of(Times.local(workflow.createdAt(), context.zone())));
    return properties;
  }
}
