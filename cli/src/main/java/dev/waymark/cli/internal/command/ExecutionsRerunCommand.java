package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.StartRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Starts another execution like an earlier one. */
final class ExecutionsRerunCommand implements Command {
  private static final String RESERVED = "waymark.";
  private static final Option FROM_FAILED =
      Option.flag(
          "Keep what succeeded, with its outputs, and run only the other tasks.", "--from-failed");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions rerun",
            "Start a new execution of the same revision with the same inputs, and work on it.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(FROM_FAILED, Work.DETACH, Work.CONCURRENCY, Format.OPTION)
        .details(
            "It also has the labels and the directory of the earlier one, which stays as it is, and"
                + " the label waymark.rerun-of with its id; with --from-failed also waymark.from-failed.")
        .examples("executions rerun 0190a1b2", "executions rerun 0190a1b2 --from-failed");
  }

  @Override
  public int run(Context context) {
    Work work = new Work(context);
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    Execution earlier = context.store().execution(id);
    if (earlier == null) {
      throw CliException.notFound("no execution " + id);
    }
    return work.start(
        StartRequest.builder(earlier.workflowId())
            .revision(earlier.workflowRevision())
            .inputs(earlier.inputs())
            .labels(ownLabels(earlier))
            .directory(directory(context, earlier))
            .rerunOf(id, context.arguments().has(FROM_FAILED))
            .build());
  }

  /** The labels that a user gave; the runner sets its own again. */
  private static Map<String, String> ownLabels(Execution earlier) {
    Map<String, String> labels = new TreeMap<>(earlier.labels());
    labels.keySet().removeIf(name -> name.startsWith(RESERVED));
    return labels;
  }

  private static Path directory(Context context, Execution earlier) {
    String directory = earlier.labels().get(StartRequest.DIRECTORY_LABEL);
    return directory == null ? context.surroundings().directory() : Path.of(directory);
  }
}
