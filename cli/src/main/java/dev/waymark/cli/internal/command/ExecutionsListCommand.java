package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Pages;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists executions. */
final class ExecutionsListCommand implements Command {
  private static final Option AFTER =
      Option.of("CURSOR", "Cursor of the page to print: \"next\" of the previous page.", "--after");
  private static final Option ORDER =
      Option.of("ORDER", "Sort order: oldest (first) or newest (first); default oldest.", "--order")
          .candidates(List.of("oldest", "newest"));

  @Override
  public Syntax syntax() {
    return Syntax.of("executions list", "List executions, ordered by creation time.")
        .options(options())
        .details(
            "An execution is listed if it matches all filters. One task run must match --task-state,"
                + " --task, --worker and --error-prefix together. Text is compared character by"
                + " character; there are no wildcards. In JSON, a page is {\"items\","
                + " \"total\", \"offset\", \"limit\", \"next\"}.")
        .examples(
            "executions list --order newest --limit 10",
            "executions list --state FAILED --state CANCELLED --since 7d",
            "executions list --task-state FAILED --error-prefix \"exit code 1\" --ended-since 1d",
            "executions list --label-any team=data,infra --label-prefix run=nightly-",
            "executions list --workflow nightly-report -o jsonl");
  }

  private static Option[] options() {
    List<Option> options = new ArrayList<>(ExecutionFilters.OPTIONS);
    options.addAll(List.of(Pages.LIMIT, Pages.OFFSET, AFTER, ORDER, CommonOptions.FORMAT));
    return options.toArray(Option[]::new);
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionQuery query = query(context);
    printer.page(context.store().executions(query), context.views().executions());
    return ExitCode.DONE;
  }

  private static ExecutionQuery query(Context context) {
    Arguments arguments = context.arguments();
    ExecutionQuery.Builder query = ExecutionQuery.builder();
    new ExecutionFilters(context).addTo(query);
    String after = arguments.value(AFTER);
    if (after != null && arguments.has(Pages.OFFSET)) {
      throw CliException.usage("--after and --offset cannot be combined; give one of them");
    }
    query.order(order(arguments)).limit(Pages.limit(context));
    query.after(after == null ? null : Cursor.parse(after)).offset(Pages.offset(context));
    return query.build();
  }

  /** Returns the requested order, else the order of the cursor, so that it need not be repeated. */
  private static Order order(Arguments arguments) {
    String given = arguments.value(ORDER);
    if (given != null) {
      return Values.constant("order", given.toUpperCase(Locale.ROOT), Order.values());
    }
    String after = arguments.value(AFTER);
    return after == null ? Order.OLDEST : Cursor.parse(after).order();
  }
}
