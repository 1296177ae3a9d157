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
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists executions. */
final class ExecutionsListCommand implements Command {
  private static final Option WORKFLOW =
      Option.of("ID", "Workflow of the executions: an id, or a unique prefix.", "--workflow");
  private static final Option STATE =
      Option.of("STATE", "State of the executions. Can be repeated for several states.", "--state")
          .repeatable()
          .candidates(names(ExecutionState.values()));
  private static final Option LABEL =
      Option.of(
              "NAME=VALUE",
              "Label of the executions. If repeated, all labels must match.",
              "--label")
          .repeatable();
  private static final Option SINCE =
      Option.of(
          "TIME",
          "Earliest creation time, inclusive: 2026-01-31, 2026-01-31T14:00 (local),"
              + " 2026-01-31T14:00:00Z, or a duration before now such as 2h or 7d.",
          "--since");
  private static final Option UNTIL =
      Option.of("TIME", "Latest creation time, exclusive.", "--until");
  private static final Option AFTER =
      Option.of("CURSOR", "Cursor of the page to print: \"next\" of the previous page.", "--after");
  private static final Option ORDER =
      Option.of("ORDER", "Sort order: oldest (first) or newest (first); default oldest.", "--order")
          .candidates(List.of("oldest", "newest"));

  @Override
  public Syntax syntax() {
    return Syntax.of("executions list", "List executions, ordered by creation time.")
        .options(
            WORKFLOW,
            STATE,
            LABEL,
            SINCE,
            UNTIL,
            Pages.LIMIT,
            Pages.OFFSET,
            AFTER,
            ORDER,
            CommonOptions.FORMAT)
        .details(
            "An execution is listed if it matches all filters. In JSON, a page is {\"items\","
                + " \"total\", \"offset\", \"limit\", \"next\"}.")
        .examples(
            "executions list --order newest --limit 10",
            "executions list --state FAILED --state CANCELLED --since 7d",
            "executions list --workflow nightly-report -o jsonl");
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
    query.states(states(arguments.values(STATE)));
    Values.pairs("--label", arguments.values(LABEL)).forEach(query::label);
    query.since(time(context, SINCE)).until(time(context, UNTIL));
    String after = arguments.value(AFTER);
    if (after != null && arguments.has(Pages.OFFSET)) {
      throw CliException.usage("--after and --offset cannot be combined; give one of them");
    }
    query.order(order(arguments)).limit(Pages.limit(context));
    query.after(after == null ? null : Cursor.parse(after)).offset(Pages.offset(context));
    String workflow = arguments.value(WORKFLOW);
    if (workflow != null) {
      query.workflow(context.lookup().workflow(workflow));
    }
    return query.build();
  }

  private static Set<ExecutionState> states(List<String> given) {
    Set<ExecutionState> states = EnumSet.noneOf(ExecutionState.class);
    for (String name : given) {
      states.add(Values.constant("state", name, ExecutionState.values()));
    }
    return states;
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

  private static @Nullable Instant time(Context context, Option option) {
    String given = context.arguments().value(option);
    return given == null
        ? null
        : Values.time(option.name(), given, context.now(), context.surroundings().zone());
  }

  private static List<String> names(ExecutionState[] states) {
    List<String> names = new ArrayList<>();
    for (ExecutionState state : states) {
      names.add(state.name());
    }
    return names;
  }
}
