package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.TaskRunCondition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that say which executions to list. */
final class ExecutionFilters {
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
  private static final Option LABEL_ANY =
      Option.of(
              "NAME=V1,V2",
              "Label with one of these values, separated by commas. Can be repeated.",
              "--label-any")
          .repeatable();
  private static final Option LABEL_PREFIX =
      Option.of(
              "NAME=PREFIX",
              "Label whose value begins with this text. Can be repeated.",
              "--label-prefix")
          .repeatable();
  private static final Option LABEL_EXISTS =
      Option.of(
              "NAME",
              "Label that the executions have, with any value. Can be repeated.",
              "--label-exists")
          .repeatable();
  private static final Option SINCE =
      Option.of(
          "TIME",
          "Earliest creation time, inclusive: 2026-01-31, 2026-01-31T14:00 (local),"
              + " 2026-01-31T14:00:00Z, or a duration before now such as 2h or 7d.",
          "--since");
  private static final Option UNTIL =
      Option.of("TIME", "Latest creation time, exclusive.", "--until");
  private static final Option ENDED_SINCE =
      Option.of(
          "TIME", "Earliest end, inclusive. Only executions that have ended.", "--ended-since");
  private static final Option ENDED_UNTIL =
      Option.of("TIME", "Latest end, exclusive. Only executions that have ended.", "--ended-until");
  private static final Option PARENT =
      Option.of("EXECUTION", "Parent of the executions: its ID, or a unique prefix.", "--parent");
  private static final Option TASK_STATE =
      Option.of(
              "STATE[,STATE]",
              "State of a task run, or several separated by commas.",
              "--task-state")
          .repeatable()
          .candidates(names(TaskRunState.values()));
  private static final Option TASK =
      Option.of("ID", "Task that the execution has a task run of.", "--task");
  private static final Option WORKER =
      Option.of("NAME", "Worker of the newest attempt of a task run.", "--worker");
  private static final Option ERROR_PREFIX =
      Option.of(
          "TEXT", "Beginning of the error of the newest attempt of a task run.", "--error-prefix");

  static final List<Option> OPTIONS =
      List.of(
          WORKFLOW,
          STATE,
          LABEL,
          LABEL_ANY,
          LABEL_PREFIX,
          LABEL_EXISTS,
          SINCE,
          UNTIL,
          ENDED_SINCE,
          ENDED_UNTIL,
          PARENT,
          TASK_STATE,
          TASK,
          WORKER,
          ERROR_PREFIX);

  private final Context context;
  private final Arguments arguments;

  ExecutionFilters(Context context) {
    this.context = context;
    this.arguments = context.arguments();
  }

  /** Whether any filter is given. */
  boolean areGiven() {
    return OPTIONS.stream().anyMatch(arguments::has);
  }

  /** Adds the filters that are given. */
  void addTo(ExecutionQuery.Builder query) {
    query.states(states("state", STATE, ExecutionState.class));
    Values.pairs("--label", arguments.values(LABEL)).forEach(query::label);
    Values.pairs("--label-any", arguments.values(LABEL_ANY))
        .forEach((name, values) -> query.label(anyOf(name, values)));
    Values.pairs("--label-prefix", arguments.values(LABEL_PREFIX))
        .forEach((name, prefix) -> query.label(LabelCondition.startsWith(name, prefix)));
    arguments.values(LABEL_EXISTS).forEach(name -> query.label(exists(name)));
    query.since(time(SINCE)).until(time(UNTIL));
    query.endedSince(time(ENDED_SINCE)).endedUntil(time(ENDED_UNTIL));
    query.taskRun(taskRun());
    String parent = arguments.value(PARENT);
    if (parent != null) {
      query.parent(context.lookup().execution(parent));
    }
    String workflow = arguments.value(WORKFLOW);
    if (workflow != null) {
      query.workflow(context.lookup().workflow(workflow));
    }
  }

  private static LabelCondition anyOf(String name, String values) {
    return LabelCondition.anyOf(name, new LinkedHashSet<>(List.of(values.split(",", -1))));
  }

  private static LabelCondition exists(String name) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw CliException.usage(
          "--label-exists "
              + Nearest.quote(name)
              + " is not the name of a label; give only the name, or use --label NAME=VALUE");
    }
    return LabelCondition.exists(name);
  }

  private @Nullable TaskRunCondition taskRun() {
    Set<TaskRunState> states = states("task state", TASK_STATE, TaskRunState.class);
    String task = arguments.value(TASK);
    String worker = arguments.value(WORKER);
    String errorPrefix = arguments.value(ERROR_PREFIX);
    return states.isEmpty() && task == null && worker == null && errorPrefix == null
        ? null
        : new TaskRunCondition(states, task == null ? null : new TaskId(task), worker, errorPrefix);
  }

  /** The states that are given, each alone or several separated by commas. */
  private <S extends Enum<S>> Set<S> states(String what, Option option, Class<S> type) {
    Set<S> states = EnumSet.noneOf(type);
    for (String given : arguments.values(option)) {
      for (String name : given.split(",", -1)) {
        states.add(Values.constant(what, name, type.getEnumConstants()));
      }
    }
    return states;
  }

  private @Nullable Instant time(Option option) {
    String given = arguments.value(option);
    return given == null
        ? null
        : Values.time(option.name(), given, context.now(), context.surroundings().zone());
  }

  private static List<String> names(Enum<?>[] states) {
    List<String> names = new ArrayList<>();
    for (Enum<?> state : states) {
      names.add(state.name());
    }
    return names;
  }
}
