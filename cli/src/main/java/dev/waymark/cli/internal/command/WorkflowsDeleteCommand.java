package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Deletions;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.View;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deletes a workflow. */
final class WorkflowsDeleteCommand implements Command {
  private static final Option WITH_EXECUTIONS =
      Option.flag("Delete its executions first.", "--with-executions");

  @Override
  public Syntax syntax() {
    return Syntax.of("workflows delete", "Delete a workflow with all its revisions.")
        .operand(WorkflowsShowCommand.WORKFLOW)
        .options(
            WITH_EXECUTIONS,
            ExecutionsDeleteCommand.FORCE,
            ExecutionsDeleteCommand.WAIT,
            ExecutionsDeleteCommand.DRY_RUN,
            CommonOptions.FORMAT)
        .details(
            "A workflow that has executions is not deleted, unless --with-executions is given."
                + " Executions that have not ended are only deleted with --force. If the workflow is"
                + " applied again later, it continues with the next revision.")
        .examples("workflows delete nightly-report --with-executions --dry-run");
  }

  @Override
  public int run(Context context) {
    Arguments arguments = context.arguments();
    boolean withExecutions = arguments.has(WITH_EXECUTIONS);
    if (arguments.has(ExecutionsDeleteCommand.FORCE) && !withExecutions) {
      throw CliException.usage("--force requires --with-executions");
    }
    Duration patience = ExecutionsDeleteCommand.patience(arguments);
    Printer printer = context.printer();
    WorkflowId id = context.lookup().workflow(arguments.requiredOperand());
    ExecutionQuery query =
        ExecutionQuery.builder()
            .workflow(id)
            .limit(Math.min(Deletions.PAGE, context.store().limits().maxPageSize()))
            .build();
    long executions = context.store().executions(query).total();
    if (executions > 0 && !withExecutions) {
      throw CliException.notFound(
          "cannot delete workflow "
              + id
              + ": it has "
              + ExecutionsDeleteCommand.count(executions)
              + "; delete them first, or add --with-executions");
    }
    if (arguments.has(ExecutionsDeleteCommand.DRY_RUN)) {
      print(context, printer, new Result(id, true, executions));
      return ExitCode.DONE;
    }
    return delete(context, printer, id, query, patience);
  }

  private static int delete(
      Context context,
      Printer printer,
      WorkflowId id,
      ExecutionQuery query,
      @Nullable Duration patience) {
    Deletions deletions = new Deletions(context, patience);
    if (context.arguments().has(WITH_EXECUTIONS)) {
      deletions.addAll(query);
    }
    if (!deletions.kept().isEmpty()) {
      throw CliException.notFound(
          "cannot delete workflow "
              + id
              + ": "
              + ExecutionsDeleteCommand.count(deletions.kept().size())
              + (deletions.kept().size() == 1 ? " was kept, " : " were kept, ")
              + deletions.deleted()
              + " deleted; the first: "
              + deletions.firstKept());
    }
    context.store().commit(ChangeSet.builder().deleteWorkflow(id).build());
    print(context, printer, new Result(id, false, deletions.deleted()));
    return ExitCode.DONE;
  }

  /** What was, or would be, deleted. */
  private record Result(WorkflowId id, boolean isDry, long executions) {
    Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("id", id.value());
      fields.put("dryRun", isDry);
      fields.put("executions", executions);
      return fields;
    }
  }

  private static void print(Context context, Printer printer, Result result) {
    if (printer.format() != Format.TABLE) {
      printer.one(result, new View<>("results", Result::fields, List.of()));
      return;
    }
    context
        .out()
        .println(
            (result.isDry() ? "would delete" : "deleted")
                + " workflow/"
                + result.id()
                + (result.executions() == 0
                    ? ""
                    : " and " + ExecutionsDeleteCommand.count(result.executions())));
  }
}
