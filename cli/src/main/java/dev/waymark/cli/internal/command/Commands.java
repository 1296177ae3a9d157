package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.maintenance.BackupCommand;
import dev.waymark.cli.internal.command.maintenance.PurgeCommand;
import dev.waymark.cli.internal.command.maintenance.RestoreCommand;
import dev.waymark.cli.internal.syntax.Help;
import dev.waymark.cli.internal.syntax.Syntax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table of commands. The class of a command is loaded only when the command is requested. */
public final class Commands {
  private static final List<String> NAMES =
      List.of(
          "validate",
          "apply",
          "run",
          "worker",
          "workflows list",
          "workflows show",
          "workflows history",
          "workflows delete",
          "executions list",
          "executions show",
          "executions cancel",
          "executions pause",
          "executions resume",
          "executions rerun",
          "executions signal",
          "executions tree",
          "executions watch",
          "executions delete",
          "task-runs list",
          "attempts list",
          "workers list",
          "pools list",
          "pools set",
          "logs",
          "backup",
          "restore",
          "purge",
          "version",
          "completion");

  private static final List<String> GROUPS =
      List.of("workflows", "executions", "task-runs", "attempts", "workers", "pools");

  private Commands() {}

  /** Returns the command of this name. */
  public static Command named(String name) {
    return switch (name) {
      case "validate" -> new ValidateCommand();
      case "apply" -> new ApplyCommand();
      case "run" -> new RunCommand();
      case "worker" -> new WorkerCommand();
      case "workflows list" -> new WorkflowsListCommand();
      case "workflows show" -> new WorkflowsShowCommand();
      case "workflows history" -> new WorkflowsHistoryCommand();
      case "workflows delete" -> new WorkflowsDeleteCommand();
      case "executions list" -> new ExecutionsListCommand();
      case "executions show" -> new ExecutionsShowCommand();
      case "executions cancel" -> new ExecutionsCancelCommand();
      case "executions pause" -> new ExecutionsPauseCommand();
      case "executions resume" -> new ExecutionsResumeCommand();
      case "executions rerun" -> new ExecutionsRerunCommand();
      case "executions signal" -> new ExecutionsSignalCommand();
      case "executions tree" -> new ExecutionsTreeCommand();
      case "executions watch" -> new ExecutionsWatchCommand();
      case "executions delete" -> new ExecutionsDeleteCommand();
      case "task-runs list" -> new TaskRunsListCommand();
      case "attempts list" -> new AttemptsListCommand();
      case "workers list" -> new WorkersListCommand();
      case "pools list" -> new PoolsListCommand();
      case "pools set" -> new PoolsSetCommand();
      case "logs" -> new LogsCommand();
      case "backup" -> new BackupCommand();
      case "restore" -> new RestoreCommand();
      case "purge" -> new PurgeCommand();
      case "version" -> new VersionCommand();
      case "completion" -> new CompletionCommand();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  /** Returns the words that can start a command line. */
  public static List<String> topLevelNames() {
    List<String> names = new ArrayList<>();
    for (String name : NAMES) {
      int space = name.indexOf(' ');
      String first = space < 0 ? name : name.substring(0, space);
      if (!names.contains(first)) {
        names.add(first);
      }
    }
    return names;
  }

  /** Whether the word is the first word of a two-word command. */
  public static boolean isGroup(String word) {
    return GROUPS.contains(word);
  }

  /** Returns the second words of the commands of a group. */
  public static List<String> namesIn(String group) {
    List<String> names = new ArrayList<>();
    for (String name : NAMES) {
      if (name.startsWith(group + " ")) {
        names.add(name.substring(group.length() + 1));
      }
    }
    return names;
  }

  /** Returns the syntax of every command by its name. */
  static Map<String, Syntax> all() {
    Map<String, Syntax> all = new LinkedHashMap<>();
    NAMES.forEach(name -> all.put(name, named(name).syntax()));
    return all;
  }

  /** Returns the help of the program. */
  public static String rootHelp(boolean colours) {
    Map<String, Syntax> members = new LinkedHashMap<>();
    for (String name : topLevelNames()) {
      members.put(name, isGroup(name) ? about(name) : named(name).syntax());
    }
    Syntax about =
        Syntax.of("", "Run workflows and record their state in a durable store.")
            .details(
                "The store is the URL of --store, else of $WAYMARK_STORE, else"
                    + " sqlite:~/.waymark/waymark.db. IDs can be abbreviated to a unique prefix."
                    + " Data goes to standard output; messages and progress go to standard error.",
                "Use \"waymark COMMAND --help\" to show the help of a command.")
            .examples(
                "run -f examples/source-report.yaml",
                "executions list --state FAILED --since 7d",
                "executions show 0190a1b2 -o json",
                "logs 0190a1b2");
    return Help.ofGroup("waymark", about, members, colours);
  }

  /** Returns the help of a group. */
  public static String groupHelp(String group, boolean colours) {
    Map<String, Syntax> members = new LinkedHashMap<>();
    namesIn(group).forEach(name -> members.put(name, named(group + " " + name).syntax()));
    return Help.ofGroup("waymark " + group, about(group), members, colours);
  }

  private static Syntax about(String group) {
    return Syntax.of(
        group,
        switch (group) {
          case "workflows" -> "List, show and delete workflows and their revisions.";
          case "executions" ->
              "List, show, cancel, pause, resume, rerun, watch and delete executions.";
          case "task-runs" -> "List the task runs of an execution.";
          case "pools" -> "List pools, and limit how many of their tasks run at once.";
          case "workers" -> "List the workers that share the store.";
          default -> "List the attempts of a task run.";
        });
  }
}
