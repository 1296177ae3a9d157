package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.DefinitionFiles;
import dev.waymark.cli.internal.command.base.RunOptions;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Outcome;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Starts an execution and works on it. */
final class RunCommand implements Command {
  private static final Option FILE =
      Option.of("FILE", "Workflow file to apply and run (- for standard input).", "-f", "--file");
  private static final Option INPUT =
      Option.of("NAME=VALUE", "Value of an input. Can be repeated.", "-p", "--input").repeatable();
  private static final Option LABEL =
      Option.of("NAME=VALUE", "Label of the execution, to find it by. Can be repeated.", "--label")
          .repeatable();
  private static final Option ID =
      Option.of(
          "UUID",
          "ID of the execution. A repeated run with the same id and the same request continues the"
              + " same execution.",
          "--id");

  private static final Option KEY =
      Option.of(
          "KEY",
          "Idempotency key, instead of --id. A repeated run of the same workflow with the same key"
              + " does not start another execution.",
          "--idempotency-key");
  private static final Option PRIORITY =
      Option.of(
          "N",
          "Priority from -100 to 100 (default: that of the workflow). Higher priorities run first.",
          "--priority");

  @Override
  public Syntax syntax() {
    return Syntax.of("run", "Start an execution and, unless detached, work on it until it ends.")
        .operand(
            new Operand(
                "ID", false, "ID of the workflow to run, or a unique prefix. Or use -f FILE."))
        .options(
            FILE,
            INPUT,
            LABEL,
            ID,
            KEY,
            PRIORITY,
            WorkflowsShowCommand.REVISION,
            RunOptions.DETACH,
            RunOptions.CONCURRENCY,
            CommonOptions.FORMAT)
        .details(
            "The tasks run in the current directory. The last line of standard output is"
                + " \"execution UUID STATE\"; with -o json, the record of the execution is printed"
                + " instead. Progress goes to standard error.",
            "Ctrl-C stops the work cleanly; \"waymark worker\" continues it.")
        .examples(
            "run -f report.yaml -p day=2026-01-31",
            "run nightly-report --revision 2",
            "run nightly-report --detach",
            "run nightly-report -o json 2>/dev/null | jq .state");
  }

  @Override
  public boolean createsStore(Arguments arguments) {
    return arguments.has(FILE);
  }

  @Override
  public int run(Context context) {
    Arguments arguments = context.arguments();
    if ((arguments.operand() == null) == (arguments.value(FILE) == null)) {
      throw CliException.usage(
          arguments.operand() == null
              ? "nothing to run; give the id of a workflow, or -f FILE"
              : "give the id of a workflow or -f FILE, not both");
    }
    // The whole command line is checked before a file is applied.
    RunOptions work = new RunOptions(context);
    ExecutionId id = executionId(arguments);
    Map<String, String> inputs = Values.pairs("-p", arguments.values(INPUT));
    Map<String, String> labels = Values.pairs("--label", arguments.values(LABEL));
    String key = arguments.value(KEY);
    if (id != null && key != null) {
      throw CliException.usage("give --id or --idempotency-key, not both");
    }
    Integer priority = priority(arguments);
    UnaryOperator<StartRequest> complete =
        request -> {
          StartRequest.Builder whole =
              request.toBuilder()
                  .executionId(id)
                  .inputs(inputs)
                  .labels(labels)
                  .priority(priority)
                  .directory(context.surroundings().directory());
          return (key == null ? whole : whole.idempotencyKey(key)).build();
        };
    StartRequest request =
        arguments.operand() == null
            ? applied(context, complete)
            : complete.apply(named(context, arguments.operand()));
    return work.start(request);
  }

  private static StartRequest named(Context context, String word) {
    if (looksLikeFile(context, word)) {
      throw CliException.usage(Nearest.quote(word) + " is a file; run it with -f " + word);
    }
    Integer revision = WorkflowsShowCommand.revision(context);
    WorkflowId workflow = context.lookup().workflow(word);
    if (revision != null) {
      // Reports a missing revision with a hint.
      WorkflowsShowCommand.find(context, workflow, revision);
    }
    return StartRequest.builder(workflow).revision(revision).build();
  }

  private static boolean looksLikeFile(Context context, String word) {
    try {
      return (word.endsWith(".yaml")
              || word.endsWith(".yml")
              || word.endsWith(".json")
              || word.indexOf('/') >= 0)
          && Files.exists(context.surroundings().directory().resolve(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Applies the file and pins its revision, so that exactly this content runs even if another
   * process applies a newer revision. A start that would be refused applies nothing.
   */
  private static StartRequest applied(Context context, UnaryOperator<StartRequest> complete) {
    if (context.arguments().has(WorkflowsShowCommand.REVISION)) {
      throw CliException.usage(
          "--revision cannot be combined with -f; give the id of a workflow instead of a file");
    }
    String file = context.arguments().values(FILE).get(0);
    WorkflowDefinition definition =
        new DefinitionFiles(context, DefinitionLimits.of(context.storeUrl().limits()))
            .readOne(file);
    StartRequest request = complete.apply(StartRequest.of(definition.id()));
    Set<String> handlers =
        context.arguments().has(RunOptions.DETACH) ? handlersOf(definition) : Set.of();
    Runner.check(definition, request, handlers);
    Execution earlier =
        request.executionId() == null ? null : context.store().execution(request.executionId());
    return earlier == null
        ? request.toBuilder().revision(apply(context, definition)).build()
        : repeated(context, definition, request, earlier);
  }

  /** Assumes that some worker has every handler that the definition uses. */
  private static Set<String> handlersOf(WorkflowDefinition definition) {
    Set<String> handlers = new TreeSet<>();
    definition.tasks().stream()
        .filter(task -> task.uses() != null)
        .forEach(task -> handlers.add(task.uses()));
    return handlers;
  }

  private static int apply(Context context, WorkflowDefinition definition) {
    return report(context, definition, ApplyCommand.apply(context, List.of(definition)).get(0));
  }

  private static int report(Context context, WorkflowDefinition definition, Outcome outcome) {
    String line = ApplyCommand.inWords(definition, outcome);
    if (context.format() == Format.TABLE) {
      context.out().println(line);
      context.out().flush();
    } else {
      context.messages().note(line);
    }
    return (int) outcome.version();
  }

  /** Repeats a start: the file must equal the pinned revision, and nothing is applied. */
  private static StartRequest repeated(
      Context context, WorkflowDefinition definition, StartRequest request, Execution earlier) {
    Workflow pinned = context.store().workflow(earlier.workflowId(), earlier.workflowRevision());
    if (pinned == null
        || !pinned.id().equals(definition.id())
        || !pinned.definition().equals(definition.source())) {
      throw CliException.notFound(
          "execution "
              + earlier.id()
              + " already exists and runs "
              + earlier.workflowId()
              + " (revision "
              + earlier.workflowRevision()
              + "), which differs from the file; nothing was applied; use another "
              + (context.arguments().has(KEY) ? "--idempotency-key" : "--id"));
    }
    Outcome unchanged = new Outcome(RecordRef.of(pinned.id()), pinned.revision(), false);
    return request.toBuilder().revision(report(context, definition, unchanged)).build();
  }

  private static @Nullable Integer priority(Arguments arguments) {
    String given = arguments.value(PRIORITY);
    return given == null ? null : Values.number("--priority", given, -100, 100);
  }

  private static @Nullable ExecutionId executionId(Arguments arguments) {
    String given = arguments.value(ID);
    try {
      return given == null ? null : ExecutionId.of(given);
    } catch (InvalidInputException e) {
      throw CliException.usage(
          "--id "
              + Nearest.quote(given)
              + " is not a UUID; use 36 characters such as 018f2d1c-7b5e-7cc4-9e3a-4f2b8a6d0c11,"
              + " or omit --id");
    }
  }
}
