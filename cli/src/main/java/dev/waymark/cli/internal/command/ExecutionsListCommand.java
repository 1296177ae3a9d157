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
      Option.of("ID", "Only executions of this workflow.", "--workflow");
  private static final Option STATE =
      Option.of("STATE", "Only executions in this state; several states may be given.", "--state")
          .repeatable()
          .candidates(names(ExecutionState.values()));
  private static final Option LABEL =
      Option.of(
              "NAME=VALUE",
              "Only executions with this label; of several, all must be there.",
              "--label")
          .repeatable();
  private static final Option SINCE =
      Option.of(
          "TIME",
          "Only executions created at or after this time: 2026-01-31, 2026-01-31T14:00 (local),"
              + " 2026-01-31T14:00:00Z, or back from now: 2h, 7d.",
          "--since");
  private static final Option UNTIL =
      Option.of("TIME", "Only executions created before this time.", "--until");
  private static final Option AFTER =
      Option.of("CURSOR", "Go on after an earlier page; the cursor is its \"next\".", "--after");
  private static final Option ORDER =
      Option.of("ORDER", "oldest (first) or newest (first). Default: oldest", "--order")
          .candidates(List.of("oldest", "newest"));

  @Override
  public Syntax syntax() {
    return Syntax.of("executions list", "List executions in the order of their creation.")
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
            "All conditions must hold. In JSON a page is {\"items\", \"total\", \"offset\","
                + " \"limit\", \"next\"}.")
        .examples(
            "executions list --order newest --limit 10",
            "executions list --state FAILED --state CANCELLED --since 7d",
            "executions list --workflow nightly-report -o jsonl");
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
      throw CliException.usage("--after and --offset exclude each other; give one of them");
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

  /** The order that was asked for, else that of the cursor: whoever goes on need not repeat it. */
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
