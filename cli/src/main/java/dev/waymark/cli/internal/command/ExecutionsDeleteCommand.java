package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Deletions;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.output.View;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes executions. */
final class ExecutionsDeleteCommand implements Command {
  private static final int SHOWN = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  static final Option DRY_RUN =
      Option.flag("Print what would be deleted, and delete nothing.", "--dry-run");
  static final Option FORCE =
      Option.flag("Cancel executions that have not ended, and delete them too.", "--force");
  static final Option WAIT =
      Option.of(
          "DURATION",
          "With --force: time to wait for the end of a cancelled execution (default 30s). Then it is"
              + " cancelled a second time, which skips its \"finally\" tasks.",
          "--wait");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions delete",
            "Delete executions with their history, outputs and logs, by ID or by filters.")
        .operand(
            new Operand("ID", false, true, "ID of an execution, or a unique prefix. Repeatable."))
        .options(options())
        .details(
            "Give IDs or at least one filter. The filters are those of \"executions list\". Only"
                + " executions that have ended are deleted, unless --force is given. An execution"
                + " with a child that has not ended is kept.",
            "Each commit deletes at most 100 executions. If the command is interrupted, run it again"
                + " to continue. In JSON, the result is {\"dryRun\", \"deleted\", \"cancelled\","
                + " \"kept\", \"executions\"}: \"executions\" are the first IDs of a dry run.")
        .examples(
            "executions delete 0190a1b2 0190c3d4",
            "executions delete --ended-until 30d --dry-run",
            "executions delete --workflow nightly-report --state SUCCEEDED --until 7d");
  }

  private static Option[] options() {
    List<Option> options = new ArrayList<>(ExecutionFilters.OPTIONS);
    options.addAll(List.of(FORCE, WAIT, DRY_RUN, CommonOptions.FORMAT));
    return options.toArray(Option[]::new);
  }

  @Override
  public int run(Context context) {
    Arguments arguments = context.arguments();
    List<String> ids = arguments.operands();
    boolean areFiltered = new ExecutionFilters(context).areGiven();
    if (ids.isEmpty() != areFiltered) {
      throw CliException.usage(
          ids.isEmpty()
              ? "give the IDs of the executions to delete, or a filter such as --ended-until 30d"
              : "IDs and filters cannot be combined; give one of them");
    }
    Duration patience = patience(arguments);
    Printer printer = context.printer();
    return areFiltered
        ? byFilters(context, printer, patience)
        : byIds(context, printer, ids, patience);
  }

  /** How long to wait for the end of a cancelled execution, or null to cancel none. */
  static @Nullable Duration patience(Arguments arguments) {
    String given = arguments.value(WAIT);
    if (given != null && !arguments.has(FORCE)) {
      throw CliException.usage("--wait requires --force");
    }
    Duration wait = given == null ? PATIENCE : Values.duration("--wait", given);
    return arguments.has(FORCE) ? wait : null;
  }

  // ---- by filters

  private static int byFilters(Context context, Printer printer, @Nullable Duration patience) {
    ExecutionQuery query = query(context, patience != null);
    if (context.arguments().has(DRY_RUN)) {
      Page<Execution> page = context.store().executions(query);
      print(context, printer, new Result(true, page.total(), 0, 0, shown(page.items())));
      return ExitCode.DONE;
    }
    Deletions deletions = new Deletions(context, patience);
    deletions.addAll(query);
    print(context, printer, Result.of(deletions));
    if (!deletions.kept().isEmpty()) {
      context
          .messages()
          .say(
              Numbers.grouped(deletions.kept().size())
                  + " kept; the first: "
                  + deletions.firstKept());
    }
    return ExitCode.DONE;
  }

  /** Only executions that may be deleted: without --force those that have ended. */
  private static ExecutionQuery query(Context context, boolean isForced) {
    ExecutionQuery.Builder query = ExecutionQuery.builder();
    new ExecutionFilters(context).addTo(query);
    int most = context.store().limits().maxPageSize();
    ExecutionQuery given = query.limit(Math.min(Deletions.PAGE, most)).build();
    if (isForced) {
      return given;
    }
    Set<ExecutionState> ended = ended();
    if (!given.states().isEmpty()) {
      ended.retainAll(given.states());
    }
    if (ended.isEmpty()) {
      throw CliException.usage(
          "only executions that have ended can be deleted, in state SUCCEEDED, FAILED or CANCELLED;"
              + " give one of these states, or add --force to cancel executions first");
    }
    return query.states(ended).build();
  }

  private static Set<ExecutionState> ended() {
    Set<ExecutionState> ended = EnumSet.noneOf(ExecutionState.class);
    for (ExecutionState state : ExecutionState.values()) {
      if (state.isTerminal()) {
        ended.add(state);
      }
    }
    return ended;
  }

  // ---- by ids

  private static int byIds(
      Context context, Printer printer, List<String> texts, @Nullable Duration patience) {
    List<String> errors = new ArrayList<>();
    Map<ExecutionId, Execution> found = new LinkedHashMap<>();
    for (String text : new LinkedHashSet<>(texts)) {
      try {
        ExecutionId id = context.lookup().execution(text);
        Execution execution = context.store().execution(id);
        if (execution != null) {
          found.put(id, execution);
        }
      } catch (CliException e) {
        errors.add(e.getMessage());
      }
    }
    if (context.arguments().has(DRY_RUN)) {
      List<Execution> all =
          found.values().stream().filter(each -> patience != null || hasEnded(each)).toList();
      long kept = found.size() - (long) all.size();
      print(context, printer, new Result(true, all.size(), 0, kept, shown(all)));
    } else {
      Deletions deletions = new Deletions(context, patience);
      found.values().forEach(deletions::add);
      deletions.flush();
      errors.addAll(deletions.kept().values());
      print(context, printer, Result.of(deletions));
    }
    errors.forEach(context.messages()::say);
    return errors.isEmpty() ? ExitCode.DONE : ExitCode.NOT_FOUND_OR_CONFLICT;
  }

  private static boolean hasEnded(Execution execution) {
    return execution.state().isTerminal();
  }

  private static List<Execution> shown(List<Execution> all) {
    return all.subList(0, Math.min(SHOWN, all.size()));
  }

  // ---- the result

  /** What was, or would be, deleted; the executions are the first ones of a dry run. */
  private record Result(
      boolean isDry, long deleted, long cancelled, long kept, List<Execution> executions) {
    static Result of(Deletions deletions) {
      return new Result(
          false, deletions.deleted(), deletions.cancelled(), deletions.kept().size(), List.of());
    }

    Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("dryRun", isDry);
      fields.put("deleted", deleted);
      fields.put("cancelled", cancelled);
      fields.put("kept", kept);
      fields.put("executions", executions.stream().map(each -> each.id().toString()).toList());
      return fields;
    }
  }

  private static void print(Context context, Printer printer, Result result) {
    context.out().flush();
    if (printer.format() != Format.TABLE) {
      printer.one(result, new View<>("results", Result::fields, List.of()));
      return;
    }
    String executions = count(result.deleted());
    context.out().println((result.isDry() ? "would delete " : "deleted ") + executions);
    if (!result.executions().isEmpty()) {
      printer.section("First executions", result.executions(), context.views().executions());
    }
  }

  /** A number of executions, in words. */
  static String count(long executions) {
    return Numbers.grouped(executions) + (executions == 1 ? " execution" : " executions");
  }
}
