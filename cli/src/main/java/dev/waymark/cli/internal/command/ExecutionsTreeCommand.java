package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.ExecutionTree;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.View;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import java.util.List;

/** Prints an execution and its descendants as a tree. */
final class ExecutionsTreeCommand implements Command {
  private static final int DEFAULT_LIMIT = 1_000;
  private static final int MOST = 100_000;

  private static final Option DEPTH =
      Option.of("N", "Maximum number of levels below the execution (default all).", "--depth");
  private static final Option LIMIT =
      Option.of(
          "N", "Maximum number of executions to print (default " + DEFAULT_LIMIT + ").", "--limit");

  @Override
  public Syntax syntax() {
    return Syntax.of("executions tree", "Print an execution and its descendants as a tree.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(DEPTH, LIMIT, CommonOptions.FORMAT)
        .details(
            "Each line shows the task that started the execution, its ID, its workflow and its"
                + " state. Children are ordered by creation time. In JSON, an execution is {\"id\","
                + " \"workflowId\", \"state\", \"taskId\", \"children\", \"childrenTotal\"}.")
        .examples("executions tree 0190a1b2", "executions tree 0190a1b2 --depth 1 -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    int depth = number(context, DEPTH, Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
    int limit = number(context, LIMIT, DEFAULT_LIMIT, 1, MOST);
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    Execution root = context.store().execution(id);
    if (root == null) {
      throw CliException.notFound("execution " + id + " does not exist");
    }
    ExecutionTree tree = ExecutionTree.read(context.store(), root, depth, limit);
    if (printer.format() == Format.TABLE) {
      printer.tree(tree);
    } else {
      printer.one(tree, new View<>("executions", ExecutionTree::fields, List.of()));
    }
    return ExitCode.DONE;
  }

  private static int number(Context context, Option option, int otherwise, int least, int most) {
    String given = context.arguments().value(option);
    return given == null ? otherwise : Values.number(option.name(), given, least, most);
  }
}
